package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.CompileOptions;
import dev.reprise.DeviceConfig;
import dev.reprise.ReuseMode;
import dev.reprise.RunStatistics;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.testkit.FakeAccelerator;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Batches of a matrix that an accelerator has: read within its copy there, by event. */
@Timeout(120)
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

  private final CpuDevice kernels =
      new CpuDevice(2, Environment.nativeLocation(Environment.defaultConfig().natives()));
  private final FakeAccelerator first = new FakeAccelerator("fake:0", kernels, 64 << 20);
  private final FakeAccelerator second = new FakeAccelerator("fake:1", kernels, 64 << 20);

  private record Outcome(String output, RunStatistics statistics) {}

  @AfterEach
  void nothingIsLeft() {
    kernels.close();
    for (FakeAccelerator fake : List.of(first, second)) {
      assertThat(fake.liveBuffers()).as(fake.name()).isZero();
      assertThat(fake.liveScratch()).as(fake.name()).isZero();
    }
  }

  private Outcome run(DeviceConfig devices, ReuseMode reuse, long hostBytes, String script)
      throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    SessionConfig config =
        SessionConfig.defaults()
            .withThreads(4)
            .withSeed(7)
            .withReuse(reuse)
            .withHostBytes(hostBytes)
            .withDevices(devices)
            .withOutput(out, out);
    SessionServices services =
        SessionServices.withAccelerators(
            config, CacheEvents.NONE, List.of(FakeAccelerator.provider("fake", first, second)));
    RunStatistics statistics;
    try (services) {
      ScriptRunner.Outcome outcome =
          ScriptCompiler.compile(services, script, CompileOptions.none()).run(Map.of());
      outcome.values().values().forEach(Value::release);
      statistics = outcome.statistics();
    }
    assertThat(services.liveBuffersAtClose()).isZero();
    out.flush();
    return new Outcome(bytes.toString(StandardCharsets.UTF_8), statistics);
  }

  private Outcome run(DeviceConfig devices, ReuseMode reuse, String script) throws Exception {
    return run(devices, reuse, 256L << 20, script);
  }

  private String expected(String script) throws Exception {
    return run(DeviceConfig.CPU, ReuseMode.NONE, script).output();
  }

  private int sliced(FakeAccelerator fake) {
    return Collections.frequency(fake.log(), "rightIndex");
  }

  @Test
  void batchesAreReadWithinTheMatrixWhereItIs() throws Exception {
    String expected = expected(TRAINING);
    Outcome outcome = run(FIRST, ReuseMode.NONE, TRAINING);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.statistics().views().count()).isGreaterThan(60);
    assertThat(first.parts()).isGreaterThan(150);
    // Those that were submitted before the matrix was there.
    assertThat(sliced(first)).isLessThan(20);
    assertThat(outcome.statistics().views().separated()).isZero();
  }

  @Test
  void whereNoPartMayBeginBatchesAreCopiedOnTheDevice() throws Exception {
    first.alignParts(0);
    String expected = expected(TRAINING);
    Outcome outcome = run(FIRST, ReuseMode.NONE, TRAINING);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.statistics().views().count()).isZero();
    assertThat(first.parts()).isZero();
    assertThat(sliced(first)).isEqualTo(80);
  }

  @Test
  void onlyBatchesThatBeginWhereAPartMayAreNotCopied() throws Exception {
    // Every second batch begins at a multiple of 51,200 bytes.
    first.alignParts(51_200);
    String expected = expected(TRAINING);
    Outcome outcome = run(FIRST, ReuseMode.NONE, TRAINING);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(sliced(first)).isBetween(40, 59);
    assertThat(first.parts()).isPositive();
  }

  @Test
  void aPartThatCannotBeHadFailsNothing() throws Exception {
    first.failPart(5);
    String expected = expected(TRAINING);
    Outcome outcome = run(FIRST, ReuseMode.NONE, TRAINING);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(first.parts()).isGreaterThan(5);
  }

  @Test
  void everyPlacementReuseAndBudgetGivesTheSame() throws Exception {
    for (String script : List.of(TRAINING, PARFOR)) {
      String expected = expected(script);
      for (ReuseMode reuse : ReuseMode.values()) {
        for (String placement : List.of("fake:0", "auto", "round-robin")) {
          for (long deviceBytes : new long[] {32L << 20, 700L << 10}) {
            for (long hostBytes : new long[] {256L << 20, 6L << 20}) {
              DeviceConfig devices =
                  new DeviceConfig(
                      placement,
                      placement.equals("fake:0") ? List.of() : List.of("fake:0", "fake:1"),
                      Map.of("fake:0", deviceBytes, "fake:1", deviceBytes));
              FakeAccelerator[] fakes = {
                new FakeAccelerator("fake:0", kernels, 64 << 20),
                new FakeAccelerator("fake:1", kernels, 64 << 20)
              };
              assertThat(runWith(fakes, devices, reuse, hostBytes, script))
                  .as("%s, %s, %d, %d: %s", reuse, placement, deviceBytes, hostBytes, script)
                  .isEqualTo(expected);
            }
          }
        }
      }
    }
  }

  private String runWith(
      FakeAccelerator[] fakes, DeviceConfig devices, ReuseMode reuse, long hostBytes, String script)
      throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    SessionConfig config =
        SessionConfig.defaults()
            .withThreads(4)
            .withSeed(7)
            .withReuse(reuse)
            .withHostBytes(hostBytes)
            .withDevices(devices)
            .withOutput(out, out);
    SessionServices services =
        SessionServices.withAccelerators(
            config, CacheEvents.NONE, List.of(FakeAccelerator.provider("fake", fakes)));
    try (services) {
      ScriptCompiler.compile(services, script, CompileOptions.none())
          .run(Map.of())
          .values()
          .values()
          .forEach(Value::release);
    }
    assertThat(services.liveBuffersAtClose()).isZero();
    for (FakeAccelerator fake : fakes) {
      assertThat(fake.liveBuffers()).isZero();
      assertThat(fake.liveScratch()).isZero();
    }
    out.flush();
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aDeviceThatDisappearsTakesNoBatchWithIt() throws Exception {
    String expected = expected(TRAINING);
    for (long launch : new long[] {90, 200}) {
      FakeAccelerator lost = new FakeAccelerator("fake:0", kernels, 64 << 20).loseAtLaunch(launch);
      FakeAccelerator[] fakes = {lost, new FakeAccelerator("fake:1", kernels, 64 << 20)};
      assertThat(runWith(fakes, FIRST, ReuseMode.HYBRID, 256L << 20, TRAINING))
          .as("lost at launch %d", launch)
          .isEqualTo(expected);
      assertThat(lost.parts()).isPositive();
    }
  }
}
