package dev.reprise.testkit;

import static dev.reprise.testkit.TrainingText.assign;
import static dev.reprise.testkit.TrainingText.assigned;

import dev.reprise.testkit.NetworkLayer.Weight;
import dev.reprise.testkit.RandomProgram.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Random steps of a training, batches and epochs around them, and what they start from. */
final class TrainingLoops {
  /** A learning rate that makes most trainings diverge. */
  static final String STEEP = "40.0";

  private final SplittableRandom random;
  private final RandomNetwork network;
  private final RandomOptimiser optimiser;
  private final List<Weight> model;
  private final TrainingExtras extras;

  /** Whether an epoch is one step. */
  private boolean isOnePass;

  /**
   * @param model all matrices that a step moves
   */
  TrainingLoops(
      SplittableRandom random,
      RandomNetwork network,
      RandomOptimiser optimiser,
      List<Weight> model) {
    this.random = random;
    this.network = network;
    this.optimiser = optimiser;
    this.model = model;
    extras = new TrainingExtras(random);
  }

  /** Examples and labels. */
  List<Statement> data() {
    List<Statement> lines =
        new ArrayList<>(
            assigned(
                "N",
                String.valueOf(network.examples()),
                "X",
                network.input(),
                "Y",
                network.labels()));
    if (random.nextInt(30) == 0) {
      lines.add(assign("X[1, 1]", "0 / 0"));
    }
    return lines;
  }

  /** What a training begins with. */
  List<Statement> start() {
    List<Statement> lines = new ArrayList<>(assigned("step", "0", "acc", "0.5", "loss", "1.0"));
    lines.add(assign("lr", random.nextInt(25) == 0 ? STEEP : "0.03"));
    model.forEach(each -> lines.add(assign(each.name(), each.initial())));
    return lines;
  }

  /** From {@code xb} and {@code yb} to moved weights. */
  List<Statement> step() {
    List<Statement> lines = new ArrayList<>();
    network.forward().forEach(line -> lines.add(Statement.simple(line)));
    network.backward().forEach(line -> lines.add(Statement.simple(line)));
    if (random.nextInt(3) == 0) {
      lines.addAll(extras.ofGradient(weight()));
    }
    optimiser.updates().forEach(line -> lines.add(Statement.simple(line)));
    for (int count = random.nextInt(3); count > 0; count--) {
      lines.addAll(extras.ofStep(weight()));
    }
    lines.add(assign("acc", "acc + loss / (1 + loss)"));
    return lines;
  }

  private Weight weight() {
    return network.weights().get(random.nextInt(network.weights().size()));
  }

  /** A pass over the data. */
  List<Statement> batches(List<Statement> step) {
    int batch = List.of(5, 16, 32).get(random.nextInt(3));
    List<Statement> body = new ArrayList<>();
    List<Statement> pass = new ArrayList<>();
    String data = "X";
    String labels = "Y";
    if (random.nextInt(4) == 0) {
      String seed = random.nextBoolean() ? ", e" : "";
      pass.add(assign("o", "table(seq(1, N), sample(N, N" + seed + "), N, N)"));
      pass.addAll(assigned("XS", "o %*% X", "YS", "o %*% Y"));
      data = "XS";
      labels = "YS";
    }
    switch (random.nextInt(4)) {
      case 0 -> {
        pass.addAll(assigned("xb", data, "yb", labels, "step", "step + 1"));
        pass.addAll(step);
        isOnePass = random.nextInt(3) == 0;
        return pass;
      }
      case 1 -> {
        pass.add(assign("at", "1"));
        body.add(assign("last", "min(at + " + (batch - 1) + ", N)"));
        body.addAll(
            assigned("xb", data + "[at:last, ]", "yb", labels + "[at:last, ]", "step", "step + 1"));
        body.addAll(step);
        pass.add(new Statement(List.of("while (at <= N) {", "at = last + 1 }"), List.of(body)));
      }
      default -> {
        String range = "[((k - 1) * " + batch + " + 1):min(k * " + batch + ", N), ]";
        body.addAll(assigned("xb", data + range, "yb", labels + range, "step", "step + 1"));
        body.addAll(step);
        if (random.nextInt(12) == 0) {
          pass.addAll(
              assigned(
                  "xb",
                  data,
                  "xb",
                  "removeEmpty(target=xb, margin=\"rows\", select=matrix(0, rows=N, cols=1),"
                      + " empty.return=FALSE)",
                  "yb",
                  "matrix(0, rows=0, cols=ncol(Y))",
                  "step",
                  "step + 1"));
          pass.addAll(step);
        }
        pass.add(
            new Statement(List.of("for (k in 1:ceil(N / " + batch + ")) {", "}"), List.of(body)));
      }
    }
    return pass;
  }

  /** Several passes over the data. */
  List<Statement> epochs(List<Statement> pass) {
    int[] counts = network.examples() > 100 ? new int[] {1} : new int[] {1, 2, 3, 5};
    // From 33 iterations on, a loop is recorded.
    int count = isOnePass ? 40 : counts[random.nextInt(counts.length)];
    return loop(String.valueOf(count), pass);
  }

  /** As many passes as an expression says, or fewer when the loss is small before. */
  List<Statement> loop(String count, List<Statement> pass) {
    List<Statement> body = new ArrayList<>(pass);
    if (random.nextBoolean()) {
      if (random.nextInt(3) == 0) {
        body.add(
            new Statement(
                List.of("if (e %% 2 == 0) {", "}"), List.of(List.of(assign("lr", "lr * 0.7")))));
      }
      return List.of(new Statement(List.of("for (e in 1:" + count + ") {", "}"), List.of(body)));
    }
    body.addAll(assigned("done", "loss < " + (random.nextBoolean() ? "0.05" : "1.2")));
    List<Statement> all = new ArrayList<>(assigned("e", "1", "done", "FALSE"));
    all.add(
        new Statement(
            List.of("while (e <= " + count + " & !done) {", "e = e + 1 }"), List.of(body)));
    return all;
  }
}
