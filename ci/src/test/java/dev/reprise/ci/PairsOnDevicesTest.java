package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.DeviceConfig;
import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics.DeviceUse;
import dev.reprise.SessionConfig;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All pairs of a column and a row, and choices by single cells, in loops on a device. */
class PairsOnDevicesTest {
  /**
   * A matrix as the sum of a column and a row, by descent: whole numbers, so all sums are exact.
   */
  private static final String SCRIPT =
      """
      X = matrix(seq(1, 6000), 100, 60) %% 7
      w = matrix(seq(1, 100), 100, 1) %% 5
      b = matrix(seq(1, 60), 1, 60) %% 3
      for (i in 1:40) {
        E = (w + b) - X
        w = (w + rowSums(E > 0) - i) %% 5
        b = (b - colSums(E < i / 10) + i) %% 3
        K = ifelse(w >= b, ifelse(as.matrix(i %% 2), E, X), as.matrix(i))
        L = ifelse(as.matrix(i %% 3), w, as.matrix(4))
        print(i + ": " + sum(E ^ 2) + " " + sum(K * (w == b)) + " " + sum(L) + " " + sum(w * b))
      }
      """;

  @TempDir private Path folder;

  private ScriptOutput.Outcome run(SessionConfig config) throws IOException {
    Path script = Files.writeString(folder.resolve("pairs.dml"), SCRIPT);
    try {
      return ScriptOutput.runs(script, Map.of(), config, 1).getFirst();
    } catch (ResourceException e) {
      assumeTrue(false, e.getMessage());
      throw e;
    }
  }

  @Test
  void loopsPrintWhatTheProcessorPrintsAndNothingFallsBack() throws IOException {
    SessionConfig plain = ScriptOutput.config().withReuse(ReuseMode.NONE).withFusion(false);
    ScriptOutput.Outcome expected = run(plain);
    assertThat(expected.failureText()).isEmpty();
    assertThat(expected.output().lines()).hasSize(40);
    for (Precision precision : Precision.values()) {
      for (ReuseMode mode : new ReuseMode[] {ReuseMode.NONE, ReuseMode.HYBRID}) {
        for (boolean fuses : new boolean[] {true, false}) {
          SessionConfig config =
              ScriptOutput.config().withPrecision(precision).withReuse(mode).withFusion(fuses);
          assertThat(run(config).output()).isEqualTo(expected.output());
          ScriptOutput.Outcome found = run(config.withDevices(DeviceConfig.of("opencl:0")));
          assertThat(found.output()).isEqualTo(expected.output());
          DeviceUse use = found.statistics().devices().getFirst();
          assertThat(use.launches()).isPositive();
          assertThat(use.fallbacks()).isZero();
        }
      }
    }
  }
}
