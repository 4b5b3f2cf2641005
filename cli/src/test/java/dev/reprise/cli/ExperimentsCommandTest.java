package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.testkit.OpenFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --store} and {@code reprise experiments}, from words to text and exit code. */
class ExperimentsCommandTest extends CommandTest {
  @TempDir private Path folder;

  private String store() {
    return folder.resolve("store").toString();
  }

  /** A run that writes a small model of a product that takes some milliseconds. */
  private void train(double reg) {
    String script =
        """
        X = rand(rows=20000, cols=100, seed=1)
        reg = %s
        A = t(X) %%*%% X + diag(matrix(reg, 100, 1))
        B = solve(A, t(X) %%*%% rand(rows=20000, cols=1, seed=2))
        write(B, "%s", format="csv")
        """
            .formatted(reg, folder.resolve("B.csv"));
    assertThat(run("run", "--store", store(), "-s", script, "--stats")).isEqualTo(ExitCode.FINE);
  }

  @Test
  void aSecondRunSaysWhatItFound() {
    train(0.1);
    assertThat(err()).contains("store         0 values found");
    train(0.1);
    assertThat(err()).contains("store         the whole run was found");
    train(0.2);
    assertThat(err()).containsPattern("store +[1-9][0-9]* values found");
  }

  @Test
  void aTrainingBeginsFromAnEarlierModelWhenAskedTo() {
    String script =
        "X = matrix(seq(1, 6), 3, 2)\nW = warmstart(matrix(0, 1, 2), X, 's') + X[1, ]\n"
            + "score(W, sum(W), 's')\nprint(sum(W))";
    assertThat(run("run", "-s", script, "--warm-start")).isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("--warm-start begins from models of an experiment store", "--store");
    for (String expected : List.of("3.0", "6.0", "9.0")) {
      assertThat(run("run", "-s", script, "--warm-start", "--store", store(), "--stats"))
          .isEqualTo(ExitCode.FINE);
      assertThat(out().strip()).isEqualTo(expected);
    }
    assertThat(err()).contains("1 of 1 trainings from an earlier model");
    assertThat(run("run", "-s", script, "--store", store())).isEqualTo(ExitCode.FINE);
    assertThat(out().strip()).isEqualTo("3.0");
    assertThat(run("experiments", "--store", store(), "show", "2")).isEqualTo(ExitCode.FINE);
    assertThat(out()).contains("score      s = 6.0", "model      score s  (lineage ");
    String copy = folder.resolve("W.csv").toString();
    assertThat(run("experiments", "--store", store(), "replay", "2", "score s", "-o", copy))
        .isEqualTo(ExitCode.FINE);
    assertThat(Path.of(copy)).hasContent("2.0,4.0");
  }

  @Test
  void aRunShowsNoMoreValuesThanAskedFor() {
    train(0.1);
    assertThat(run("experiments", "--store", store(), "show", "1")).isEqualTo(ExitCode.FINE);
    String whole = out();
    assertThat(whole).doesNotContain("--limit");
    long values = values(whole);
    assertThat(values).isGreaterThan(1);
    assertThat(run("experiments", "--store", store(), "show", "1", "--limit", "1"))
        .isEqualTo(ExitCode.FINE);
    String first = out();
    assertThat(first).endsWith("... and more, see --limit\n");
    assertThat(values(first)).isEqualTo(1);
    String[] all = {"experiments", "--store", store(), "show", "1", "--limit", "2147483647"};
    assertThat(run(all)).isEqualTo(ExitCode.FINE);
    assertThat(out()).isEqualTo(whole);
  }

  private static long values(String shown) {
    return shown.lines().filter(line -> line.matches("[0-9a-f]{32} .*")).count();
  }

  @Test
  void aValueSaysWhatItWasMadeOfAndWhoHasUsedIt() {
    train(0.1);
    train(0.25);
    assertThat(run("experiments", "--store", store(), "artifacts")).isEqualTo(ExitCode.FINE);
    String product =
        out()
            .lines()
            .filter(line -> line.contains("  tsmm"))
            .map(line -> line.substring(0, 32))
            .findFirst()
            .orElseThrow();
    for (String digits : List.of(product, product.substring(0, 12).toUpperCase(Locale.ROOT))) {
      assertThat(run("experiments", "--store", store(), "origin", digits)).isEqualTo(ExitCode.FINE);
      assertThat(out())
          .contains("lineage    " + product, "operation  tsmm", "2 runs, from 1 by ", " to 2 by ")
          .contains("kept       yes")
          .containsPattern("made of\n  rand")
          .containsPattern("used by\n(  \\+.*in run [12] by .*\n){2}");
    }
    assertThat(run("experiments", "--store", store(), "origin", "0000000000000"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("knows no value whose lineage begins with 0000000000000");
    assertThat(run("experiments", "--store", store(), "origin", "xyz")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void wordsThatMeanNothingAreRefused() {
    train(0.1);
    for (String[] words :
        new String[][] {
          {"show", "1", "2"},
          {"fsck", "all"},
          {"list", "--limit", "0"},
          {"gc", "--budget", "-1"},
          {"list", "--mend"},
          {"fsck", "--limit", "3"},
          {"show", "1", "--run", "1"},
          {"compare", "1", "1", "-o", "x"}
        }) {
      List<String> all = new ArrayList<>(List.of("experiments", "--store", store()));
      all.addAll(List.of(words));
      assertThat(run(all.toArray(String[]::new))).isEqualTo(ExitCode.USAGE);
    }
    assertThat(err()).contains("'experiments compare' does nothing with --output");
    assertThat(run("run", "--store", "", "-s", "print(1)")).isEqualTo(ExitCode.USAGE);
    assertThat(run("run", "--store", "ftp://x/y", "-s", "print(1)")).isEqualTo(ExitCode.USAGE);
    assertThat(run("run", "--store", "localhost:7733", "-s", "print(1)")).isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("write http://localhost:7733");
    assertThat(run("experiments", "--store", store(), "artifacts", "--run", "99"))
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void runsAreListedShownAndCompared() {
    train(0.1);
    train(0.1);
    train(0.25);
    assertThat(run("experiments", "--store", store())).isEqualTo(ExitCode.FINE);
    assertThat(out()).startsWith("3 runs; ").contains("finished").contains("measured on cpu: ");
    assertThat(run("experiments", "--store", store(), "show", "1")).isEqualTo(ExitCode.FINE);
    assertThat(out()).contains("wrote      ", "B.csv").containsPattern("tsmm  \\[cpu .* x1\\]");
    assertThat(run("experiments", "--store", store(), "compare", "1", "2"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out()).contains("came to be in the same way");
    assertThat(run("experiments", "--store", store(), "compare", "1", "3"))
        .isEqualTo(ExitCode.SCRIPT);
    assertThat(out()).contains("reg: 0.1 became 0.25");
    assertThat(run("experiments", "--store", store(), "artifacts", "--limit", "1"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out().lines()).hasSize(2);
  }

  @Test
  void parametersAreShownAndCompared() {
    String script = "X = matrix(2, 3, 3)\nscore(X, $k * sum(X), \"q\")\nprint($name)";
    String[] first = {"run", "--store", store(), "-s", script, "--nvargs", "k=1", "name=a b=c"};
    String[] other = {
      "run",
      "--store",
      store(),
      "--seed",
      "7",
      "--precision",
      "fp32",
      "-s",
      script,
      "--nvargs",
      "k=2",
      "name=a b=c"
    };
    for (String[] words : List.of(first, other, other)) {
      assertThat(run(words)).isEqualTo(ExitCode.FINE);
      assertThat(out().strip()).isEqualTo("a b=c");
    }
    run("experiments", "--store", store(), "show", "1");
    assertThat(out()).contains("given      $k = 1", "given      $name = a b=c");
    run("experiments", "--store", store(), "show", "3");
    assertThat(out()).contains("recalled", "given      --precision = fp32", "given      $k = 2");
    run("experiments", "--store", store(), "compare", "1", "2");
    assertThat(out())
        .containsPattern("\\* \\$k +1 +2")
        .containsPattern("\\* --seed +- +7")
        .containsPattern("\n  \\$name +a b=c +a b=c");
  }

  @Test
  void aGraphThatCannotBeWrittenIsToldOf() throws IOException {
    train(0.1);
    Path graph = folder.resolve("store/graph.db");
    try (FileChannel file = FileChannel.open(graph, StandardOpenOption.WRITE)) {
      long third = file.size() / 3;
      file.write(ByteBuffer.wrap(new byte[(int) third]), third);
    }
    assertThat(
            run(
                "run",
                "--store",
                store(),
                "-s",
                "print(sum(matrix(7, 300, 300) %*% matrix(1, 300, 9)))"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out().strip()).isEqualTo("5670000.0");
    assertThat(err()).contains("graph.db is damaged", "nothing more was kept");
  }

  @Test
  void whatARunWroteIsReplayedFromTheStore() throws IOException {
    train(0.1);
    Path again = folder.resolve("again.csv");
    String name = folder.resolve("B.csv").toString();
    assertThat(run("experiments", "--store", store(), "replay", "1", name, "-o", again.toString()))
        .isEqualTo(ExitCode.FINE);
    assertThat(Files.mismatch(again, folder.resolve("B.csv"))).isEqualTo(-1);
    assertThat(run("experiments", "--store", store(), "replay", "1", "x", "-o", again.toString()))
        .isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("no trace named 'x'");
  }

  /** The lineage of the first line that says so. */
  private String lineageOf(String operation) {
    assertThat(run("experiments", "--store", store(), "artifacts")).isEqualTo(ExitCode.FINE);
    return out()
        .lines()
        .filter(line -> line.contains("  " + operation))
        .map(line -> line.substring(0, 32))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anyValueIsReplayedByItsLineage() throws IOException {
    train(0.1);
    String product = lineageOf("tsmm");
    String digits = product.substring(0, 10).toUpperCase(Locale.ROOT);
    String[] replay = {"experiments", "--store", store(), "replay", digits};
    assertThat(run(replay)).isEqualTo(ExitCode.FINE);
    assertThat(out().lines()).hasSize(100);
    assertThat(err()).isEmpty();
    String printed = out();
    Path file = folder.resolve("A.csv");
    assertThat(run(with(replay, "-o", file.toString()))).isEqualTo(ExitCode.FINE);
    assertThat(out()).isEmpty();
    assertThat(run("run", "-s", "print(toString(read('" + file + "', format='csv')))"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out().strip()).isEqualTo(printed.strip());
    assertThat(run(with(replay, "-o", file + ".x", "--format", "binary"))).isEqualTo(ExitCode.FINE);
    assertThat(run(with(replay, "--verify"))).isEqualTo(ExitCode.FINE);
    assertThat(out()).startsWith("equal");
    assertThat(run(with(replay, "--from", "X.csv=Y.csv"))).isEqualTo(ExitCode.SCRIPT);
    assertThat(err()).contains("--from: the trace reads no 'X.csv'; it reads nothing");
    assertThat(run(with(replay, "--from", "X.csv"))).isEqualTo(ExitCode.USAGE);
    assertThat(run(with(replay, "--verify", "-o", "x"))).isEqualTo(ExitCode.USAGE);
    assertThat(run("experiments", "--store", store(), "replay")).isEqualTo(ExitCode.USAGE);
    assertThat(run("experiments", "--store", store(), "replay", "xyz")).isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("takes RUN NAME, or a LINEAGE, 4 to 32 hexadecimal digits");
    assertThat(run("experiments", "--store", store(), "replay", "00000000"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(err().lines()).hasSize(1);
    assertThat(err()).contains("knows no value whose lineage begins with 00000000");
  }

  private static String[] with(String[] words, String... more) {
    return Stream.of(words, more).flatMap(Stream::of).toArray(String[]::new);
  }

  @Test
  void whatWasWrittenIsReplayedByItsLineageTooAndPrinted() throws IOException {
    train(0.1);
    String name = folder.resolve("B.csv").toString();
    assertThat(run("experiments", "--store", store(), "show", "1")).isEqualTo(ExitCode.FINE);
    String written = out().replaceAll("(?s).*B\\.csv  \\(lineage ([0-9a-f]{32})\\).*", "$1");
    String again = folder.resolve("again.csv").toString();
    assertThat(run("experiments", "--store", store(), "replay", written, "-o", again))
        .isEqualTo(ExitCode.FINE);
    assertThat(Files.mismatch(Path.of(again), Path.of(name))).isEqualTo(-1);
    assertThat(run("experiments", "--store", store(), "replay", "1", name))
        .isEqualTo(ExitCode.FINE);
    assertThat(out().lines()).hasSize(100);
    assertThat(run("experiments", "--store", store(), "replay", "1", name, "--verify"))
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void peopleAreShownLiteralsAndFilesByTheirNames() throws IOException {
    Path file = folder.resolve("a b.csv");
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      rows.append(i).append(",1,2,3,4,5,6,7,8,9,10".repeat(5)).append('\n');
    }
    Files.writeString(file, rows);
    String script = "X = read('" + file + "', format='csv')\nprint(sum(t(X) %*% (X * 2.5)))";
    assertThat(run("run", "--store", store(), "-s", script)).isEqualTo(ExitCode.FINE);
    assertThat(run("experiments", "--store", store(), "origin", lineageOf("matmul")))
        .isEqualTo(ExitCode.FINE);
    assertThat(out())
        .containsPattern("\n +literal 2\\.5\n")
        .containsPattern("read\\{.*\\} @ " + file + "  \\(lineage");
  }

  @Test
  void damageIsFoundMendedAndGoneAndTheBudgetIsKept() throws IOException {
    train(0.1);
    assertThat(run("experiments", "--store", store(), "fsck")).isEqualTo(ExitCode.FINE);
    try (Stream<Path> files = Files.walk(folder.resolve("store/artifacts"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.write(file, new byte[3]);
      }
    }
    assertThat(run("experiments", "--store", store(), "fsck")).isEqualTo(ExitCode.SCRIPT);
    assertThat(out()).contains("its content was damaged");
    assertThat(run("experiments", "--store", store(), "fsck", "--mend")).isEqualTo(ExitCode.FINE);
    assertThat(out()).contains("; removed, with ").doesNotContain("nothing to remove");
    assertThat(run("experiments", "--store", store(), "fsck", "--mend")).isEqualTo(ExitCode.FINE);
    assertThat(out()).contains("0 problems, 0 files without owner; nothing to remove");
    assertThat(run("experiments", "--store", store(), "fsck")).isEqualTo(ExitCode.FINE);
    train(0.1);
    assertThat(run("experiments", "--store", store(), "gc", "--budget", "1g", "--by", "benefit"))
        .isEqualTo(ExitCode.FINE);
    assertThat(run("experiments", "--store", store(), "gc", "--budget", "1", "--by", "chance"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(run("experiments", "--store", store(), "gc", "--budget", "1"))
        .isEqualTo(ExitCode.FINE);
    assertThat(out()).contains("0 bytes are left");
  }

  @Test
  void whatIsNotThereIsOneClearError() {
    assertThat(run("experiments", "--store", store())).isEqualTo(ExitCode.USAGE);
    assertThat(err().lines()).hasSize(1);
    assertThat(err()).contains("there is no experiment store in");
    assertThat(folder.resolve("store")).doesNotExist();
    train(0.1);
    assertThat(run("experiments", "--store", store(), "show", "9")).isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("has no run 9");
    assertThat(run("experiments", "--store", store(), "show", "x")).isEqualTo(ExitCode.USAGE);
    assertThat(run("experiments", "--store", store(), "sho")).isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("did you mean 'show'");
    assertThat(run("experiments", "--store", store(), "gc")).isEqualTo(ExitCode.USAGE);
    assertThat(run("run", "--store", "http://host", "-s", "print(1)")).isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("http://host needs a token", "REPRISE_TOKEN");
    assertThat(run("run", "--store", "none", "-s", "print(1)")).isEqualTo(ExitCode.FINE);
  }

  @Test
  void aStoreThatCannotBeOpenedEndsTheRunBeforeItBegins() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(run("run", "--store", file.toString(), "-s", "print(1)")).isEqualTo(ExitCode.USAGE);
    assertThat(out()).isEmpty();
    assertThat(err()).contains("--store needs a folder, but " + file + " is a file");
  }

  @Test
  void anArchiveThatCannotBeWrittenIsToldAsOtherFilesAre() throws IOException {
    train(0.1);
    String file = folder.resolve("none/all.archive").toString();
    assertThat(run("experiments", "--store", store(), "export", file)).isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains("cannot write " + file + ": there is no folder ");
  }

  @Test
  void anArchiveIsWrittenWhereALinkLeads() throws IOException {
    train(0.1);
    Path link = folder.resolve("link");
    Path real = folder.resolve("real");
    Files.createSymbolicLink(link, Path.of("real"));
    for (int round = 0; round < 2; round++) {
      assertThat(run("experiments", "--store", store(), "export", link.toString()))
          .isEqualTo(ExitCode.FINE);
      assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of("real"));
      assertThat(Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)).isTrue();
      String other = folder.resolve("other" + round).toString();
      assertThat(run("experiments", "--store", other, "import", real.toString()))
          .isEqualTo(ExitCode.FINE);
      Files.writeString(real, "replaced");
    }
  }

  /** As {@code /dev/stdout} does where output is redirected to a file. */
  @Test
  void anArchiveDoesNotReplaceAFileThatIsOpen() throws IOException {
    assumeTrue(OpenFiles.areNamed(), "the system names no open files");
    train(0.1);
    Path file = Files.writeString(folder.resolve("redirected"), "earlier").toRealPath();
    try (FileChannel open = FileChannel.open(file, StandardOpenOption.APPEND)) {
      assertThat(
              run("experiments", "--store", store(), "export", OpenFiles.nameOf(file).toString()))
          .isEqualTo(ExitCode.USAGE);
      assertThat(err()).contains(" is a device or pipe, or a file that is open already");
      open.write(ByteBuffer.wrap(new byte[] {'!'}));
    }
    assertThat(file).hasContent("earlier!");
  }

  @Test
  void anArchiveHasTheRightsOfANewFileAndOfTheOneThatItReplaces() throws IOException {
    train(0.1);
    Path archive = folder.resolve("archive");
    Path other = Files.writeString(folder.resolve("other"), "");
    assertThat(run("experiments", "--store", store(), "export", archive.toString()))
        .isEqualTo(ExitCode.FINE);
    assertThat(Files.getPosixFilePermissions(archive))
        .isEqualTo(Files.getPosixFilePermissions(other));
    Set<PosixFilePermission> rights = PosixFilePermissions.fromString("rw-rw----");
    Files.setPosixFilePermissions(archive, rights);
    assertThat(run("experiments", "--store", store(), "export", archive.toString()))
        .isEqualTo(ExitCode.FINE);
    assertThat(Files.getPosixFilePermissions(archive)).isEqualTo(rights);
  }

  @Test
  void anArchiveIsWrittenToNoDeviceAndNoLinkThatLeadsNowhere() throws IOException {
    train(0.1);
    Path link = folder.resolve("link");
    Files.createSymbolicLink(link, folder.resolve("missing/archive"));
    assertThat(run("experiments", "--store", store(), "export", link.toString()))
        .isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains(link + ": it is a symbolic link to ", "whose folder is not there");
    Files.delete(link);
    Files.createSymbolicLink(link, Path.of("/dev/null"));
    assertThat(run("experiments", "--store", store(), "export", link.toString()))
        .isEqualTo(ExitCode.USAGE);
    assertThat(err()).contains(link + " is a device or pipe");
    assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of("/dev/null"));
  }

  @Test
  void aStoreGoesThroughAFileIntoAnother() throws IOException {
    train(0.1);
    String file = folder.resolve("all.archive").toString();
    String other = folder.resolve("other").toString();
    assertThat(run("experiments", "--store", store(), "export", file)).isEqualTo(ExitCode.FINE);
    assertThat(run("experiments", "--store", other, "import", file)).isEqualTo(ExitCode.FINE);
    assertThat(out()).startsWith("1 runs, ").contains("; 0 artifacts were there already");
    assertThat(run("experiments", "--store", other, "fsck")).isEqualTo(ExitCode.FINE);
    assertThat(run("experiments", "--store", other, "import", file)).isEqualTo(ExitCode.FINE);
    assertThat(out()).startsWith("0 runs, 0 values and 0 artifacts added; ");
    run("experiments", "--store", store(), "list");
    String expected = out();
    run("experiments", "--store", other, "list");
    assertThat(out()).isEqualTo(expected);
    Files.write(Path.of(file), new byte[] {1, 2, 3});
    Path third = folder.resolve("third");
    assertThat(run("experiments", "--store", third.toString(), "import", file))
        .isEqualTo(ExitCode.RESOURCE);
    assertThat(err()).contains("it is too short");
    assertThat(third).doesNotExist();
    assertThat(run("experiments", "--store", other, "import")).isEqualTo(ExitCode.USAGE);
    assertThat(run("experiments", "--store", other, "import", file + ".gone"))
        .isEqualTo(ExitCode.USAGE);
  }
}
