package dev.reprise.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One finished process.
 *
 * @param wallSeconds from the start of the process to its end
 * @param workSeconds what the script itself measured (its {@code @seconds} line), NaN if it does
 *     not
 * @param load load average over the last minute when the process started
 * @param outcome {@code ok}, {@code failed} or {@code hung} (killed at the time limit)
 * @param output what the script printed
 * @param counts what the run counted about itself; null where it does not
 */
record Run(
    double wallSeconds,
    double workSeconds,
    double load,
    String outcome,
    Output output,
    Counts counts) {

  boolean isOk() {
    return outcome.equals("ok");
  }

  /**
   * Runs {@code command} in {@code folder} and kills it after {@code limitSeconds}.
   *
   * @param statistics where the command leaves what it counts, if it does
   */
  static Run of(List<String> command, Path folder, long limitSeconds, Path statistics)
      throws IOException, InterruptedException {
    Files.deleteIfExists(statistics);
    Path out = Files.createTempFile("bench", ".out");
    Path err = Files.createTempFile("bench", ".err");
    try {
      double load = Machine.load();
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      // A fixed core type would make the two systems' BLAS take different paths than a user's.
      builder.environment().remove("OPENBLAS_CORETYPE");
      long start = System.nanoTime();
      Process process = builder.start();
      boolean ended = process.waitFor(limitSeconds, TimeUnit.SECONDS);
      double wallSeconds = (System.nanoTime() - start) / 1e9;
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
      Output output = Output.of(Files.readString(out));
      String outcome =
          !ended ? "hung" : process.exitValue() == 0 && !output.hasError() ? "ok" : "failed";
      if (outcome.equals("failed")) {
        System.err.println("failed: " + String.join(" ", command));
        System.err.println(Files.readString(out) + Files.readString(err));
      }
      Counts counts = Counts.read(statistics);
      return new Run(wallSeconds, output.workSeconds(), load, outcome, output, counts);
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }
}
