package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.DeviceConfig;
import dev.reprise.Numerics;
import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics;
import dev.reprise.SessionConfig;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import dev.reprise.testkit.PrintedText;
import dev.reprise.testkit.RandomProgram;
import dev.reprise.testkit.TrainingProgramGenerator;
import dev.reprise.testkit.TrainingProgramGenerator.Training;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random trainings end on an accelerator as on the processor, but for roundings, and on one
 * accelerator with equal bits whatever is reused; with {@code -Dreprise.programs=N} and {@code
 * -Dreprise.first=SEED} any number of them. All programs of a placement share one session, so they
 * find each other's values as well. Skipped, aloud, without OpenCL.
 */
class TrainingProgramsOnDevicesTest {
  private static final int PROGRAMS = Integer.getInteger("reprise.programs", 3);
  private static final long FIRST = Long.getLong("reprise.first", 0);
  private static final String DEVICE = "opencl:0";

  /** Trainings that diverge magnify roundings without bounds. */
  private static final Pattern DIVERGED = Pattern.compile("NaN|Infinity|\\dE\\d|\\d{5}\\.");

  @TempDir Path folder;

  /**
   * Two configurations that give the same.
   *
   * @param tolerance of printed numbers; 0 asks for equal bits
   */
  private record Pair(SessionConfig reference, SessionConfig other, double tolerance) {}

  private Pair besideProcessor(DeviceConfig devices, Precision precision, double tolerance) {
    SessionConfig config =
        ScriptOutput.config().withWorkingDirectory(folder).withPrecision(precision);
    return new Pair(
        config.withReuse(ReuseMode.NONE).withDevices(DeviceConfig.CPU),
        config.withDevices(devices),
        tolerance);
  }

  private static DeviceConfig among(String placement, long bytes) {
    return new DeviceConfig(placement, List.of(DEVICE), Map.of(DEVICE, bytes));
  }

  @Test
  void aTrainingOnTheDevice() {
    check(0, besideProcessor(DeviceConfig.of(DEVICE), Precision.FP64, 1e-6));
  }

  @Test
  void aTrainingInTurnsWithLittleDeviceMemory() {
    check(1, besideProcessor(among("round-robin", 200_000), Precision.FP64, 1e-6));
  }

  @Test
  void aTrainingWhereItEndsFirst() {
    check(2, besideProcessor(among("auto", 1 << 20), Precision.FP64, 1e-6));
  }

  @Test
  void aTrainingInSinglePrecision() {
    check(3, besideProcessor(DeviceConfig.of(DEVICE), Precision.FP32, 1e-3));
  }

  @Test
  void reuseOnTheDeviceChangesNoBit() {
    SessionConfig config =
        ScriptOutput.config()
            .withWorkingDirectory(folder)
            .withNumerics(Numerics.EXACT)
            .withDevices(DeviceConfig.of(DEVICE));
    check(4, new Pair(config.withReuse(ReuseMode.NONE), config, 0));
  }

  /**
   * Every placement has programs of its own.
   *
   * @param turn number of the placement
   */
  private void check(int turn, Pair pair) {
    List<String> differing = new ArrayList<>();
    long executed = 0;
    try (ScriptOutput.Open reference = open(pair.reference);
        ScriptOutput.Open other = open(pair.other)) {
      long first = FIRST + (long) turn * PROGRAMS;
      for (long seed = first; seed < first + PROGRAMS; seed++) {
        Training training = TrainingProgramGenerator.training(seed);
        Path file = file(training.program());
        String expected = text(reference.run(file, Map.of()));
        if (pair.tolerance > 0 && (training.isSteep() || DIVERGED.matcher(expected).find())) {
          continue;
        }
        ScriptOutput.Outcome outcome = other.run(file, Map.of());
        executed += executed(outcome.statistics());
        Optional<String> found = difference(pair, expected, text(outcome));
        if (found.isPresent()) {
          differing.add(
              "seed " + seed + ": " + found.get() + "\n" + smallest(pair, training.program()));
          System.out.println(differing.getLast());
        }
      }
    }
    assertThat(differing).isEmpty();
    assertThat(executed).isPositive();
  }

  private static Optional<String> difference(Pair pair, String expected, String found) {
    if (pair.tolerance > 0) {
      return PrintedText.difference(expected, found, pair.tolerance);
    }
    return expected.equals(found)
        ? Optional.empty()
        : Optional.of("expected\n" + expected + "\nfound\n" + found);
  }

  /** In sessions of its own, unless it takes others to differ. */
  private String smallest(Pair pair, RandomProgram program) {
    return differs(pair, program)
        ? program.smallestThat(each -> differs(pair, each)).text()
        : "(only after the programs before it)\n" + program.text();
  }

  private boolean differs(Pair pair, RandomProgram program) {
    Path file = file(program);
    String expected = text(ScriptOutput.run(file, Map.of(), pair.reference));
    return !DIVERGED.matcher(expected).find()
        && difference(pair, expected, text(ScriptOutput.run(file, Map.of(), pair.other)))
            .isPresent();
  }

  private Path file(RandomProgram program) {
    try {
      return Files.writeString(folder.resolve("program.dml"), program.text());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(ScriptOutput.Outcome outcome) {
    return outcome.output() + outcome.failureText();
  }

  private static long executed(RunStatistics statistics) {
    return statistics == null
        ? 0
        : statistics.devices().stream().mapToLong(RunStatistics.DeviceUse::executed).sum();
  }

  private static ScriptOutput.Open open(SessionConfig config) {
    try {
      return new ScriptOutput.Open(config);
    } catch (ResourceException e) {
      assumeTrue(false, "no OpenCL device: " + e.getMessage());
      throw e;
    }
  }
}
