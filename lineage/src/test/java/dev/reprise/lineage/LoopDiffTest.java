package dev.reprise.lineage;

import static dev.reprise.lineage.RandomTraces.literal;
import static dev.reprise.lineage.RandomTraces.operation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Operation;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Differences between the traces of long loops, found without making the items of iterations. */
class LoopDiffTest {
  /** Items of that many iterations would not fit into the memory of a test. */
  private static final long MANY = 3_000_000;

  private static final int X = 0;
  private static final int S = 1;
  private static final int I = 2;
  private static final int T = 3;

  private final Operation times = placed("*", 3);
  private final Operation plus = placed("+", 3);
  private final Operation minus = placed("-", 5);

  private static Operation placed(String name, int line) {
    return operation(name).at(() -> "loop.dml:" + line);
  }

  private static LineageItem file(String fingerprint) {
    return LineageItem.leaf(operation("read", "fingerprint", fingerprint), "X.csv");
  }

  private static LineageItem[] start() {
    return new LineageItem[] {file("1"), file("2"), null, file("3")};
  }

  private static LineageItem named(double value) {
    return LineageItem.literal(
        Scalar.of(value), List.of(new LiteralName("lr", () -> "loop.dml:3")));
  }

  /** s = s * factor + i, and t = t + X, which s does not need. */
  private BiConsumer<LineageItem[], Long> scaling(LineageItem factor) {
    return (items, i) -> {
      items[T] = LineageItem.of(plus, items[T], items[X]);
      items[S] =
          LineageItem.of(
              plus, LineageItem.of(times, items[S], factor), LineageItem.literal(Scalar.of(i)));
    };
  }

  /** Runs four iterations as items, the rest as repetitions; s at the end. */
  private static LineageItem loop(
      LineageItem[] items, BiConsumer<LineageItem[], Long> body, long iterations) {
    RunBuilder builder =
        new RunBuilder(new RunLoop(4, new int[] {S, I, T}), new RunScope(), 0, items);
    for (long i = 1; i <= Math.min(iterations, 4); i++) {
      items[I] = literal(i);
      body.accept(items, i);
      builder.end(items, 0);
    }
    if (iterations > 4) {
      builder.repeat(iterations - 4, items);
    }
    builder.finish(items);
    return items[S];
  }

  private static String explain(LineageItem left, LineageItem right) {
    return TraceComparison.explain(Trace.of(left), Trace.of(right)).orElseThrow();
  }

  private static LineageItem stored(LineageItem item) throws Exception {
    StringBuilder text = new StringBuilder();
    TraceWriter.write(Map.of(Trace.UNNAMED, item), text);
    return TraceReader.read(
            new StringReader(text.toString()),
            dev.reprise.runtime.operation.OperationTable.standard())
        .output();
  }

  @Test
  void aConstantOfManyIterationsIsReportedOnce() throws Exception {
    LineageItem half = loop(start(), scaling(named(0.5)), MANY);
    LineageItem quarter = loop(start(), scaling(named(0.25)), MANY);
    String expected =
        "lr: 0.5 became 0.25 at loop.dml:3\n"
            + "  which is input 2 of * (loop.dml:3), input 1 of + (loop.dml:3),"
            + " in iteration 1 of the loop around loop.dml:3, from the output";
    assertThat(explain(half, quarter)).isEqualTo(expected);
    assertThat(explain(stored(half), stored(quarter))).isEqualTo(expected);
  }

  @Test
  void oneIterationMoreIsToldByItsNumber() throws Exception {
    LineageItem shorter = loop(start(), scaling(literal(7)), MANY);
    LineageItem longer = loop(start(), scaling(literal(7)), MANY + 1);
    assertThat(explain(stored(shorter), stored(longer)))
        .isEqualTo(
            "the loop around loop.dml:3 ran 3000000 iterations in the first and 3000001 in the"
                + " second\n  what it left is the output itself");
    LineageItem used = LineageItem.of(operation("rev"), longer);
    assertThat(explain(used, LineageItem.of(operation("rev"), shorter)))
        .contains("ran 3000001 iterations in the first and 3000000 in the second\n")
        .endsWith("what it left is input 1 of rev, from the output");
  }

  @Test
  void equalLoopsAreEqualWithoutAnItemOrAKeyOfAnIteration() {
    LineageItem one = loop(start(), scaling(literal(7)), 1L << 50);
    LineageItem other = loop(start(), scaling(literal(7)), 1L << 50);
    assertThat(TraceDiff.between(one, other)).isEmpty();
    assertThat(one.hasKey()).isFalse();
  }

  @Test
  void whatTheLoopStartsFromIsFoundBehindTwoLoops() {
    LineageItem[] items = start();
    loop(items, scaling(literal(7)), MANY);
    LineageItem[] others = start();
    others[S] = file("4");
    loop(others, scaling(literal(7)), MANY);
    assertThat(explain(loop(items, scaling(literal(8)), 9), loop(others, scaling(literal(8)), 9)))
        .isEqualTo(
            "the content of read \"X.csv\" changed: fingerprint 2 became 4\n  which is what the"
                + " loop around loop.dml:3 starts from, what the loop around loop.dml:3 starts"
                + " from, from the output");
  }

  @Test
  void whatTheOutputIsNotMadeOfMakesNoDifference() {
    LineageItem[] others = start();
    others[X] = file("9");
    others[T] = file("8");
    LineageItem[] items = start();
    LineageItem left = loop(items, scaling(literal(7)), 100);
    LineageItem right = loop(others, scaling(literal(7)), 100);
    assertThat(TraceDiff.between(left, right)).isEmpty();
    assertThat(explain(items[T], others[T])).contains("fingerprint 3 became 8\n");
  }

  private BiConsumer<LineageItem[], Long> branching(long at, long number) {
    return (items, i) -> {
      Operation chosen = i == at ? minus : plus;
      items[S] =
          LineageItem.of(chosen, items[S], i == 17 ? literal(number) : literal(i % 5 * i % 7));
    };
  }

  private LineageItem whole(BiConsumer<LineageItem[], Long> body, int iterations) {
    LineageItem[] items = start();
    RunBuilder builder =
        new RunBuilder(new RunLoop(4, new int[] {S, I, T}), new RunScope(), 0, items);
    for (long i = 1; i <= iterations; i++) {
      items[I] = literal(i);
      body.accept(items, i);
      builder.end(items, 0);
    }
    builder.finish(items);
    return items[S];
  }

  @Test
  void anotherPathAndAnotherNumberAreToldWithTheirIteration() throws Exception {
    LineageItem plain = whole(branching(0, 3), 40);
    assertThat(explain(plain, whole(branching(17, 3), 40)))
        .startsWith(
            "iteration 17 of the loop around loop.dml:3 took another path: + (loop.dml:3) became -"
                + " (loop.dml:5)\n  which is in iteration 17 of the loop around loop.dml:3, from");
    LineageItem other = whole(branching(0, 4), 40);
    String expected = "input 2 of +: 3 became 4 at loop.dml:3, in iteration 17\n";
    assertThat(explain(plain, other)).startsWith(expected);
    assertThat(explain(stored(plain), stored(other))).startsWith(expected);
    assertThat(explain(whole(branching(1, 3), 40), whole(branching(0, 3), 40)))
        .startsWith("iteration 1 of the loop around loop.dml:3 took another path: - (loop.dml:5)");
  }

  @Test
  void loopsThatCannotBeAlignedAreWalkedUntilALimitThatIsTold() {
    BiConsumer<LineageItem[], Long> swapping =
        (items, i) -> {
          LineageItem before = items[S];
          items[S] = LineageItem.of(plus, items[T], items[X]);
          items[T] = LineageItem.of(plus, before, items[X]);
        };
    BiConsumer<LineageItem[], Long> moving =
        (items, i) -> {
          LineageItem before = items[S];
          items[S] = LineageItem.of(plus, items[T], items[X]);
          items[T] = LineageItem.of(plus, before, items[X]);
          items[I] = LineageItem.of(plus, items[T], items[X]);
        };
    LineageItem[] others = start();
    others[S] = file("7");
    others[T] = file("7");
    assertThat(explain(loop(start(), swapping, 1_000_001), loop(others, moving, 1_000_001)))
        .startsWith("the traces differ: the first 200000 operations of loops on the way from the")
        .contains("and what is further inside was not looked at\n  the last one looked at is ");
    others[S] = file("7");
    others[T] = file("7");
    others[I] = null;
    assertThat(explain(loop(start(), swapping, 1_001), loop(others, moving, 1_001)))
        .startsWith("the content of read \"X.csv\" changed: fingerprint 3 became 7\n");
  }

  @Test
  void randomProgramsDifferAsTheirItemsDo() {
    int compared = 0;
    for (long seed = 1; seed <= 60; seed++) {
      LoopPrograms.Execution left = new LoopPrograms.Execution(true, null);
      LoopPrograms.Execution right = new LoopPrograms.Execution(true, null);
      right.items[(int) (seed % 3)] = file("other");
      new LoopPrograms(seed).program().forEach(s -> s.run(left));
      new LoopPrograms(seed).program().forEach(s -> s.run(right));
      for (int slot = 0; slot < LoopPrograms.SLOTS; slot++) {
        LineageItem a = left.items[slot];
        LineageItem b = right.items[slot];
        if (a != null && b != null) {
          var difference = TraceDiff.between(a, b);
          assertThat(difference.isEmpty())
              .as("seed %s, slot %s", seed, slot)
              .isEqualTo(a.sameAs(b));
          difference.ifPresent(
              d -> assertThat(d.left().sameAs(d.right())).as(d.toString()).isFalse());
          compared++;
        }
      }
    }
    assertThat(compared).isPositive();
  }
}
