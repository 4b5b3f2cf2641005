package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that need the engine, from words to text and exit code. */
class RunCommandTest extends CommandTest {
  @TempDir private Path folder;

  @Test
  void aScriptFileSeesItsArguments() throws Exception {
    Path script = Files.writeString(folder.resolve("a.dml"), "print($1 + \" \" + $n)");
    assertThat(run("run", script.toString(), "--args", "a", "--nvargs", "n=7"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualToIgnoringNewLines("a 7");
    assertThat(err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"run, --args", "dml -f, -args"})
  void aScriptMayComeFromAPipe(String command, String option) throws Exception {
    Path pipe = folder.resolve("pipe");
    Process writer = writer(pipe, "echo 'print(40 + $1)'");
    try {
      assertThat(run(words(command, pipe, option, "2"))).isEqualTo(ExitCode.FINE);
      assertThat(out()).isEqualToIgnoringNewLines("42");
      assertThat(err()).isEmpty();
    } finally {
      writer.destroyForcibly();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "check", "dml -f"})
  void aPipeOfBytesThatAreNoTextIsTheScriptsMistake(String command) throws Exception {
    Path pipe = folder.resolve("pipe");
    Process writer = writer(pipe, "printf 'print(\"\\377\")'");
    try {
      assertThat(run(words(command, pipe))).isEqualTo(ExitCode.SCRIPT);
      assertThat(err()).isEqualToIgnoringNewLines("reprise: " + pipe + " is not a text in UTF-8");
    } finally {
      writer.destroyForcibly();
    }
  }

  /** Gives what a command of the shell prints to who reads a new pipe. */
  private static Process writer(Path pipe, String command) throws Exception {
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    return new ProcessBuilder("sh", "-c", command + " > \"$0\"", pipe.toString()).start();
  }

  private static String[] words(String command, Path file, String... more) {
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    words.add(file.toString());
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  @Test
  void aScriptThatIsNoTextIsTheScriptsMistake() throws Exception {
    Path script = Files.write(folder.resolve("a.dml"), new byte[] {'x', '=', (byte) 0xff});
    assertThat(run("run", script.toString())).isEqualTo(ExitCode.SCRIPT);
    assertThat(err()).isEqualToIgnoringNewLines("reprise: " + script + " is not a text in UTF-8");
    assertThat(run("check", script.toString())).isEqualTo(ExitCode.SCRIPT);
    assertThat(run("run", "-s", "source(\"" + script + "\") as a")).isEqualTo(ExitCode.SCRIPT);
    assertThat(err()).contains("a.dml' cannot be read: it is not a text in UTF-8");
  }

  @Test
  void whatIsNotThereYetIsToldInOneNote() {
    assertThat(
            run(
                "run",
                "-s",
                "print(1)",
                "--precision",
                "bf16",
                "--store",
                folder.resolve("s").toString(),
                "--reuse",
                "trace",
                "--memory",
                "host=1g,cuda:1=1g,lineage=9m"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualToIgnoringNewLines("1");
    assertThat(err().lines())
        .singleElement()
        .asString()
        .contains("--store")
        .doesNotContain("--memory", "--precision");
  }

  @Test
  void foldersAndFilesThatCannotBeMeantAreRefused() {
    String missing = folder.resolve("missing").toString();
    assertThat(run("run", "-s", "print(1)", "--library", missing)).isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("--library: there is no folder '" + missing + "'");
    for (String option :
        List.of("--library", "--metrics", "--trace-file", "--stats-json", "--spill-folder")) {
      assertThat(run("run", "-s", "print(1)", option, "")).isEqualTo(ExitCode.USAGE);
      assertThat(err()).contains(option + " needs a path");
    }
  }

  @Test
  void productsOfReducedPrecisionRoundTheirOperands() {
    String script =
        "x = matrix(1.001, rows=3, cols=3)\ny = x %*% x\nprint(as.scalar(y[1, 1]) > 3.006)";
    List<String> exceeded = new ArrayList<>();
    for (String precision : List.of("fp64", "fp32", "tf32", "bf16")) {
      assertThat(run("run", "-s", script, "--precision", precision)).isEqualTo(ExitCode.FINE);
      assertThat(err()).isEmpty();
      exceeded.add(out().strip());
    }
    assertThat(exceeded).containsExactly("TRUE", "TRUE", "FALSE", "FALSE");
  }

  @Test
  void aTimeLineIsWrittenAlsoWhenTheScriptFails() throws Exception {
    Path file = folder.resolve("t.json");
    String script = "print(sum(rand(rows=9, cols=9)))\nstop(\"enough\")";
    assertThat(run("run", "-s", script, "--trace-file", file.toString()))
        .isEqualTo(ExitCode.SCRIPT);
    assertThat(Files.readString(file))
        .startsWith("{\"displayTimeUnit\"")
        .contains("<script>:1", "\"reprise-main\"")
        .endsWith("]}\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--trace-file", "--stats-json"})
  void aFileThatCannotBeWrittenIsToldAtOnce(String option) {
    String file = folder.resolve("none/t.json").toString();
    assertThat(run("run", "-s", "print(1)", option, file)).isEqualTo(ExitCode.USAGE);
    assertThat(out()).isEmpty();
    assertThat(err().lines())
        .singleElement()
        .asString()
        .startsWith("reprise: " + option + ": cannot write " + file + ": there is no folder");
    assertThat(run("run", "-s", "print(1)", option, folder.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("it is a folder");
  }

  /** Not even by root, whom the system tells that he may. */
  @ParameterizedTest
  @CsvSource({
    "--metrics,to",
    "--spill-folder,to",
    "--store,to",
    "--trace-file,''",
    "--stats-json,''",
  })
  void whatNobodyCanWriteToIsToldAtOnce(String option, String to) {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "a system with /proc");
    assertThat(run("run", "-s", "print(1)", option, "/proc/none")).isEqualTo(ExitCode.USAGE);
    assertThat(out()).isEmpty();
    assertThat(err())
        .isEqualToIgnoringWhitespace(
            "reprise: "
                + option
                + ": cannot write "
                + to
                + " /proc/none: the folder /proc is not writable");
  }

  @Test
  void lookingWhetherAPlaceCanBeWrittenLeavesNothingThere() throws Exception {
    String metrics = folder.resolve("none").toString();
    assertThat(run("run", "-s", "print(1)", "--metrics", metrics)).isEqualTo(ExitCode.FINE);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--metrics", "--spill-folder", "--store"})
  void aFolderBelowAFileIsToldAtOnce(String option) throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    for (Path place : List.of(file, file.resolve("below"), file.resolve("further/below"))) {
      assertThat(run("run", "-s", "print(1)", option, place.toString())).isEqualTo(ExitCode.USAGE);
      assertThat(out()).isEmpty();
      assertThat(err().lines())
          .singleElement()
          .asString()
          .isEqualTo("reprise: " + option + " needs a folder, but " + file + " is a file");
    }
  }

  @Test
  void trapsStopTheRunAndBadOnesAreTold() {
    assertThat(run("run", "-s", "print(log(-1))")).isEqualTo(ExitCode.FINE);
    String script = "setwd(\"" + folder + "\")\nx = -1\nprint(log(x))";
    assertThat(run("run", "-s", script, "--trap", "nan")).isEqualTo(ExitCode.SCRIPT);
    assertThat(err()).contains("<script>:3:7: error: 'log' made the first NaN: the result");
    assertThat(folder.resolve("trap.lineage")).exists();
    assertThat(run("run", "-s", "print(1)", "--trap", "nan,info")).isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("--trap: 'info' is unknown; choose nan, inf; did you mean 'inf'?");
  }

  @Test
  void anEstimateIsPrintedAfterTheRun() {
    String script =
        "X = rand(rows=900, cols=30, seed=1)\nfor (i in 1:3) { s = sum(t(X) %*% X) }\nprint(s > 0)";
    assertThat(run("run", "-s", script, "--estimate")).isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualToIgnoringNewLines("TRUE");
    assertThat(err())
        .contains("reuse would have saved ", ": 2 of 4 operations computed a value again")
        .containsPattern("tsmm +3 +2 .* <script>:2");
  }

  @Test
  void foundValuesAreVerifiedAndBadSharesAreTold() {
    String script =
        "X = rand(rows=900, cols=30, seed=1)\nfor (i in 1:3) { s = sum(t(X) %*% X) }\nprint(s > 0)";
    assertThat(run("run", "-s", script, "--verify-reuse", "1/1", "--stats"))
        .isEqualTo(ExitCode.FINE);
    assertThat(err()).containsPattern("verified +[1-9][0-9]* found values computed again");
    for (String share : List.of("0", "1/0", "2/3", "1/", "1/12345678901")) {
      assertThat(run("run", "-s", "print(1)", "--verify-reuse", share)).isEqualTo(ExitCode.USAGE);
      assertThat(err()).contains("'" + share + "' is no share 1/N; 1/1 checks every found value");
    }
    assertThat(run("run", "--verify-reuse", "model.dml")).isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("'model.dml' is no share 1/N").doesNotContain("which script");
    assertThat(run("run", "-s", "print(1)", "--verify-reuse", "1/2", "--reuse", "none"))
        .isEqualTo(ExitCode.FINE);
    assertThat(err()).contains("note: --verify-reuse with --reuse none (nothing is reused)");
    String store = folder.resolve("store").toString();
    assertThat(
            run("run", "-s", "print(1)", "--verify-reuse", "1/2", "--store", store, "--estimate"))
        .isEqualTo(ExitCode.FINE);
    assertThat(err())
        .contains("note: --store with --estimate (nothing is reused); --verify-reuse with --est");
  }

  @Test
  void statisticsAreWrittenAsTableAndJson() {
    Path json = folder.resolve("s.json");
    assertThat(
            run(
                "run",
                "-s",
                "print(sum(matrix(2, rows=2, cols=2)))",
                "--stats",
                "--stats-json",
                json.toString()))
        .isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualToIgnoringNewLines("8.0");
    assertThat(err()).contains("wall time", "host memory");
    assertThat(json).content().contains("\"wallNanos\"", "\"opcode\"");
  }

  @Test
  void secondEqualProductIsFoundInTheCache() {
    String script =
        "X = rand(rows=300, cols=300, seed=1); a = sum(t(X) %*% X);"
            + " for (i in 1:1) { b = sum(t(X) %*% X) }; print(a == b)";
    Path json = folder.resolve("s.json");
    assertThat(run("run", "-s", script, "--stats-json", json.toString())).isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualToIgnoringNewLines("TRUE");
    assertThat(json).content().containsPattern("\"hits\" : [1-9]");
  }

  @Test
  void theMistakesOfAScriptEndWithOne() {
    Map<String, String> saidOf =
        Map.of(
            "x = nothing + 1", "nothing",
            "stop(\"enough\")", "enough",
            "X = matrix(1, rows=2, cols=3); print(sum(X %*% X))", "2x3");
    saidOf.forEach((script, said) -> {
      assertThat(run("run", "-s", script)).isEqualTo(ExitCode.SCRIPT);
      assertThat(err()).contains(said).doesNotContain("\tat ");
      assertThat(out()).isEmpty();
    });
  }

  @Test
  void checkPrintsEveryMistakeOfTheFile() {
    assertThat(run("check", "-s", "x = ;\ny = (1 + ;\n")).isEqualTo(ExitCode.SCRIPT);
    assertThat(out().lines().filter(line -> line.contains("error:"))).hasSizeGreaterThan(1);
  }

  @Test
  void checkAnswersEditorsInJson() {
    assertThat(run("check", "--json", "-s", "x = nothing")).isEqualTo(ExitCode.SCRIPT);
    assertThat(out()).contains("\"severity\" : \"error\"", "\"line\" : 1", "\"column\" : 5");
  }

  @Test
  void checkIsSilentAboutACorrectScriptAndDoesNotRunIt() {
    assertThat(run("check", "-s", "x = 1; stop(\"ran\")")).isEqualTo(ExitCode.FINE);
    assertThat(out() + err()).isEmpty();
  }

  @Test
  void explainShowsInstructions() {
    assertThat(run("explain", "-s", "X = rand(rows=3, cols=3); print(sum(X))"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out()).contains("rand", "sum");
  }

  @Test
  void explainShowsWhatWasRewrittenAndWhere() {
    String script =
        "X = rand(rows=3, cols=3)\n"
            + "v = rand(rows=3)\n"
            + "print(sum(t(X)))\n"
            + "print(sum(t(X) %*% (X %*% v)))";
    assertThat(run("explain", "--rewrites", "-s", script)).isEqualTo(ExitCode.FINE);
    assertThat(out())
        .contains("3:7 aggregate of transpose: sum(t(X)) -> sum(X)\n")
        .contains(
            "product with its transpose: t(X) %*% (X %*% v) -> mmchain(X, v) (decided with"
                + " sizes)\n");
  }

  @Test
  void exactNumericsAndTheSwitchLeaveLessToRewrite() {
    String script = "X = rand(rows=3, cols=3)\nprint(nrow(t(X)))\nprint(sum(t(X + 1)))";
    run("explain", "--rewrites", "--numerics", "exact", "-s", script);
    assertThat(out()).contains("nrow(t(X)) -> ncol(X)").doesNotContain("sum(X + 1)");
  }

  @Test
  void withoutRewritesTheProgramIsAsWritten() {
    run(
        "explain",
        "--rewrites",
        "--optimize",
        "off",
        "-s",
        "X = rand()\nprint(sum(t(X)))\nprint(1)");
    assertThat(out()).isEqualTo("nothing was rewritten\n");
  }

  @Test
  void devicesListTheCpuAndSayWhyOthersAreAbsent() {
    assertThat(run("devices")).isEqualTo(ExitCode.FINE);
    assertThat(out()).contains("cpu").contains("cuda").contains("absent");
  }

  @Test
  void aWrittenValueCanBeDrawnAndReplayed() throws Exception {
    Path file = folder.resolve("m.csv");
    Path again = folder.resolve("again.csv");
    String script = "X = rand(rows=20, cols=4, seed=7); write(t(X) %*% X, $1, format=\"csv\")";
    assertThat(run("run", "-s", script, "--args", file.toString())).isEqualTo(ExitCode.FINE);
    String trace = file + ".lineage";
    assertThat(run("lineage", trace)).isEqualTo(ExitCode.FINE);
    assertThat(out()).contains("rand").contains("return");
    assertThat(run("lineage", trace, "--dot")).isEqualTo(ExitCode.FINE);
    assertThat(out()).contains("digraph");
    assertThat(run("replay", trace, "-o", again.toString(), "--threads", "1"))
        .as(err())
        .isEqualTo(ExitCode.FINE);
    assertThat(Files.readAllBytes(again)).isEqualTo(Files.readAllBytes(file));
  }

  @Test
  void aBrokenTraceIsToldWithItsLine() throws Exception {
    Path trace = Files.writeString(folder.resolve("x.lineage"), "nonsense\n");
    assertThat(run("lineage", trace.toString())).isEqualTo(ExitCode.SCRIPT);
    assertThat(err()).contains("x.lineage").contains("line 1");
    assertThat(run("replay", trace.toString(), "-o", folder.resolve("y").toString()))
        .isEqualTo(ExitCode.SCRIPT);
    assertThat(err()).doesNotContain("bug");
  }

  @Test
  void flagsOfSystemDsRunTheSameScript() {
    assertThat(run("dml", "-s", "print($1)", "-stats", "-args", "x", "-lineage", "reuse_full"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualToIgnoringNewLines("x");
    assertThat(err()).contains("wall time");
  }

  @Test
  void aPlaceThatCannotTakeTheStatisticsIsRefusedBeforeTheRun() {
    String file = folder.resolve("none/s.json").toString();
    assertThat(run("run", "-s", "print(1)", "--stats-json", file)).isEqualTo(ExitCode.USAGE);
    assertThat(out()).isEmpty();
  }

  @Test
  void aFolderIsNoTrace() {
    assertThat(run("lineage", folder.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(err().lines()).singleElement().asString().contains(folder.toString());
  }
}
