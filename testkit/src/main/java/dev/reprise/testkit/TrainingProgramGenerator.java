package dev.reprise.testkit;

import static dev.reprise.testkit.TrainingText.assign;
import static dev.reprise.testkit.TrainingText.assigned;
import static dev.reprise.testkit.TrainingText.function;
import static dev.reprise.testkit.TrainingText.names;
import static dev.reprise.testkit.TrainingText.packed;
import static dev.reprise.testkit.TrainingText.parameters;
import static dev.reprise.testkit.TrainingText.report;
import static dev.reprise.testkit.TrainingText.results;
import static dev.reprise.testkit.TrainingText.unpacked;

import dev.reprise.testkit.NetworkLayer.Weight;
import dev.reprise.testkit.RandomProgram.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Random scripts that train a network and print what became of its weights: a {@link
 * RandomNetwork}, a {@link RandomOptimiser}, batches, epochs, and one of several ways to write them
 * down (loops, functions of several results, lists of weights, recursion, sweeps, a parameter
 * server). Shapes always fit; some programs fail on purpose, and some diverge. The same seed gives
 * the same script.
 */
public final class TrainingProgramGenerator {
  private final SplittableRandom random;
  private final RandomNetwork network;
  private final List<Weight> model = new ArrayList<>();
  private final TrainingLoops loops;
  private final List<Statement> program = new ArrayList<>();

  /**
   * A random training.
   *
   * @param repeats whether it trains the same again, so that reuse finds something if it is worth
   *     it
   * @param isSteep whether it learns so fast that it magnifies roundings
   * @param drawsSeeds whether the system draws some of its seeds, which go by places in the program
   */
  public record Training(
      RandomProgram program, boolean repeats, boolean isSteep, boolean drawsSeeds) {

    /** Another program that is as this one in all else. */
    public Training with(RandomProgram other) {
      return new Training(other, repeats, isSteep, drawsSeeds);
    }
  }

  /** Calls without a seed, as they are written here. */
  private static final Pattern UNSEEDED =
      Pattern.compile("sample\\(N, N\\)|dropout\\(\\w+, 0\\.8\\)|max=1\\)|0\\.7, -1\\)");

  private TrainingProgramGenerator(SplittableRandom random) {
    this.random = random;
    network = RandomNetwork.draw(random);
    RandomOptimiser optimiser = RandomOptimiser.draw(random, network.weights());
    Stream.of(network.weights(), network.averages(), optimiser.states()).forEach(model::addAll);
    loops = new TrainingLoops(random, network, optimiser, model);
  }

  /** The training of a seed. */
  public static Training training(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return random.nextInt(5) < 2 ? study(random) : new TrainingProgramGenerator(random).draw();
  }

  private static Training study(SplittableRandom random) {
    RandomProgram study = new StudyGenerator(random).program();
    boolean drawsSeeds = UNSEEDED.matcher(study.text()).find();
    return new Training(study, !drawsSeeds, false, drawsSeeds);
  }

  private Training draw() {
    boolean repeats = false;
    switch (random.nextInt(12)) {
      case 0, 1 -> inline();
      case 2 -> steps();
      case 3 -> lists();
      case 4 -> recursion();
      case 5 -> server();
      case 6 -> {
        twice();
        repeats = true;
      }
      case 7 -> validation();
      case 8 -> scored();
      case 9 -> resumed();
      default -> {
        sweep();
        repeats = true;
      }
    }
    RandomProgram whole = new RandomProgram(LayerSources.before(program));
    boolean drawsSeeds = UNSEEDED.matcher(whole.text()).find();
    boolean isSteep = whole.text().contains("lr = " + TrainingLoops.STEEP);
    boolean isLarge = network.examples() > 20;
    return new Training(whole, repeats && isLarge && !drawsSeeds, isSteep, drawsSeeds);
  }

  // ---- ways to write a training down

  private void inline() {
    program.addAll(loops.data());
    program.addAll(loops.start());
    program.addAll(loops.epochs(loops.batches(loops.step())));
    program.addAll(report(model));
  }

  private void steps() {
    program.add(
        function(
            "advance",
            "Matrix[Double] xb, Matrix[Double] yb, "
                + parameters(model)
                + ", Double lr, Double acc, Integer step",
            results(model),
            loops.step()));
    program.addAll(loops.data());
    program.addAll(loops.start());
    String call =
        "["
            + names(model, Weight::name)
            + ", loss, acc] = advance(xb, yb, "
            + names(model, Weight::name)
            + ", lr, acc, step)";
    program.addAll(loops.epochs(loops.batches(List.of(Statement.simple(call)))));
    program.addAll(report(model));
  }

  private void lists() {
    List<Statement> body = new ArrayList<>();
    body.addAll(unpacked(model, "m"));
    body.addAll(loops.step());
    if (random.nextBoolean()) {
      model.forEach(each -> body.add(assign("m[\"" + each.name() + "\"]", each.name())));
    } else {
      body.add(assign("m", packed(model, Weight::name)));
    }
    program.add(
        function(
            "advance",
            "Matrix[Double] xb, Matrix[Double] yb, List[unknown] m, Double lr, Double acc, Integer"
                + " step",
            "List[unknown] m, Double loss, Double acc",
            body));
    program.addAll(loops.data());
    program.addAll(loops.start());
    program.add(assign("m", packed(model, Weight::name)));
    program.addAll(
        loops.epochs(
            loops.batches(
                List.of(Statement.simple("[m, loss, acc] = advance(xb, yb, m, lr, acc, step)")))));
    program.addAll(unpacked(model, "m"));
    program.addAll(report(model));
  }

  private void recursion() {
    List<Statement> body = new ArrayList<>();
    List<Statement> deeper = new ArrayList<>(loops.step());
    deeper.add(
        Statement.simple(
            "["
                + names(model, Weight::name)
                + ", loss, acc] = descend(xb, yb, "
                + names(model, Weight::name)
                + ", lr, acc, step + 1, left - 1)"));
    body.add(assign("loss", "1.0"));
    body.add(new Statement(List.of("if (left > 0) {", "}"), List.of(deeper)));
    program.add(
        function(
            "descend",
            "Matrix[Double] xb, Matrix[Double] yb, "
                + parameters(model)
                + ", Double lr, Double acc, Integer step, Integer left",
            results(model),
            body));
    program.addAll(loops.data());
    program.addAll(loops.start());
    program.add(
        Statement.simple(
            "["
                + names(model, Weight::name)
                + ", loss, acc] = descend(X, Y, "
                + names(model, Weight::name)
                + ", lr, acc, step, "
                + random.nextInt(9)
                + ")"));
    program.addAll(report(model));
  }

  private void server() {
    List<Statement> body = new ArrayList<>();
    body.addAll(unpacked(network.weights(), "model"));
    network.averages().forEach(each -> body.add(assign(each.name(), each.initial())));
    body.addAll(assigned("xb", "features", "yb", "labels", "step", "1"));
    network.forward().forEach(line -> body.add(Statement.simple(line)));
    network.backward().forEach(line -> body.add(Statement.simple(line)));
    body.add(assign("gradients", packed(network.weights(), Weight::gradient)));
    program.add(
        function(
            "slope",
            "List[unknown] model, List[unknown] hyperparams, Matrix[Double] features,"
                + " Matrix[Double] labels",
            "List[unknown] gradients",
            body));
    List<Statement> update = new ArrayList<>();
    update.addAll(unpacked(network.weights(), "model"));
    update.add(assign("lr", "as.double(as.scalar(hyperparams[\"lr\"]))"));
    network
        .weights()
        .forEach(each -> {
          update.add(assign(each.gradient(), "as.matrix(gradients[\"" + each.name() + "\"])"));
          update.add(assign(each.name(), each.name() + " - lr * " + each.gradient()));
        });
    update.add(assign("model2", packed(network.weights(), Weight::name)));
    program.add(
        function(
            "move",
            "List[unknown] model, List[unknown] gradients, List[unknown] hyperparams",
            "List[unknown] model2",
            update));
    program.addAll(loops.data());
    program.addAll(loops.start());
    program.add(assign("m", packed(network.weights(), Weight::name)));
    String[] types = {"BSP", "SBP", "ASP", "SSP"};
    String[] lengths = {"BATCH", "EPOCH"};
    program.add(
        assign(
            "m",
            ("paramserv(model=m, features=X, labels=Y, upd=\"slope\", agg=\"move\", utype=\"%s\", "
                    + "freq=\"%s\", epochs=%d, batchsize=%d, k=%d, hyperparams=list(lr=0.02))")
                .formatted(
                    types[random.nextInt(4)],
                    lengths[random.nextInt(2)],
                    1 + random.nextInt(2),
                    5 + random.nextInt(20),
                    Math.min(network.examples(), 3))));
    program.addAll(unpacked(network.weights(), "m"));
    program.addAll(report(network.weights()));
  }

  /** The same training again, after another one. */
  private void twice() {
    train();
    program.addAll(loops.data());
    int epochs = 1 + random.nextInt(3);
    for (String rate : new String[] {"0.02", "0.03", "0.02"}) {
      program.add(Statement.simple(trained("", "X, Y, " + rate + ", " + epochs)));
      program.addAll(report(model));
    }
  }

  private void sweep() {
    train();
    program.addAll(loops.data());
    int count = 2 + random.nextInt(6);
    program.add(assign("R", "matrix(0, rows=" + count + ", cols=3)"));
    List<Statement> body = new ArrayList<>();
    body.add(
        Statement.simple(
            trained("r", "X, Y, 0.01 * (1 + j %% 2), " + (1 + random.nextInt(2)) + " + j %/% 4")));
    String weight = "r" + network.weights().getFirst().name();
    body.addAll(
        assigned("R[j, 1]", "rloss", "R[j, 2]", "sum(abs(" + weight + "))", "R[j, 3]", "racc"));
    String head =
        switch (random.nextInt(3)) {
          case 0 -> "for (j in 1:" + count + ") {";
          case 1 -> "parfor (j in 1:" + count + ") {";
          default -> "parfor (j in 1:" + count + ", par=" + (1 + random.nextInt(4)) + ") {";
        };
    Statement loop = new Statement(List.of(head, "}"), List.of(body));
    if (random.nextInt(3) == 0) {
      loop = new Statement(List.of("for (again in 1:2) {", "}"), List.of(List.of(loop)));
    }
    program.add(loop);
    program.add(
        new Statement(
            List.of("for (j in 1:" + count + ") {", "}"),
            List.of(
                List.of(
                    Statement.simple(
                        "print(\"row \" + as.scalar(R[j, 1]) + \" \" + as.scalar(R[j, 2]) + \" \" +"
                            + " as.scalar(R[j, 3]))")))));
  }

  /** Trainings on all data but a part of it, a part for each. */
  private void validation() {
    train();
    program.addAll(loops.data());
    int folds = Math.min(1 + random.nextInt(5), network.examples());
    program.addAll(
        assigned("size", "N %/% " + folds, "R", "matrix(0, rows=" + folds + ", cols=3)"));
    String own = "[(j * size + 1):N, ]";
    List<Statement> body =
        new ArrayList<>(
            List.of(
                new Statement(
                    List.of("if (j == 1) {", "} else if (j * size >= N) {", "} else {", "}"),
                    List.of(
                        List.of(
                            assign("XT", "X[min(size + 1, N):N, ]"),
                            assign("YT", "Y[min(size + 1, N):N, ]")),
                        List.of(
                            assign("XT", "X[1:((j - 1) * size), ]"),
                            assign("YT", "Y[1:((j - 1) * size), ]")),
                        List.of(
                            assign("XT", "rbind(X[1:((j - 1) * size), ], X" + own + ")"),
                            assign("YT", "rbind(Y[1:((j - 1) * size), ], Y" + own + ")")))),
                assign("q", "t(XT) %*% XT"),
                assign("p", "t(XT) %*% YT"),
                assign("q", "solve(q + diag(matrix(5, rows=ncol(X), cols=1)), p)"),
                assign("R[j, 3]", "sum(abs(X %*% q))"),
                Statement.simple(trained("r", "XT, YT, 0.02, 1"))));
    body.addAll(assigned("R[j, 1]", "rloss", "R[j, 2]", "racc"));
    program.add(
        new Statement(
            List.of((random.nextBoolean() ? "parfor" : "for") + " (j in 1:" + folds + ") {", "}"),
            List.of(body)));
    program.add(
        Statement.simple(
            "print(\"folds \" + sum(R[, 1]) + \" \" + sum(R[, 2]) + \" \" + sum(R[, 3]))"));
  }

  /** The model is scored on the same rows several times. */
  private void scored() {
    List<Statement> body = new ArrayList<>();
    network
        .forward()
        .forEach(line -> body.add(Statement.simple(line.replace("\"train\"", "\"test\""))));
    String scores = "h" + network.last();
    body.add(assign("s", "mean(abs(" + scores + ")) / (1 + max(abs(" + scores + ")))"));
    List<Weight> read = new ArrayList<>(network.weights());
    read.addAll(network.averages());
    program.add(
        function(
            "score",
            "Matrix[Double] xb, " + parameters(read) + ", Integer step",
            "Double s",
            body));
    program.addAll(loops.data());
    program.addAll(loops.start());
    List<Statement> pass = new ArrayList<>(loops.batches(loops.step()));
    String arguments = names(read, Weight::name) + ", " + random.nextInt(3) + ")";
    pass.add(
        assign(
            "acc",
            "acc + score(X, "
                + arguments
                + " + score(X[1:"
                + ((network.examples() + 1) / 2)
                + ", ], "
                + arguments));
    pass.add(assign("acc", "acc - score(X, " + arguments));
    program.addAll(loops.epochs(pass));
    program.addAll(report(model));
  }

  /** Checkpoints, and goes on from what was read back. */
  private void resumed() {
    program.addAll(loops.data());
    program.addAll(loops.start());
    List<Statement> pass = new ArrayList<>(loops.batches(loops.step()));
    pass.add(Statement.simple("checkpoint(" + packed(model, Weight::name) + ", \"model.ckpt\")"));
    program.addAll(loops.loop("2", pass));
    program.add(assign("m", "resume(\"model.ckpt\")"));
    program.addAll(unpacked(model, "m"));
    String weight = network.weights().getFirst().name();
    program.add(Statement.simple("write(" + weight + ", \"weight.csv\", format=\"csv\")"));
    program.add(assign(weight, "read(\"weight.csv\", format=\"csv\") * 0.9"));
    program.addAll(loops.loop("2", loops.batches(loops.step())));
    program.addAll(report(model));
  }

  // ---- what they are made of

  /** A function that trains from the beginning. */
  private void train() {
    List<Statement> body = new ArrayList<>(loops.start());
    body.removeIf(each -> each.lines().getFirst().startsWith("lr ="));
    body.add(assign("N", "nrow(X)"));
    body.addAll(loops.loop("E", loops.batches(loops.step())));
    program.add(
        function(
            "train",
            "Matrix[Double] X, Matrix[Double] Y, Double lr, Integer E",
            results(model),
            body));
  }

  private String trained(String prefix, String arguments) {
    return "["
        + names(model, each -> prefix + each.name())
        + ", "
        + prefix
        + "loss, "
        + prefix
        + "acc] = train("
        + arguments
        + ")";
  }
}
