package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.TrainingWays.Answer;
import dev.reprise.TrainingWays.Way;
import dev.reprise.language.CompileException;
import dev.reprise.store.StoreConfig;
import dev.reprise.testkit.PrintedText;
import dev.reprise.testkit.RandomProgram;
import dev.reprise.testkit.RandomProgram.Statement;
import dev.reprise.testkit.TrainingProgramGenerator;
import dev.reprise.testkit.TrainingProgramGenerator.Training;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random trainings give the same losses, weights and errors in whatever way they run; with {@code
 * -Dreprise.programs=N} and {@code -Dreprise.first=SEED} any number of them. A program that differs
 * is made as small as possible and printed.
 */
class TrainingProgramsTest {
  private static final int PROGRAMS = Integer.getInteger("reprise.programs", 8);
  private static final long FIRST = Long.getLong("reprise.first", 0);

  /** Long trainings magnify the roundings of another order of additions. */
  private static final double TOLERANCE = 1e-6;

  /** Numbers of a training that diverged, which magnifies them without bounds. */
  private static final Pattern DIVERGED = Pattern.compile("NaN|Infinity|\\dE\\d|\\d{7}\\.");

  /** The lines that print a weight. */
  private static final Pattern WEIGHT = Pattern.compile("(?m)^print\\(\"(\\w+) \" \\+ sum\\(abs");

  @TempDir Path folder;
  private TrainingWays ways;
  private int stores;

  @BeforeEach
  void waysInTheFolder() {
    ways = new TrainingWays(folder);
  }

  @Test
  void aTrainingIsTheSameInEveryWayToRunIt() {
    List<String> differing = new ArrayList<>();
    for (long seed = FIRST; seed < FIRST + PROGRAMS; seed++) {
      Training training = TrainingProgramGenerator.training(seed);
      Optional<String> found = difference(seed, training);
      if (found.isPresent()) {
        differing.add("seed " + seed + ", " + smallest(seed, training, kind(found.get())));
        System.out.println(differing.getLast());
      }
    }
    assertThat(differing).isEmpty();
  }

  /** The smallest trainings are below what is worth asking for. */
  @Test
  void mostOfThoseThatTrainTheSameAgainFindSomething() {
    int trainings = 0;
    int finding = 0;
    for (long seed = FIRST; trainings < 8; seed++) {
      Training training = TrainingProgramGenerator.training(seed);
      if (training.repeats()) {
        Way way = new Way("hybrid", ways.hybrid(Numerics.DEFAULT));
        RunStatistics statistics = way.run(training.program()).getFirst().statistics();
        if (statistics != null) {
          trainings++;
          finding += hits(statistics) > 0 ? 1 : 0;
        }
      }
    }
    assertThat(finding).isGreaterThanOrEqualTo(6);
  }

  private static long hits(RunStatistics statistics) {
    return statistics.functions().hits()
        + statistics.blocks().hits()
        + statistics.operations().stream().mapToLong(each -> each.hits() + each.waits()).sum();
  }

  /** How the program differs with all that is not needed for that left out. */
  private String smallest(long seed, Training training, String kind) {
    RandomProgram smallest =
        training
            .program()
            .smallestThat(each ->
                difference(seed, training.with(each))
                    .filter(found -> kind(found).equals(kind))
                    .isPresent());
    return difference(seed, training.with(smallest)).orElse("not each time: " + kind)
        + "\n"
        + smallest.text();
  }

  private static String kind(String difference) {
    return difference.substring(0, difference.indexOf(':'));
  }

  // ---- differences: the name of a way, a colon, and what is different

  /** Every program in a few of the ways, all of them in turns. */
  private Optional<String> difference(long seed, Training training) {
    RandomProgram program = training.program();
    return Stream.<Difference>of(
            () -> differing(program, some(seed, ways.exact()), 0),
            () -> differing(program, some(seed, ways.whole()), 0),
            () -> differing(program, some(seed, ways.narrow()), 0),
            () ->
                training.isSteep()
                    ? Optional.empty()
                    : differing(program, some(seed, ways.rounding()), TOLERANCE),
            () -> seed % 4 == 1 ? withStore(program) : Optional.empty(),
            () -> seed % 4 == 2 ? atTheSameTime(program) : Optional.empty(),
            () ->
                seed % 3 == 0 && !training.drawsSeeds()
                    ? inConversation(program)
                    : Optional.empty(),
            () -> seed % 3 == 1 ? ofReplay(program) : Optional.empty())
        .map(Difference::find)
        .flatMap(Optional::stream)
        .findFirst();
  }

  private interface Difference {
    Optional<String> find();
  }

  private static List<Way> some(long seed, List<Way> ways) {
    List<Way> some = new ArrayList<>(ways.subList(0, 1));
    for (int i = 1; i < ways.size(); i++) {
      if ((seed + i) % 4 == 0) {
        some.add(ways.get(i));
      }
    }
    return some;
  }

  /** Whether a program differs in one of the ways from what it does in the first. */
  private static Optional<String> differing(
      RandomProgram program, List<Way> ways, double tolerance) {
    if (ways.size() == 1) {
      return Optional.empty();
    }
    String expected = ways.getFirst().run(program).getFirst().text();
    if (tolerance > 0 && DIVERGED.matcher(expected).find()) {
      return Optional.empty();
    }
    for (Way way : ways.subList(1, ways.size())) {
      for (Answer answer : way.run(program)) {
        Optional<String> found =
            tolerance == 0
                ? unequal(expected, answer.text())
                : PrintedText.difference(expected, answer.text(), tolerance);
        if (found.isPresent()) {
          return found.map(each -> way.name() + ": " + each);
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> unequal(String expected, String found) {
    return expected.equals(found)
        ? Optional.empty()
        : Optional.of("expected\n" + expected + "\nfound\n" + found);
  }

  /** Three sessions with one store, the last one with what is another program to the store. */
  private Optional<String> withStore(RandomProgram program) {
    StoreConfig store = StoreConfig.of(folder.resolve("store" + stores++));
    SessionConfig config = ways.hybrid(Numerics.EXACT).withStore(store);
    Way reference = ways.reference();
    return differing(
            program,
            List.of(reference, new Way("empty store", config), new Way("store", config)),
            0)
        .or(() ->
            differing(
                with(program, "unused = 1"),
                List.of(reference, new Way("store of another program", config)),
                0));
  }

  private static RandomProgram with(RandomProgram program, String line) {
    List<Statement> statements = new ArrayList<>(program.statements());
    statements.add(new Statement(List.of(line), List.of()));
    return new RandomProgram(statements);
  }

  /** Three runs at the same time, in one session, print what they print one by one. */
  private Optional<String> atTheSameTime(RandomProgram program) {
    if (program.text().contains("checkpoint(")) {
      return Optional.empty();
    }
    String expected = ways.reference().run(program).getFirst().text();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Session session = Reprise.session(ways.hybrid(Numerics.EXACT).withOutput(out, out));
    try (session) {
      Script script = session.compile(program.text(), CompileOptions.none());
      List<Thread> threads =
          Stream.generate(
                  () -> Thread.ofPlatform().start(() -> TrainingWays.statisticsOf(script, out)))
              .limit(3)
              .toList();
      for (Thread each : threads) {
        each.join();
      }
    } catch (CompileException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    if (session.liveBuffersAtClose() != 0) {
      return Optional.of("at the same time: leaked " + session.liveBuffersAtClose() + " buffers");
    }
    String found = bytes.toString(StandardCharsets.UTF_8);
    return unequal(sorted(expected.repeat(3)), sorted(found))
        .map(each -> "at the same time: " + each);
  }

  private static String sorted(String lines) {
    return String.join("\n", lines.lines().sorted().toList());
  }

  /** One statement after the other, twice, in one conversation. */
  private Optional<String> inConversation(RandomProgram program) {
    Answer expected = ways.reference().run(program).getFirst();
    if (expected.statistics() == null) {
      return Optional.empty();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Session session = Reprise.session(ways.hybrid(Numerics.EXACT).withOutput(out, out));
    try (session;
        Workspace workspace = session.workspace()) {
      for (int i = 0; i < 2; i++) {
        bytes.reset();
        for (Statement each : program.statements()) {
          workspace.run("input", new RandomProgram(List.of(each)).text());
        }
      }
    } catch (CompileException | ScriptException e) {
      return Optional.of("conversation: " + e);
    }
    if (session.liveBuffersAtClose() != 0) {
      return Optional.of("conversation: leaked " + session.liveBuffersAtClose() + " buffers");
    }
    return unequal(expected.text(), bytes.toString(StandardCharsets.UTF_8))
        .map(found -> "conversation: " + found);
  }

  /** What the lineage of the last weight that it prints replays to. */
  private Optional<String> ofReplay(RandomProgram program) {
    String weight = null;
    for (Matcher line = WEIGHT.matcher(program.text()); line.find(); ) {
      weight = line.group(1);
    }
    if (weight == null) {
      return Optional.empty();
    }
    String write = "write(" + weight + ", \"replayed.bin\", format=\"binary\")";
    SessionConfig config = ways.hybrid(Numerics.EXACT);
    Answer written = new Way("writing", config).run(with(program, write)).getFirst();
    if (written.statistics() == null) {
      return Optional.empty();
    }
    ReplayRequest request =
        ReplayRequest.of(folder.resolve("replayed.bin.lineage"))
            .withStored(folder.resolve("replayed.bin"));
    try (Session session = Reprise.session(config)) {
      ReplayResult.Comparison comparison = session.replay(request).comparison();
      return comparison.isEqual() ? Optional.empty() : Optional.of("replay: " + comparison);
    } catch (IOException | RuntimeException e) {
      return Optional.of("replay: " + e);
    }
  }
}
