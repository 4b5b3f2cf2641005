package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.CommandProcess;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two builds of the program on one store, of which one computes something else: neither ever gets a
 * number of the other.
 */
class StoreOfTwoBuildsTest {
  private static final CommandProcess COMMAND = new CommandProcess(System.getProperties());

  private static final String LIBRARY = "dev/reprise/library";

  /** Calls a function that the other build has changed, and makes values. */
  private static final String SCRIPT =
      """
      X = rand(rows=20000, cols=100, seed=1)
      A = t(X) %*% X
      [Y, centres, divisors] = scale(A, FALSE, FALSE)
      W = warmstart(matrix(0, 100, 1), X, "s")
      W = W + Y[, 1]
      score(W, 1, "s")
      print(toString(W[1:2, ], decimal=9))
      """;

  @TempDir private Path folder;

  private record Ran(String output, Map<String, Long> counts) {
    long count(String what) {
      return counts.get(what);
    }
  }

  @Test
  void aBuildFindsWhatItHasLeftItselfAndNothingElse() throws Exception {
    List<Path> ours = COMMAND.classPath();
    List<Path> theirs = ours.stream().map(this::otherBuild).toList();
    assertThat(theirs).isNotEqualTo(ours);
    Ran first = run(ours, SCRIPT);
    Ran other = run(theirs, SCRIPT);
    assertThat(other.count("hits") + other.count("regions") + other.count("programs")).isZero();
    assertThat(other.output()).isNotEqualTo(first.output());
    // A changed text, so that the runs are executed: each build finds its own values.
    String changed = SCRIPT + "print(1)\n";
    Ran again = run(ours, changed);
    Ran otherAgain = run(theirs, changed);
    assertThat(again.output()).isEqualTo(first.output() + "1\n");
    assertThat(otherAgain.output()).isEqualTo(other.output() + "1\n");
    assertThat(again.count("hits") + again.count("regions")).isPositive();
    assertThat(otherAgain.count("hits") + otherAgain.count("regions")).isPositive();
    // Whole runs likewise.
    assertThat(run(ours, SCRIPT).output()).isEqualTo(first.output());
    assertThat(run(theirs, SCRIPT).output()).isEqualTo(other.output());
  }

  @Test
  void aBuildBeginsFromNoModelOfAnother() throws Exception {
    List<Path> ours = COMMAND.classPath();
    List<Path> theirs = ours.stream().map(this::otherBuild).toList();
    Ran first = run(ours, SCRIPT, StoredScript.WARM_START);
    Ran other = run(theirs, SCRIPT, StoredScript.WARM_START);
    assertThat(first.count("coldStarts")).isEqualTo(1);
    assertThat(other.count("coldStarts")).isEqualTo(1);
    assertThat(run(ours, SCRIPT, StoredScript.WARM_START).count("warmStarts")).isEqualTo(1);
  }

  private Ran run(List<Path> build, String script, String... options) throws Exception {
    Path output = folder.resolve("output.txt");
    Path statistics = folder.resolve("statistics.txt");
    Files.deleteIfExists(statistics);
    List<String> command = COMMAND.words(build, StoredScript.class);
    command.addAll(List.of(folder.resolve("store").toString(), statistics.toString(), script));
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).as("ended").isTrue();
    String printed = Files.readString(output);
    assertThat(process.exitValue()).as(printed).isZero();
    return new Ran(printed, StoredScript.read(statistics));
  }

  /** A copy with a changed library for what has the library, all else as it is. */
  private Path otherBuild(Path place) {
    try {
      if (Files.isDirectory(place) && Files.exists(place.resolve(LIBRARY))) {
        Path copy = folder.resolve("other");
        if (!Files.exists(copy)) {
          copyTree(place, copy);
          change(copy);
        }
        return copy;
      }
      return Files.isRegularFile(place) ? otherJar(place) : place;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Path otherJar(Path jar) throws IOException {
    try (FileSystem inside = FileSystems.newFileSystem(jar)) {
      if (!Files.exists(inside.getPath(LIBRARY, "scale.dml"))) {
        return jar;
      }
    }
    Path copy = folder.resolve("other.jar");
    if (!Files.exists(copy)) {
      Files.copy(jar, copy);
      try (FileSystem inside = FileSystems.newFileSystem(copy)) {
        change(inside.getPath("/"));
      }
    }
    return copy;
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Files.copy(each, to.resolve(from.relativize(each).toString()));
      }
    }
  }

  /** From now on {@code scale} triples. */
  private static void change(Path root) throws IOException {
    Path script = root.resolve(LIBRARY + "/scale.dml");
    String text = Files.readString(script);
    assertThat(text).contains("  Out = X\n");
    Files.writeString(script, text.replace("  Out = X\n", "  Out = X * 3\n"));
  }
}
