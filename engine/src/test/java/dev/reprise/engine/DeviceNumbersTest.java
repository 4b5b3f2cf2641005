package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Numerics;
import dev.reprise.ReuseMode;
import dev.reprise.ScriptException;
import dev.reprise.SessionConfig;
import dev.reprise.engine.FakeDevices.Outcome;
import dev.reprise.runtime.Precision;
import dev.reprise.testkit.FakeAccelerator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Numbers that matrices are combined with on the device that makes them: nobody waits, each
 * iteration launches the same, and values and lineage are those of the numbers themselves.
 */
@Timeout(600)
class DeviceNumbersTest {
  /** Gradients that are scaled by their norm; from the ninth time on where the device has it. */
  private static final String CLIPPED =
      """
      X = rand(rows=40, cols=30, seed=1)
      p = list(rand(rows=30, cols=20, seed=2), rand(rows=40, cols=20, seed=3))
      for (i in 1:30) {
        g = list(t(X) %%*%% as.matrix(p[2]), X %%*%% as.matrix(p[1]))
        squares = 0.0
        for (k in 1:2) squares = squares + sum(as.matrix(g[k]) * as.matrix(g[k]))
        factor = 0.1 / sqrt(squares)
        for (k in 1:2) p[k] = as.matrix(p[k]) - as.matrix(g[k]) * factor
        %s
      }
      print(sum(as.matrix(p[1])) + " " + sum(as.matrix(p[2])))
      """;

  private static final String PLAIN = CLIPPED.formatted("");

  /** What the program launches at its end. */
  private static final int LAST_SUMS = 2;

  @RegisterExtension private final FakeDevices devices = new FakeDevices();

  private static SessionConfig config(ReuseMode reuse) {
    return FakeDevices.config(FakeDevices.on("fake:0"), reuse);
  }

  private FakeAccelerator device() {
    return devices.device("fake:0").leaveNumbers();
  }

  private static void assertSameAsOnProcessor(
      SessionConfig config, String script, FakeAccelerator... devices) {
    assertThat(FakeDevices.run(config, script, devices).output())
        .isEqualTo(FakeDevices.expected(script));
  }

  @ParameterizedTest
  @EnumSource(ReuseMode.class)
  void valuesAndLineageAreThoseOfNumbersThatAreWaitedFor(ReuseMode reuse) {
    boolean isTraced = reuse != ReuseMode.NONE;
    String script = PLAIN + (isTraced ? "print(lineage(as.matrix(p[1])))\n" : "");
    String expected = FakeDevices.run(config(reuse), script, devices.device("fake:0")).output();
    FakeAccelerator fake = device();
    Outcome outcome = FakeDevices.run(config(reuse), script, fake);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.device(0).fallbacks()).isZero();
    assertThat(fake.log()).contains("fused");
  }

  /** Numbers are doubles whatever the precision of matrices. */
  @Test
  void matricesOfFloatsAreCombinedWithTheSameNumbers() {
    SessionConfig config = config(ReuseMode.HYBRID).withPrecision(Precision.FP32);
    String expected = FakeDevices.run(config, PLAIN, devices.device("fake:0")).output();
    FakeAccelerator fake = device();
    assertThat(FakeDevices.run(config, PLAIN, fake).output()).isEqualTo(expected);
    assertThat(fake.log()).contains("fused");
  }

  /**
   * The device ends nothing for two iterations, in which the last launches need the first. Before,
   * the program waits for all that was launched.
   */
  @ParameterizedTest
  @EnumSource(
      value = ReuseMode.class,
      names = {"NONE", "HYBRID"})
  void nobodyWaitsForTheDeviceWhereItHasTheNumber(ReuseMode reuse) {
    String script = CLIPPED.formatted("if (i == 24) print(sum(as.matrix(p[1])))");
    FakeAccelerator counted = device();
    FakeDevices.run(config(reuse), script, counted);
    long perIteration = period(counted.log());
    long begin = counted.launches() - LAST_SUMS - 6 * perIteration;
    CountDownLatch ends = new CountDownLatch(1);
    FakeAccelerator fake = device();
    fake.beforeLaunch(() -> {
      if (fake.launches() == begin) {
        fake.holdMarks(ends);
      } else if (fake.launches() == begin + 2 * perIteration) {
        ends.countDown();
      }
    });
    assertSameAsOnProcessor(config(reuse), script, fake);
    assertThat(ends.getCount()).isZero();
  }

  @Test
  void eachIterationLaunchesTheSameWhoeverIsFaster() {
    List<String> log = null;
    for (int delay = 0; delay < 3; delay++) {
      int nanos = 100_000 * delay;
      FakeAccelerator fake = device();
      // Slow, so that nothing has come, or so fast that all has.
      fake.beforeLaunch(() -> LockSupport.parkNanos(nanos));
      FakeDevices.run(config(ReuseMode.NONE), PLAIN, fake);
      assertThat(log == null || log.equals(fake.log())).isTrue();
      log = fake.log();
      assertThat(period(log)).isPositive();
    }
  }

  /** The program waits for the number before it casts it; that it is one shows only then. */
  @Test
  void aCastOfANumberThatHasComeIsStillTheDevices() {
    String script =
        """
        X = rand(rows=40, cols=30, seed=1)
        W = rand(rows=30, cols=30, seed=2)
        G = X
        for (i in 1:30) {
          s = sum(G %*% W)
          v = X
          if (s > 0) v = s
          f = 1 / sqrt(as.scalar(v))
          G = (X * f) %*% W
        }
        print(sum(G))
        """;
    FakeAccelerator fake = device();
    assertSameAsOnProcessor(config(ReuseMode.NONE), script, fake);
    assertThat(fake.log()).contains("fused");
  }

  /** How many launches the last iterations have each, which are the same. */
  private static int period(List<String> log) {
    List<String> last = log.subList(0, log.size() - LAST_SUMS);
    for (int period = 1; period <= last.size() / 6; period++) {
      List<String> tail = last.subList(last.size() - 6 * period, last.size());
      boolean repeats = true;
      for (int i = period; i < tail.size(); i++) {
        repeats &= tail.get(i).equals(tail.get(i - period));
      }
      if (repeats) {
        return period;
      }
    }
    throw new AssertionError("no period in " + last);
  }

  @ParameterizedTest
  @EnumSource(
      value = ReuseMode.class,
      names = {"NONE", "HYBRID"})
  void theProgramMayLookAtTheNumberAsWell(ReuseMode reuse) {
    String script = CLIPPED.formatted("if (factor > 0.001) print(i + \": \" + factor)");
    FakeAccelerator fake = device();
    assertSameAsOnProcessor(config(reuse), script, fake);
    assertThat(fake.log()).contains("fused");
  }

  @ParameterizedTest
  @CsvSource({"fake:0, 2, NONE", "fake:0, 2, HYBRID", "round-robin, 2, HYBRID", "auto, 2, NONE"})
  void everyPlacementGivesTheSame(String placement, int count, ReuseMode reuse) {
    FakeAccelerator[] all = new FakeAccelerator[count];
    String[] names = new String[count];
    for (int i = 0; i < count; i++) {
      names[i] = "fake:" + i;
      all[i] = devices.device(names[i]).leaveNumbers();
    }
    SessionConfig config = FakeDevices.config(FakeDevices.on(placement, names), reuse);
    assertSameAsOnProcessor(config, PLAIN, all);
  }

  @Test
  void iterationsOfAParForTakeNumbersWhereTheyAre() {
    String script =
        """
        X = rand(rows=40, cols=30, seed=1)
        R = matrix(0, 24, 1)
        parfor (i in 1:24) {
          Y = X * i
          for (k in 1:3) Y = Y * (1 / sqrt(sum(Y * Y))) + X
          R[i, 1] = sum(Y)
        }
        print(sum(R * seq(1, 24)))
        """;
    FakeAccelerator fake = device();
    assertSameAsOnProcessor(config(ReuseMode.NONE), script, fake);
    assertThat(fake.log()).contains("fused");
  }

  @ParameterizedTest
  @EnumSource(
      value = ReuseMode.class,
      names = {"NONE", "HYBRID"})
  void littleMemoryChangesNoValue(ReuseMode reuse) {
    String expected = FakeDevices.expected(PLAIN);
    for (long bytes : new long[] {20_000, 40_000, 60_000, 80_000}) {
      FakeAccelerator small = devices.device("fake:0", bytes).leaveNumbers();
      assertThat(FakeDevices.run(config(reuse), PLAIN, small).output())
          .as("%d bytes", bytes)
          .isEqualTo(expected);
    }
  }

  /** With tracing a lost value is made again; what failed is found out by whoever waits. */
  @Test
  void aDeviceThatIsLostOrFailsChangesNoValue() {
    String expected = FakeDevices.expected(PLAIN);
    FakeAccelerator counted = device();
    FakeDevices.run(config(ReuseMode.TRACE), PLAIN, counted);
    for (long at = counted.launches() / 2; at < counted.launches() / 2 + 14; at++) {
      FakeAccelerator lost = device().loseAtLaunch(at);
      assertThat(FakeDevices.run(config(ReuseMode.TRACE), PLAIN, lost).output())
          .as("lost at launch %d", at)
          .isEqualTo(expected);
      FakeAccelerator refusing = device().failLaunch(at);
      assertThat(FakeDevices.run(config(ReuseMode.TRACE), PLAIN, refusing).output())
          .as("launch %d refused", at)
          .isEqualTo(expected);
    }
    for (long at = counted.marks() / 2; at < counted.marks() / 2 + 14; at++) {
      FakeAccelerator failing = device().failMark(at);
      assertThat(FakeDevices.run(config(ReuseMode.TRACE), PLAIN, failing).output())
          .as("mark %d failed", at)
          .isEqualTo(expected);
    }
  }

  /**
   * What an operation of the program fails with ends the program then, and leaves nothing. What
   * computes a number a second time, where the device has it, is none: the processor's is taken.
   */
  @Test
  void exactlyOnlyAFormulaMayFail() {
    SessionConfig exact = config(ReuseMode.NONE).withNumerics(Numerics.EXACT);
    FakeAccelerator counted = device();
    String expected = FakeDevices.run(exact, PLAIN, counted).output();
    int period = period(counted.log());
    int went = 0;
    for (long at = 0; at < period; at++) {
      long number = counted.launches() - LAST_SUMS - at;
      FakeAccelerator failing = device().failLaunch(number);
      try {
        assertThat(FakeDevices.run(exact, PLAIN, failing).output()).isEqualTo(expected);
        // The second matrix that is combined with it does not try again.
        assertThat(failing.launches()).isEqualTo(counted.launches());
        went++;
      } catch (ScriptException e) {
        assertThat(e).hasMessageContaining("launch " + number + " was ordered to fail");
      }
      // Whoever was faster, up to there each run launches the same.
      assertThat(failing.log().subList(0, (int) number))
          .isEqualTo(counted.log().subList(0, (int) number));
    }
    assertThat(went).isEqualTo(1);
  }

  /** Sums of ever more numbers are waited for: what they are made of is not kept for ever. */
  @Test
  void aSumThatGoesOnIsWrittenDownToACertainLength() {
    String script =
        """
        X = rand(rows=20, cols=30, seed=1)
        s = 0.0
        for (i in 1:400) {
          s = s + sum(X * i)
          Y = X * s
        }
        print(sum(Y))
        """;
    FakeAccelerator fake = device();
    assertSameAsOnProcessor(config(ReuseMode.NONE), script, fake);
  }

  /** A total that no matrix is combined with is summed as if there were no cells. */
  @ParameterizedTest
  @EnumSource(
      value = ReuseMode.class,
      names = {"NONE", "TRACE"})
  void aRunningTotalKeepsNoCells(ReuseMode reuse) {
    String script =
        """
        X = rand(rows=40, cols=30, seed=1)
        total = 0.0
        mean = 1.0
        for (i in 1:300) {
          D = X * i
          loss = sum(D * D)
          total = total + loss / 2
          mean = mean * 0.999 + loss * 0.001
          print(total + " " + mean)
        }
        """;
    FakeAccelerator fake = device();
    AtomicLong most = new AtomicLong();
    fake.beforeLaunch(() -> most.accumulateAndGet(fake.liveBuffers(), Math::max));
    assertSameAsOnProcessor(config(reuse), script, fake);
    // Of one iteration: the program has waited for what came before.
    assertThat(most.get()).isLessThan(10);
  }

  /** Through branches, loops, casts and functions as well. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "f = 1 / sqrt(s)\nY = X * f",
        "f = 0.0\nif (i > 0) f = 1 / sqrt(s) else f = s * 2\nY = X * f",
        "f = s\nfor (k in 1:2) f = sqrt(f)\nY = X * f",
        "Y = scaled(X, 1 / sqrt(s))",
        "f = inverse(s)\nY = X * f"
      })
  void numbersThatMatricesAreCombinedWithAreWrittenDown(String how) {
    String script =
        """
        inverse = function(Double s) return (Double f) { f = 1 / sqrt(s) }
        scaled = function(Matrix[Double] X, Double f) return (Matrix[Double] Y) { Y = X * f }
        X = rand(rows=40, cols=30, seed=1)
        W = rand(rows=30, cols=30, seed=2)
        for (i in 1:30) {
          s = sum(X %%*%% W)
          %s
          X = Y %%*%% W
        }
        print(sum(X))
        """
            .formatted(how);
    FakeAccelerator fake = device();
    assertSameAsOnProcessor(config(ReuseMode.NONE), script, fake);
    // Nothing else is a kernel of an expression here.
    assertThat(fake.log()).contains("fused");
  }

  /** As many numbers as may be under way, each made of the one before, come one within another. */
  @ParameterizedTest
  @EnumSource(
      value = ReuseMode.class,
      names = {"NONE", "HYBRID"})
  void aLongChainOfNumbersComesAtOnce(ReuseMode reuse) {
    String script =
        """
        X = rand(rows=40, cols=30, seed=1)
        s = sum(X)
        for (k in 1:125) s = s * 0.5 + 1
        Z = X + 1
        print(s)
        print(sum(Z))
        """;
    CountDownLatch ends = new CountDownLatch(1);
    FakeAccelerator fake = device();
    fake.beforeLaunch(() -> {
      if (fake.launches() == 1) {
        fake.holdMarks(ends);
      } else if (fake.launches() == 2) {
        ends.countDown();
      }
    });
    assertSameAsOnProcessor(config(reuse), script, fake);
    assertThat(ends.getCount()).isZero();
  }
}
