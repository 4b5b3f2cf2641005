package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.CommandProcess;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process that trains is killed again and again; whoever resumes ends with the same bits. */
class KilledTrainingTest {
  private static final CommandProcess COMMAND = new CommandProcess(System.getProperties());

  /** Each epoch prints more than a pipe holds, so the process cannot end before it is killed. */
  private static final String SCRIPT =
      """
      X = rand(rows=64, cols=8, seed=1)
      y = X %*% seq(1, 8)
      W = rand(rows=8, cols=1)
      start = 1
      if (file.exists("state")) {
        s = resume("state")
        W = as.matrix(s["W"])
        start = as.scalar(s["epoch"]) + 1
      }
      noise = "."
      for (i in 1:17) { noise = noise + noise }
      for (e in start:6) {
        mask = rand(rows=64, cols=8) > 0.2
        W = W - 0.001 * (t(X * mask) %*% ((X * mask) %*% W - y))
        checkpoint(list(W=W, epoch=e), "state")
        print("epoch " + e)
        if ($noisy) { print(noise) }
      }
      print("weights " + toString(t(W), decimal=17))
      """;

  @TempDir Path folder;

  private Process start(Path directory, long seed, boolean noisy) throws Exception {
    List<String> command = COMMAND.words(Main.class);
    command.addAll(List.of("run", "--seed", "" + seed, "-s", SCRIPT));
    command.addAll(List.of("-nvargs", "noisy=" + (noisy ? "TRUE" : "FALSE")));
    return CommandProcess.builder(command)
        .directory(Files.createDirectories(directory).toFile())
        .redirectErrorStream(true)
        .start();
  }

  private static BufferedReader lines(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  private String runThrough(Path directory, long seed) throws Exception {
    try (BufferedReader out = lines(start(directory, seed, false))) {
      return String.join("\n", out.lines().toList());
    }
  }

  private static void killAfter(String line, Process process) throws Exception {
    try (BufferedReader out = lines(process)) {
      List<String> others = new ArrayList<>();
      String read = out.readLine();
      while (read != null && !read.equals(line)) {
        others.add(read.length() > 200 ? "..." : read);
        read = out.readLine();
      }
      assertThat(read).as("what came instead: %s", others).isEqualTo(line);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void aTrainingThatWasKilledTwiceEndsWithTheSameWeights() throws Exception {
    String whole = runThrough(folder.resolve("whole"), 3);
    Path broken = folder.resolve("broken");
    killAfter("epoch 2", start(broken, 3, true));
    killAfter("epoch 4", start(broken, 99, true));
    String last = runThrough(broken, 1000);
    assertThat(last).doesNotContain("epoch 1").doesNotContain("epoch 2").contains("epoch 6");
    String weights = whole.substring(whole.indexOf("weights"));
    assertThat(last).endsWith(weights);
    try (Stream<Path> left = Files.list(broken)) {
      assertThat(left.map(file -> file.getFileName().toString()).filter(n -> !n.startsWith(".")))
          .containsExactly("state");
    }
  }
}
