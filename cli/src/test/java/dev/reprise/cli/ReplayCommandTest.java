package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replays that stop early, read other files, and compare with what was stored. */
class ReplayCommandTest extends CommandTest {
  @TempDir private Path folder;

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  @BeforeEach
  void writeAValue() throws IOException {
    Files.writeString(folder.resolve("X.csv"), "1,2\n3,4\n5,7\n");
    Files.writeString(folder.resolve("other.csv"), "1,0\n0,1\n0,0\n");
    Path script =
        Files.writeString(
            folder.resolve("a.dml"),
            "X = read(\"%s\", format=\"csv\")\nG = t(X) %%*%% X\nreg = 0.5\nwrite(G * reg, \"%s\")\n"
                .formatted(file("X.csv"), file("g.csv")));
    assertThat(run("run", script.toString())).as(err()).isEqualTo(ExitCode.FINE);
  }

  @Test
  void theStoredValueIsVerified() throws Exception {
    assertThat(run("replay", file("g.csv.lineage"), "--verify")).as(err()).isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualTo("equal: bit-identical\n");
    assertThat(run("replay", "--verify", file("g.csv.lineage"), "--numerics", "exact"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualTo("equal: bit-identical\n");
  }

  @Test
  void aListOfOneElementIsComparedAndWrittenAsAList() throws Exception {
    String script =
        """
        W = rand(rows=4, cols=3, seed=1)
        L = list(list(W=W, b=W), W)
        write(list(W=W), "%1$s", format="npz")
        write(L[1], "%2$s", format="csv")
        write(list(list(layer="affine", W=W, b=matrix(0, 1, 3))), "%3$s", format="onnx")
        write(as.matrix(L[2]), "%4$s", format="csv")
        """
            .formatted(file("w.npz"), file("l"), file("one.onnx"), file("w.csv"));
    assertThat(run("run", "-s", script)).as(err()).isEqualTo(ExitCode.FINE);
    for (String name : List.of("w.npz", "l", "w.csv", "one.onnx")) {
      assertThat(run("replay", file(name + ".lineage"), "--verify"))
          .as(err())
          .isEqualTo(ExitCode.FINE);
      assertThat(out()).as(name).isEqualTo("equal: bit-identical\n");
    }
    for (String name : List.of("w.npz", "one.onnx", "w.csv")) {
      String again = file("again-" + name);
      assertThat(run("replay", file(name + ".lineage"), "-o", again)).isEqualTo(ExitCode.FINE);
      assertThat(Path.of(again)).hasSameBinaryContentAs(Path.of(file(name)));
    }
  }

  /** A network file has floats of 4 bytes, an archive no lists in lists. */
  @Test
  void aListIsComparedWithWhatItsFileCanKeepOfIt() throws Exception {
    String script =
        """
        for (i in 1:2) {
          W = rand(rows=4, cols=3, seed=i)
          L = list(a=W, b=list(c=W[1, ], d=list(e=W)))
          write(L, "%1$s" + i + ".npz", format="npz")
          write(L, "%1$s" + i + ".safetensors", format="safetensors")
          write(list(list(layer="affine", W=W, b=W[1, ])), "%1$s" + i + ".onnx", format="onnx")
        }
        """
            .formatted(file("model"));
    assertThat(run("run", "-s", script)).as(err()).isEqualTo(ExitCode.FINE);
    for (String ending : List.of(".npz", ".safetensors", ".onnx")) {
      String trace = file("model1" + ending + ".lineage");
      for (String numerics : List.of("default", "exact")) {
        assertThat(run("replay", trace, "--verify", "--numerics", numerics))
            .as(err())
            .isEqualTo(ExitCode.FINE);
        assertThat(out()).as(ending).isEqualTo("equal: bit-identical\n");
        assertThat(run("replay", trace, "--verify", file("model2" + ending)))
            .isEqualTo(ExitCode.SCRIPT);
        assertThat(err()).contains("differs from the stored one").contains("element ");
      }
    }
    assertThat(run("replay", file("model1.onnx.lineage"), "--verify", file("model1.npz")))
        .isEqualTo(ExitCode.SCRIPT);
    assertThat(err()).contains("list of 1 against list of 3");
  }

  @Test
  void theHelpNamesAllFormatsThatCanBeWritten() {
    assertThat(run("run", "-s", "write(matrix(1, 1, 1), '" + file("again") + "', format='none')"))
        .isEqualTo(ExitCode.SCRIPT);
    String known =
        err().substring(err().indexOf("choose one of ") + 14).split("[ \\[\n]*\\[|\n")[0];
    assertThat(run("replay", "--help")).isEqualTo(ExitCode.FINE);
    for (String format : known.strip().split(", ")) {
      assertThat(out()).containsPattern("[ ,]" + format + "[,.]");
      assertThat(Choices.FORMAT).contains(format);
    }
  }

  @Test
  void formatsHaveTheNamesThatWriteTakes() {
    String file = file("alias.mtx");
    assertThat(run("replay", file("g.csv.lineage"), "-o", file, "--format", "MTX"))
        .isEqualTo(ExitCode.FINE);
    assertThat(run("run", "-s", "print(nrow(read('" + file + "', format='mm')))"))
        .isEqualTo(ExitCode.FINE);
  }

  @Test
  void theFormatOfTheOutputFollowsFromItsName() throws Exception {
    for (String name :
        List.of("again.npy", "again.parquet", "again.bin", "again.csv", "again.hdf5")) {
      assertThat(run("replay", file("g.csv.lineage"), "-o", file(name))).isEqualTo(ExitCode.FINE);
      String format = name.endsWith(".bin") ? "binary" : name.substring(name.indexOf('.') + 1);
      assertThat(Files.readString(Path.of(file(name + ".mtd")))).contains('"' + format + '"');
    }
  }

  @Test
  void aReplayLeavesATimeLine() throws Exception {
    String script =
        "X = rand(rows=30, cols=3, seed=1)\nwrite(t(X) %*% X, \""
            + file("g.csv")
            + "\", format=\"csv\")";
    assertThat(run("run", "-s", script)).as(err()).isEqualTo(ExitCode.FINE);
    assertThat(run("replay", file("g.csv.lineage"), "--verify", "--trace-file", file("t.json")))
        .as(err())
        .isEqualTo(ExitCode.FINE);
    assertThat(Files.readString(Path.of(file("t.json")))).contains("\"traceEvents\"", "tsmm");
  }

  @Test
  void aDifferenceIsToldWithItsPlaceAndSizeAndEndsWithOne() throws Exception {
    store("17.5 24.5\n24.5 34.51\n");
    assertThat(run("replay", file("g.csv.lineage"), "--verify")).isEqualTo(ExitCode.SCRIPT);
    assertThat(err())
        .contains("differs from the stored one: cell [2,2] is 34.5 and 34.51")
        .contains("largest relative deviation 2.8", "allowed 1.0E-12");
    store("17.5 24.5\n24.5 34.50000000000001\n");
    assertThat(run("replay", file("g.csv.lineage"), "--verify")).isEqualTo(ExitCode.FINE);
    assertThat(out()).startsWith("equal within 1.0E-12 (largest relative deviation 2.");
    assertThat(run("replay", file("g.csv.lineage"), "--verify", "--numerics", "exact"))
        .isEqualTo(ExitCode.SCRIPT);
    assertThat(err()).contains("allowed 0.0");
    store("1 2\n");
    assertThat(run("replay", file("g.csv.lineage"), "--verify")).isEqualTo(ExitCode.SCRIPT);
    assertThat(err()).contains("matrix 2x2 against matrix 1x2");
  }

  /** Replaces the stored value by other cells. */
  private void store(String cells) throws IOException {
    String script =
        "write(matrix(\"%s\", rows=%s, cols=2), \"%s\")"
            .formatted(cells.strip().replace('\n', ' '), cells.lines().count(), file("g.csv"));
    byte[] trace = Files.readAllBytes(folder.resolve("g.csv.lineage"));
    assertThat(run("run", "-s", script)).as(err()).isEqualTo(ExitCode.FINE);
    Files.write(folder.resolve("g.csv.lineage"), trace);
  }

  @Test
  void aReplayStopsAtTheItemAndPrintsOrWritesIt() throws Exception {
    assertThat(run("replay", file("g.csv.lineage"), "--until", "tsmm")).isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualTo("35.000 49.000\n49.000 69.000\n");
    assertThat(run("replay", file("g.csv.lineage"), "--until", "reg")).isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualTo("0.5\n");
    assertThat(run("replay", file("g.csv.lineage"), "--until", "%1", "-o", file("x.csv")))
        .isEqualTo(ExitCode.FINE);
    assertThat(out()).isEmpty();
    assertThat(folder.resolve("x.csv")).content().contains("5");
  }

  @Test
  void anotherFileIsReadInstead() throws Exception {
    String trace = file("g.csv.lineage");
    String from = file("X.csv") + "=" + file("other.csv");
    assertThat(run("replay", trace, "--from", from)).as(err()).isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualTo("0.500 0.000\n0.000 0.500\n");
    assertThat(run("replay", trace, "--from", "%1=" + file("other.csv"), "--until", "tsmm"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualTo("1.000 0.000\n0.000 1.000\n");
    Files.writeString(folder.resolve("X.csv"), "9,9\n");
    assertThat(run("replay", trace)).isEqualTo(ExitCode.SCRIPT);
    assertThat(err()).contains("X.csv has changed since the trace was written");
  }

  @Test
  void badRequestsAreAnsweredInOneLineWithWhatToTry() throws Exception {
    String trace = file("g.csv.lineage");
    assertThat(run("replay", trace, "--until", "%99")).isEqualTo(ExitCode.SCRIPT);
    assertThat(err()).contains("--until: there is no item %99; the trace has %1 to %");
    assertThat(run("replay", trace, "--from", "Y.csv=Z.csv")).isEqualTo(ExitCode.SCRIPT);
    assertThat(err())
        .contains("--from: the trace reads no 'Y.csv'; it reads %1 \"" + file("X.csv"));
    assertThat(run("replay", trace, "--from", "%1=none.csv")).isEqualTo(ExitCode.SCRIPT);
    assertThat(err()).contains("none.csv");
    assertUsage("--from expects FILE=OTHER", "replay", trace, "--from", "Y.csv");
    assertUsage(
        "--format: 'cvs' is unknown; choose text, csv",
        "replay",
        trace,
        "-o",
        file("again"),
        "--format",
        "cvs");
    assertUsage("--format goes with -o FILE", "replay", trace, "--format", "csv");
    assertUsage("--verify with --until needs", "replay", trace, "--until", "%1", "--verify");
    assertUsage("there is no stored value", "replay", trace, "--verify", file("none"));
    assertUsage("lineage file not found", "replay", file("none.lineage"), "--verify");
    assertUsage("FILE.lineage is missing", "replay", "--until", "%1");
    assertUsage("--output needs a path", "replay", trace, "-o", "");
    Files.writeString(folder.resolve("cut.lineage"), "reprise-lineage 1\n%1 = literal integer 1\n");
    assertThat(run("replay", file("cut.lineage"))).isEqualTo(ExitCode.SCRIPT);
    assertThat(err()).contains("cut.lineage: line 3, column 1").contains("cut off");
  }

  /** Writes the trace of a loop that a script could have run: s = sum(X); s = s * 0.5 + i. */
  private String longLoop(String iterations) throws Exception {
    Files.writeString(folder.resolve("X.csv"), "1,2\n3,4\n");
    Files.writeString(folder.resolve("other.csv"), "1,2\n3,10\n");
    Path script =
        Files.writeString(
            folder.resolve("loop.dml"),
            """
            X = read("%s")
            s = as.matrix(sum(X))
            for (i in 1:3) { s = s * 0.5 + i }
            write(s, "%s", format="csv")
            """
                .formatted(file("X.csv"), file("s.csv")));
    assertThat(run("run", script.toString())).as(err()).isEqualTo(ExitCode.FINE);
    Path trace = folder.resolve("s.csv.lineage");
    String text = Files.readString(trace);
    assertThat(text).contains("*2\n");
    Files.writeString(trace, text.replace("*2\n", "*" + iterations + "\n"));
    return trace.toString();
  }

  @Test
  void itemsOfALoopOfMillionsOfOperationsAreNamedByVariableAndIteration() throws Exception {
    String trace = longLoop("100000000");
    String loop = "%" + loopOf(trace);
    // sum(X) is 10; then 6, 5, 5.5.
    assertThat(run("replay", trace, "--until", loop + "^1@3")).as(err()).isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualTo("5.500\n");
    assertThat(run("replay", trace, "--until", loop + "$1@3")).as(err()).isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualTo("2.500\n");
    assertThat(run("replay", trace, "--until", "sum")).as(err()).isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualTo("10.0\n");
    String from = file("X.csv") + "=" + file("other.csv");
    assertThat(run("replay", trace, "--until", loop + "^1@1", "--from", from))
        .as(err())
        .isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualTo("9.000\n");
  }

  @Test
  void placesInShortLoopsGoByTheNumbersOfTheLoops() throws Exception {
    String trace = longLoop("4");
    String loop = "%" + loopOf(trace);
    assertThat(run("replay", trace, "--until", loop + "^1@2")).as(err()).isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualTo("5.000\n");
    assertThat(run("replay", trace, "--until", loop + "^1@6")).isEqualTo(ExitCode.SCRIPT);
    assertThat(err()).contains("--until: the loop has no iteration 6, but 1 to 5");
    assertThat(run("replay", trace, "--until", "%1^1@2")).isEqualTo(ExitCode.SCRIPT);
    assertThat(err()).contains("%1 is no loop");
  }

  @Test
  void wrongNamesInLongLoopsAreAnsweredWithWhatToTry() throws Exception {
    String trace = longLoop("100000000");
    String loop = "%" + loopOf(trace);
    assertThat(run("replay", trace, "--from", "Y.csv=Z.csv")).isEqualTo(ExitCode.SCRIPT);
    assertThat(err())
        .contains("--from: the trace reads no 'Y.csv'; it reads %1 \"" + file("X.csv"));
    assertThat(run("replay", trace, "--until", loop)).isEqualTo(ExitCode.SCRIPT);
    assertThat(err()).contains("is a loop: say which variable, as in " + loop + "^1");
    assertThat(run("replay", trace, "--until", loop + "$1")).isEqualTo(ExitCode.SCRIPT);
    assertThat(err()).contains("$1 is in every iteration: say which, as in $1@10");
    assertThat(run("replay", trace, "--until", "+")).isEqualTo(ExitCode.SCRIPT);
    assertThat(err()).contains("'+' stands for several items, say which: " + loop + "$");
  }

  /** The number of the line that is a loop. */
  private static String loopOf(String trace) throws Exception {
    return Files.readString(Path.of(trace))
        .lines()
        .filter(line -> line.startsWith("%") && line.contains(" = loop "))
        .map(line -> line.substring(1, line.indexOf(' ')))
        .findFirst()
        .orElseThrow();
  }

  private void assertUsage(String message, String... words) {
    assertThat(run(words)).as(String.join(" ", words)).isEqualTo(ExitCode.USAGE);
    assertThat(err().lines()).singleElement().asString().contains(message);
  }
}
