package dev.reprise.runtime.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.CellExpression;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.Mark;
import dev.reprise.runtime.gpu.DeviceFlow.Cells;
import dev.reprise.runtime.gpu.DeviceFlow.Number;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Loops whose iterations are issued at once, beside the same loops launch by launch: the bits are
 * the same whatever comes in between.
 */
public abstract class RepeatedOnDevice {
  private static final int SIZE = 24;
  private static final int ROWS = 640;
  private static final int ITERATIONS = 120;
  private static final int SETTLED = 20;

  /** A new accelerator, whose close the test takes over. */
  protected abstract Accelerator open();

  /**
   * What the device was told of sequences that are ready, so far.
   *
   * @param captures how often launches that are no kernels were written down
   * @param settings kernels and captures that took the place of those with other arguments
   */
  protected record Changes(long captures, long settings) {
    public static final Changes NONE = new Changes(0, 0);

    public Changes {}

    private Changes minus(Changes other) {
      return new Changes(captures - other.captures, settings - other.settings);
    }
  }

  /** Nothing where the device does not count it. */
  protected Changes changes() {
    return Changes.NONE;
  }

  /**
   * What a run left: numbers, how many iterations were issued at once, and what was changed for
   * those after the {@link #SETTLED} first.
   */
  private record Outcome(List<double[]> numbers, long replays, Changes changes) {}

  /** Steps of a gradient descent; {@code disturbed} loops do something else now and then. */
  private Outcome run(boolean repeats, long seed, boolean disturbed) {
    return run(repeats, seed, disturbed, false);
  }

  /** As the other; with {@code parts} batches are not copied. */
  private Outcome run(boolean repeats, long seed, boolean disturbed, boolean parts) {
    SplittableRandom random = new SplittableRandom(seed);
    List<double[]> numbers = new ArrayList<>();
    Accelerator accelerator = open();
    long replays;
    Changes settled = Changes.NONE;
    Object[] loops = {"a loop", "another one"};
    try (DeviceFlow flow = new DeviceFlow(accelerator)) {
      Cells data = flow.uploaded(random, ROWS, SIZE);
      Cells weights = flow.uploaded(random, SIZE, SIZE);
      List<Cells> kept = new ArrayList<>();
      Object loop = loops[0];
      if (repeats) {
        accelerator.repeats(loop, false);
      }
      for (int i = 0; i < ITERATIONS; i++) {
        settled = i == SETTLED ? changes() : settled;
        int event = disturbed && i > 12 ? random.nextInt(14) : 99;
        int first = i * 16 % (ROWS - 16) + 1;
        int rows = event == 0 ? 8 : 16;
        Cells batch =
            parts
                ? flow.part(data, first - 1, rows)
                : flow.launch("rightIndex", data, first, first + rows - 1, 1, SIZE);
        Cells product = flow.launch("matmul", batch, weights);
        if (event == 1) {
          Cells shift = flow.uploaded(random, 1, SIZE);
          product = replaced(product, flow.launch("+", product, shift));
          shift.release();
        }
        Cells error = flow.launch("tanh", product);
        product.release();
        if (event == 2) {
          numbers.add(flow.read(error));
        }
        Cells turned = flow.launch("t", batch);
        batch.release();
        Cells gradient = flow.launch("matmul", turned, error);
        turned.release();
        Cells sums = flow.launch("colSums", error);
        error.release();
        Cells scaled = flow.launch("*", gradient, 0.01 / (i + 1));
        gradient.release();
        Cells next = flow.launch("-", weights, scaled);
        scaled.release();
        Cells small = flow.launch("*", sums, 0.001 * i);
        sums.release();
        Cells moved = flow.launch("-", next, small);
        small.release();
        next.release();
        if (event == 3) {
          weights.users++;
          kept.add(weights);
        }
        weights.release();
        weights = moved;
        if (event == 4) {
          awaitElsewhere(flow);
        }
        if (event == 5) {
          accelerator.forgetRepeated();
        }
        if (event == 7) {
          Cells more = flow.launch("exp", weights);
          numbers.add(flow.read(more));
          more.release();
        }
        if (event == 8) {
          numbers.add(flow.read(weights));
        }
        if (repeats) {
          if (event == 6) {
            loop = loop == loops[0] ? loops[1] : loops[0];
          }
          accelerator.repeats(loop, event != 6);
        }
        flow.complete(disturbed ? random.nextInt(30) : parts ? 9 : 10);
      }
      numbers.add(flow.read(weights));
      for (Cells each : kept) {
        numbers.add(flow.read(each));
        each.release();
      }
      weights.release();
      data.release();
      flow.complete(0);
      replays = accelerator.replays();
    }
    return new Outcome(numbers, replays, changes().minus(settled));
  }

  private static Cells replaced(Cells old, Cells fresh) {
    old.release();
    return fresh;
  }

  /** Another thread waits for the last mark; the worker hears of it while it has nothing to do. */
  private static void awaitElsewhere(DeviceFlow flow) {
    Mark last = flow.lastMark();
    CompletableFuture<Void> waiting = CompletableFuture.runAsync(last::await);
    while (!waiting.isDone()) {
      if (flow.accelerator.isDemanded()) {
        flow.accelerator.issueHeld(true);
      }
      Thread.onSpinWait();
    }
    waiting.join();
  }

  private static void assertSame(Outcome found, Outcome expected) {
    assertThat(found.numbers).hasSameSizeAs(expected.numbers);
    for (int i = 0; i < found.numbers.size(); i++) {
      assertThat(found.numbers.get(i)).containsExactly(expected.numbers.get(i));
    }
  }

  @Test
  void iterationsThatComeAgainAreIssuedAtOnceAndLeaveTheSameBits() {
    Outcome expected = run(false, 1, false);
    Outcome found = run(true, 1, false);
    assertSame(found, expected);
    assertThat(expected.replays).isZero();
    // The first ones are watched and prepared.
    assertThat(found.replays).isGreaterThan(ITERATIONS - 12);
    assertOnlyKernelsChange(found, 3);
  }

  /**
   * Two kernels take another number in each iteration, and others another batch; what lives on has
   * its place, and a product gets its operands where they were.
   */
  private static void assertOnlyKernelsChange(Outcome found, int kernels) {
    assertThat(found.changes.captures).isZero();
    assertThat(found.changes.settings).isLessThanOrEqualTo(kernels * (ITERATIONS - SETTLED));
  }

  @ParameterizedTest
  @ValueSource(longs = {2, 3, 4, 5, 6, 7, 8, 9})
  void whateverComesInBetweenTheBitsAreTheSame(long seed) {
    Outcome expected = run(false, seed, true);
    Outcome found = run(true, seed, true);
    assertSame(found, expected);
    assertThat(found.replays).isPositive();
  }

  @Test
  void batchesThatAreReadWhereTheyLieLeaveTheSameBits() {
    Outcome expected = run(false, 1, false);
    assertSame(run(false, 1, false, true), expected);
    Outcome found = run(true, 1, false, true);
    assertSame(found, expected);
    assertThat(found.replays).isGreaterThan(ITERATIONS - 12);
    assertOnlyKernelsChange(found, 4);
  }

  @ParameterizedTest
  @ValueSource(longs = {2, 3, 4, 5})
  void batchesThatAreReadWhereTheyLieMayBeDisturbed(long seed) {
    Outcome expected = run(false, seed, true);
    assertSame(run(false, seed, true, true), expected);
    Outcome found = run(true, seed, true, true);
    assertSame(found, expected);
    assertThat(found.replays).isPositive();
  }

  /** Nobody waits for the norm, so that an iteration has no stop. */
  @Test
  void aNumberThatStaysInMemoryLeavesTheBitsOfOneThatIsReadAndIterationsWhole() {
    Outcome expected = scaledByNorm(false, false);
    assertSame(scaledByNorm(false, true), expected);
    Outcome found = scaledByNorm(true, true);
    assertSame(found, expected);
    assertThat(found.replays).isGreaterThan(ITERATIONS - 12);
  }

  private Outcome scaledByNorm(boolean repeats, boolean staysThere) {
    SplittableRandom random = new SplittableRandom(19);
    List<double[]> numbers = new ArrayList<>();
    Accelerator accelerator = open();
    List<CellExpression.Node> factor =
        List.of(
            new CellExpression.Node("sqrt", List.of(2)),
            new CellExpression.Node("/", List.of(1, ~0)),
            new CellExpression.Node("pmin", List.of(0, ~1)));
    long replays;
    try (DeviceFlow flow = new DeviceFlow(accelerator)) {
      Cells weights = flow.uploaded(random, SIZE, SIZE);
      if (repeats) {
        accelerator.repeats(this, false);
      }
      for (int i = 0; i < ITERATIONS; i++) {
        double limit = 1.0 / (i + 1);
        Cells turned = flow.launch("t", weights);
        Cells gradient = flow.launch("matmul", turned, weights);
        turned.release();
        Cells squares = flow.launch("*", gradient, gradient);
        Cells sum = flow.launch("sum", squares);
        squares.release();
        Cells scaled;
        if (staysThere) {
          Cells number = flow.launchNumber(factor, 1.0, limit, new Number(sum));
          scaled = flow.launch("*", gradient, new Number(number));
          number.release();
        } else {
          double read = flow.read(sum)[0];
          scaled = flow.launch("*", gradient, Math.min(1.0, limit / Math.sqrt(read)));
        }
        sum.release();
        gradient.release();
        weights = replaced(weights, flow.launch("-", weights, scaled));
        scaled.release();
        if (repeats) {
          accelerator.repeats(this, true);
        }
        flow.complete(10);
      }
      numbers.add(flow.read(weights));
      weights.release();
      replays = accelerator.replays();
    }
    return new Outcome(numbers, replays, Changes.NONE);
  }

  /** So a program that looks at a number after each iteration gains as well. */
  @Test
  void anIterationIsIssuedWhenItsLastLaunchHasCome() {
    Accelerator accelerator = open();
    SplittableRandom random = new SplittableRandom(12);
    try (DeviceFlow flow = new DeviceFlow(accelerator)) {
      Cells weights = flow.uploaded(random, SIZE, SIZE);
      accelerator.repeats(this, false);
      for (int i = 0; i < 40; i++) {
        long before = accelerator.replays();
        for (int step = 0; step < 8; step++) {
          weights = replaced(weights, flow.launch("*", weights, 1.0 + step * 0.01));
          if (step < 7) {
            assertThat(accelerator.replays()).isEqualTo(before);
          }
        }
        // The first ones are watched and prepared.
        if (i >= 12) {
          assertThat(accelerator.replays()).isEqualTo(before + 1);
        }
        if (i % 5 == 4) {
          // More than is expected, once in a while.
          flow.launch("exp", weights).release();
        }
        double[] cells = flow.read(weights);
        assertThat(cells[0]).isNotNaN();
        accelerator.repeats(this, true);
      }
      weights.release();
    }
  }

  @Test
  void aLoopThatBreaksOffTooOftenIsLeftAloneForAWhile() {
    Accelerator accelerator = open();
    SplittableRandom random = new SplittableRandom(13);
    try (DeviceFlow flow = new DeviceFlow(accelerator)) {
      Cells weights = flow.uploaded(random, SIZE, SIZE);
      accelerator.repeats(this, false);
      int held = 0;
      int since = 0;
      while (accelerator.replays() == 0 && since < 2 * RepeatedLoop.FIRST_REST) {
        // Until it is given up, something else comes in the midst of each iteration.
        boolean isHeld = accelerator.mayHold();
        held += isHeld ? 1 : 0;
        since = isHeld && held <= 17 ? 0 : since + 1;
        for (int step = 0; step < 8; step++) {
          weights = replaced(weights, flow.launch("*", weights, 1.0 + step * 1e-4));
          if (step == 4 && isHeld && held <= 17) {
            flow.launch("exp", weights).release();
          }
        }
        accelerator.repeats(this, true);
        flow.complete(16);
      }
      assertThat(held).isGreaterThan(16);
      assertThat(since).isBetween(RepeatedLoop.FIRST_REST, RepeatedLoop.FIRST_REST + 12);
      weights.release();
    }
  }

  /** Two waits in each iteration: three stretches, of which the second is too short to be held. */
  @Test
  void whereSomebodyWaitsInEachIterationThereIsAStop() {
    List<double[]> expected = new ArrayList<>();
    List<double[]> found = new ArrayList<>();
    stops(false, expected);
    long replays = stops(true, found);
    // Watched, prepared, and twice at each stop broken off and prepared anew.
    assertThat(replays).isGreaterThan(ITERATIONS - 24);
    for (int i = 0; i < ITERATIONS; i++) {
      assertThat(found.get(i)).containsExactly(expected.get(i));
    }
  }

  private long stops(boolean repeats, List<double[]> numbers) {
    Accelerator accelerator = open();
    SplittableRandom random = new SplittableRandom(17);
    try (DeviceFlow flow = new DeviceFlow(accelerator)) {
      Cells weights = flow.uploaded(random, SIZE, SIZE);
      if (repeats) {
        accelerator.repeats(this, false);
      }
      for (int i = 0; i < ITERATIONS; i++) {
        long before = accelerator.replays();
        for (int step = 0; step < 20; step++) {
          Cells scaled = flow.launch("*", weights, 1.0 + (step - 9.5) * 0.01 / (i + 1));
          weights = replaced(weights, scaled);
          if (step == 7 || step == 10) {
            flow.complete(0);
            if (i > 30 && repeats) {
              // What came before is issued already.
              assertThat(accelerator.isHolding()).isFalse();
            }
          }
        }
        assertThat(accelerator.replays() - before).isBetween(0L, 1L);
        numbers.add(flow.read(weights));
        if (repeats) {
          accelerator.repeats(this, true);
        }
      }
      weights.release();
      return accelerator.replays();
    }
  }

  /** It is taken back when something else comes at a stop. */
  @Test
  void whatComesAfterAStopMayDiffer() {
    Accelerator accelerator = open();
    SplittableRandom random = new SplittableRandom(18);
    try (DeviceFlow flow = new DeviceFlow(accelerator)) {
      Cells uploaded = flow.uploaded(random, SIZE, SIZE);
      Cells weights = replaced(uploaded, flow.launch("*", uploaded, 1.0));
      double[] expected = flow.read(weights);
      accelerator.repeats(this, false);
      for (int i = 0; i < ITERATIONS; i++) {
        boolean isOther = i > 40 && i % 7 == 0;
        for (int step = 0; step < 18; step++) {
          boolean negates = isOther && step == 9;
          Cells next =
              negates ? flow.launch("negate", weights) : flow.launch("*", weights, 0.75 + step);
          weights = replaced(weights, next);
          for (int cell = 0; cell < expected.length; cell++) {
            expected[cell] = negates ? -expected[cell] : expected[cell] * (0.75 + step);
          }
          if (step == 8) {
            assertThat(flow.read(weights)).containsExactly(expected);
          }
        }
        // Back to where numbers are neither large nor small.
        double scale = 1 / Math.abs(expected[0]);
        weights = replaced(weights, flow.launch("*", weights, scale));
        for (int cell = 0; cell < expected.length; cell++) {
          expected[cell] *= scale;
        }
        assertThat(flow.read(weights)).containsExactly(expected);
        accelerator.repeats(this, true);
      }
      weights.release();
      assertThat(accelerator.replays()).isGreaterThan(60);
    }
  }

  /**
   * What lives on from iteration to iteration lies where it lay three before, although the last one
   * still runs and reads what the one before it left: so launches keep their arguments.
   */
  @Test
  void theSteadyStateKeepsItsPlaces() {
    Accelerator accelerator = open();
    SplittableRandom random = new SplittableRandom(20);
    int steps = 8;
    try (DeviceFlow flow = new DeviceFlow(accelerator)) {
      Cells first = flow.uploaded(random, SIZE, SIZE);
      Cells second = flow.uploaded(random, SIZE, SIZE);
      accelerator.repeats(this, false);
      List<DeviceBuffer> places = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        for (int step = 0; step < steps / 2; step++) {
          Cells sum = flow.launch("+", first, second);
          first = replaced(first, flow.launch("*", sum, 0.5));
          sum.release();
        }
        second = replaced(second, flow.launch("-", second, first));
        places.add(first.matrix.buffer());
        places.add(second.matrix.buffer());
        accelerator.repeats(this, true);
        flow.complete(steps + 1);
      }
      assertThat(accelerator.replays()).isGreaterThan(40);
      assertThat(places.subList(60, 114)).isEqualTo(places.subList(66, 120));
      first.release();
      second.release();
    }
  }

  @Test
  void theSteadyStateTakesNoMoreMemory() {
    Accelerator accelerator = open();
    SplittableRandom random = new SplittableRandom(11);
    try (DeviceFlow flow = new DeviceFlow(accelerator)) {
      Cells weights = flow.uploaded(random, SIZE, SIZE);
      accelerator.repeats(this, false);
      long settled = 0;
      for (int i = 0; i < 60; i++) {
        for (int step = 0; step < 8; step++) {
          weights = replaced(weights, flow.launch("*", weights, 1.0 + step * 0.01));
        }
        accelerator.repeats(this, true);
        flow.complete(16);
        if (i == 20) {
          settled = accelerator.usedBytes();
        }
      }
      assertThat(accelerator.replays()).isGreaterThan(40);
      assertThat(accelerator.usedBytes()).isEqualTo(settled);
      weights.release();
    }
  }
}
