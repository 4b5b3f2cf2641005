package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.DeviceConfig;
import dev.reprise.ReuseMode;
import dev.reprise.SessionConfig;
import dev.reprise.engine.FakeDevices.Outcome;
import dev.reprise.testkit.FakeAccelerator;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches of a matrix that an accelerator has: read within its copy there, by event. */
@Timeout(600)
class DeviceViewsTest {
  private static final DeviceConfig FIRST = DeviceConfig.of("fake:0");

  /** 40 batches of 25,600 bytes; all numbers are whole, so every order of sums gives the same. */
  private static final String TRAINING =
      """
      X = ((seq(1, 1280) %*% t(seq(1, 100))) - 64050) / 2
      X = X - min(X)
      X = X - mean(X) * 0
      W = matrix(1, 100, 25) * 2
      s = 0
      for (e in 1:2) {
        for (i in 1:40) {
          A = X[((i - 1) * 32 + 1):(i * 32), ]
          P = A %*% W
          G = t(A) %*% P
          s = s + sum(P) + sum(A * 2 - 1) + max(G) + e
        }
      }
      print("s " + s)
      """;

  private static final String PARFOR =
      """
      X = ((seq(1, 1280) %*% t(seq(1, 100))) - 64050) / 2
      W = matrix(1, 100, 25) * 2
      R = matrix(0, 40, 1)
      parfor (i in 1:40) {
        A = X[((i - 1) * 32 + 1):(i * 32), ]
        R[i, 1] = sum(A %*% W) + sum(A * 2 - 1)
      }
      print("R " + sum(R * seq(1, 40)))
      """;

  @RegisterExtension private final FakeDevices devices = new FakeDevices();
  private final FakeAccelerator first = devices.device("fake:0");

  private Outcome run(String script) {
    return FakeDevices.run(FakeDevices.config(FIRST, ReuseMode.NONE), script, first);
  }

  private String runOnTwo(SessionConfig config, String script) {
    return FakeDevices.run(config, script, devices.device("fake:0"), devices.device("fake:1"))
        .output();
  }

  private int sliced(FakeAccelerator fake) {
    return Collections.frequency(fake.log(), "rightIndex");
  }

  @Test
  void batchesAreReadWithinTheMatrixWhereItIs() {
    String expected = FakeDevices.expected(TRAINING);
    Outcome outcome = run(TRAINING);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.statistics().views().count()).isGreaterThan(60);
    assertThat(first.parts()).isGreaterThan(150);
    // Those that were submitted before the matrix was there.
    assertThat(sliced(first)).isLessThan(20);
    assertThat(outcome.statistics().views().separated()).isZero();
  }

  @Test
  void whereNoPartMayBeginBatchesAreCopiedOnTheDevice() {
    first.alignParts(0);
    String expected = FakeDevices.expected(TRAINING);
    Outcome outcome = run(TRAINING);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.statistics().views().count()).isZero();
    assertThat(first.parts()).isZero();
    assertThat(sliced(first)).isEqualTo(80);
  }

  /** So that all iterations launch the same. */
  @Test
  void smallBatchesAreAllCopiedWhereOnlySomeCouldBeParts() {
    // Every second batch begins at a multiple of 51,200 bytes.
    first.alignParts(51_200);
    String expected = FakeDevices.expected(TRAINING);
    Outcome outcome = run(TRAINING);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(sliced(first)).isEqualTo(80);
    assertThat(first.parts()).isZero();
  }

  @Test
  void ofLargeBatchesOnlyThoseThatBeginWhereAPartMayAreNotCopied() {
    String script =
        TRAINING.replace("seq(1, 100)", "seq(1, 1100)").replace("matrix(1, 100", "matrix(1, 1100");
    // Every second batch begins at a multiple of 563,200 bytes.
    first.alignParts(563_200);
    String expected = FakeDevices.expected(script);
    Outcome outcome = run(script);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(sliced(first)).isBetween(40, 59);
    assertThat(first.parts()).isPositive();
  }

  @Test
  void aPartThatCannotBeHadFailsNothing() {
    first.failPart(5);
    String expected = FakeDevices.expected(TRAINING);
    Outcome outcome = run(TRAINING);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(first.parts()).isGreaterThan(5);
  }

  @ParameterizedTest
  @EnumSource(ReuseMode.class)
  void everyPlacementAndBudgetGivesTheSame(ReuseMode reuse) {
    for (String script : List.of(TRAINING, PARFOR)) {
      String expected = FakeDevices.expected(script);
      for (String placement : List.of("fake:0", "auto", "round-robin")) {
        for (long deviceBytes : new long[] {32L << 20, 700L << 10}) {
          for (long hostBytes : new long[] {256L << 20, 6L << 20}) {
            DeviceConfig placed =
                new DeviceConfig(
                    placement,
                    placement.equals("fake:0") ? List.of() : List.of("fake:0", "fake:1"),
                    Map.of("fake:0", deviceBytes, "fake:1", deviceBytes));
            SessionConfig config = FakeDevices.config(placed, reuse).withHostBytes(hostBytes);
            assertThat(runOnTwo(config, script))
                .as("%s, %d, %d: %s", placement, deviceBytes, hostBytes, script)
                .isEqualTo(expected);
          }
        }
      }
    }
  }

  @Test
  void aDeviceThatDisappearsTakesNoBatchWithIt() {
    String expected = FakeDevices.expected(TRAINING);
    for (long launch : new long[] {90, 200}) {
      FakeAccelerator lost = devices.device("fake:0").loseAtLaunch(launch);
      SessionConfig config = FakeDevices.config(FIRST, ReuseMode.HYBRID);
      assertThat(FakeDevices.run(config, TRAINING, lost).output())
          .as("lost at launch %d", launch)
          .isEqualTo(expected);
      assertThat(lost.parts()).isPositive();
    }
  }
}
