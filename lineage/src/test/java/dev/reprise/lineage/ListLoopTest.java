package dev.reprise.lineage;

import static dev.reprise.lineage.RandomTraces.literal;
import static dev.reprise.lineage.RandomTraces.operation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.operation.OperationTable;
import java.io.StringReader;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Elements of lists that a loop carries are carried like variables. */
class ListLoopTest {
  private final LineageItem first =
      LineageItem.of(
          operation("list"),
          LineageItem.leaf(operation("read", "fingerprint", "a"), "X.csv"),
          LineageItem.leaf(operation("read", "fingerprint", "b"), "Y.csv"));

  /** L = list(L[1] + i, L[2] * L[1]). */
  private static LineageItem next(LineageItem list, int i) {
    LineageItem a = list.input(0);
    LineageItem b = list.input(1);
    return LineageItem.of(
        operation("list"),
        LineageItem.of(operation("+"), a, literal(i)),
        LineageItem.of(operation("*"), b, a));
  }

  private LineageItem stored(int iterations) {
    LineageItem[] items = {first, null};
    RunBuilder builder = new RunBuilder(new RunLoop(2, new int[] {0, 1}), new RunScope(), 0, items);
    for (int i = 1; i <= iterations; i++) {
      items[1] = literal(i);
      items[0] = next(items[0], i);
      builder.end(items, 0);
    }
    builder.finish(items);
    return items[0];
  }

  private static String text(LineageItem item) throws Exception {
    StringBuilder text = new StringBuilder();
    TraceWriter.write(Map.of(Trace.UNNAMED, item), text);
    return text.toString();
  }

  @Test
  void aLoopOverAListIsWrittenAsALoopOfConstantSize() throws Exception {
    String text = text(stored(1000));
    assertThat(text).startsWith("reprise-lineage 2\n").doesNotContain("column item");
    assertThat(text(stored(100_000)).length()).isLessThan(text.length() + 20);
    Trace read = TraceReader.read(new StringReader(text), OperationTable.standard());
    assertThat(text(read.output())).isEqualTo(text);
    LineageItem plain = first;
    for (int i = 1; i <= 1000; i++) {
      plain = next(plain, i);
    }
    assertThat(read.output().key()).isEqualTo(plain.key());
    assertThat(stored(1000).key()).isEqualTo(plain.key());
  }

  /** L = list(list(L[1][1] + i, L[1][2] * L[1][1]), L[2] - L[1][1]): a list inside of a list. */
  private static LineageItem nextNested(LineageItem list, int i) {
    return LineageItem.of(
        operation("list"),
        next(list.input(0), i),
        LineageItem.of(operation("-"), list.input(1), list.input(0).input(0)));
  }

  @Test
  void elementsOfAListInsideOfAListAreCarriedToo() throws Exception {
    LineageItem nested =
        LineageItem.of(
            operation("list"),
            first,
            LineageItem.leaf(operation("read", "fingerprint", "c"), "Z.csv"));
    LineageItem[] items = {nested, null};
    LineageItem plain = nested;
    RunBuilder builder = new RunBuilder(new RunLoop(2, new int[] {0, 1}), new RunScope(), 0, items);
    for (int i = 1; i <= 1000; i++) {
      items[1] = literal(i);
      items[0] = nextNested(items[0], i);
      plain = nextNested(plain, i);
      builder.end(items, 0);
    }
    builder.finish(items);
    String text = text(items[0]);
    assertThat(text).startsWith("reprise-lineage 2\n").doesNotContain("column item");
    assertThat(text.length()).isLessThan(2_000);
    assertThat(items[0].key()).isEqualTo(plain.key());
    Trace read = TraceReader.read(new StringReader(text), OperationTable.standard());
    assertThat(read.output().key()).isEqualTo(plain.key());
    assertThat(text(read.output())).isEqualTo(text);
  }

  @Test
  void aListMayBecomeNestedOrPlainWhileTheLoopGoesOn() throws Exception {
    LineageItem[] items = {first};
    LineageItem plain = first;
    RunBuilder builder = new RunBuilder(new RunLoop(1, new int[] {0}), new RunScope(), 0, items);
    for (int i = 0; i < 60; i++) {
      items[0] = reshaped(items[0], i);
      plain = reshaped(plain, i);
      builder.end(items, 0);
    }
    builder.finish(items);
    assertThat(items[0].key()).isEqualTo(plain.key());
    Trace read = TraceReader.read(new StringReader(text(items[0])), OperationTable.standard());
    assertThat(read.output().key()).isEqualTo(plain.key());
  }

  /**
   * Ten iterations with elements a and b, ten with list(a, b) and a, ten with list(list(b)) and a.
   */
  private static LineageItem reshaped(LineageItem list, int i) {
    LineageItem a = deepest(list.input(0));
    LineageItem b = deepest(list.input(1));
    LineageItem sum = LineageItem.of(operation("+"), a, b);
    return switch (i / 10 % 3) {
      case 0 -> LineageItem.of(operation("list"), sum, a);
      case 1 -> LineageItem.of(operation("list"), LineageItem.of(operation("list"), sum, a), b);
      default ->
          LineageItem.of(
              operation("list"),
              LineageItem.of(operation("list"), LineageItem.of(operation("list"), b)),
              sum);
    };
  }

  private static LineageItem deepest(LineageItem item) {
    LineageItem inner = item;
    while (!inner.isLiteral() && inner.operation().name().equals("list")) {
      inner = inner.input(0);
    }
    return inner;
  }

  @Test
  void aListThatGrowsCarriesTheElementsThatItBeganWith() throws Exception {
    LineageItem[] items = {first};
    LineageItem plain = first;
    RunBuilder builder = new RunBuilder(new RunLoop(1, new int[] {0}), new RunScope(), 0, items);
    for (int i = 0; i < 40; i++) {
      items[0] = longer(items[0]);
      plain = longer(plain);
      builder.end(items, 0);
    }
    builder.finish(items);
    assertThat(items[0].key()).isEqualTo(plain.key());
    Trace read = TraceReader.read(new StringReader(text(items[0])), OperationTable.standard());
    assertThat(read.output().key()).isEqualTo(plain.key());
  }

  private static LineageItem longer(LineageItem list) {
    LineageItem[] elements = new LineageItem[list.inputCount() + 1];
    for (int i = 0; i < list.inputCount(); i++) {
      elements[i] = LineageItem.of(operation("t"), list.input(i));
    }
    elements[elements.length - 1] = list.input(0);
    return LineageItem.of(operation("list"), elements);
  }

  /** L[q] = L[q] + i for each element q, one after the other. */
  private static LineageItem withChanged(LineageItem list, int q, int i) {
    LineageItem[] elements = {list.input(0), list.input(1)};
    elements[q] = LineageItem.of(operation("+"), elements[q], literal(i));
    return LineageItem.of(operation("list"), elements);
  }

  /** A loop of several steps in each iteration, each of which takes the next element. */
  private LineageItem storedWithin(int iterations, int steps) {
    LineageItem[] items = {first, null, null};
    RunScope scope = new RunScope();
    RunLoop inner = new RunLoop(3, new int[] {0, 2});
    RunBuilder outer = new RunBuilder(new RunLoop(3, new int[] {0, 1, 2}), scope, 0, items);
    for (int i = 1; i <= iterations; i++) {
      items[1] = literal(i);
      RunBuilder builder = RunBuilder.within(inner, scope, 0, 0, items);
      for (int q = 0; q < steps; q++) {
        items[2] = literal(q);
        items[0] = withChanged(items[0], q % 2, i);
        builder.end(items, 0);
      }
      builder.finish(items);
      outer.end(items, 0);
    }
    outer.finish(items);
    return items[0];
  }

  private LineageItem expanded(int iterations, int steps) {
    LineageItem list = first;
    for (int i = 1; i <= iterations; i++) {
      for (int q = 0; q < steps; q++) {
        list = withChanged(list, q % 2, i);
      }
    }
    return list;
  }

  /** Few steps are a part of the iteration around them, many a run that it holds. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 40, 1500, 1501})
  void aLoopThatTakesAnotherElementInEachStepIsStoredWithTheLoopAroundIt(int steps)
      throws Exception {
    String text = text(storedWithin(12, steps));
    assertThat(text(storedWithin(24, steps)).length()).isLessThan(text.length() + 40);
    assertThat(text).doesNotContain("column item");
    LineageItem plain = expanded(12, steps);
    assertThat(storedWithin(12, steps).key()).isEqualTo(plain.key());
    Trace read = TraceReader.read(new StringReader(text), OperationTable.standard());
    assertThat(read.output().key()).isEqualTo(plain.key());
    assertThat(text(read.output())).isEqualTo(text);
  }

  @Test
  void anElementThatManyStepsLeaveAloneIsThatOfTheEndOfTheirRun() throws Exception {
    LineageItem[] items = {first, null, null};
    RunScope scope = new RunScope();
    RunLoop inner = new RunLoop(3, new int[] {0, 2});
    RunBuilder outer = new RunBuilder(new RunLoop(3, new int[] {0, 1, 2}), scope, 0, items);
    LineageItem plain = first;
    for (int i = 1; i <= 10; i++) {
      items[1] = literal(i);
      RunBuilder builder = RunBuilder.within(inner, scope, 0, 0, items);
      for (int q = 0; q < 1200; q++) {
        items[2] = literal(q);
        // The first element changes in the first steps only, the second never.
        items[0] = withChanged(items[0], 0, q < 1150 ? i : q);
        plain = withChanged(plain, 0, q < 1150 ? i : q);
        builder.end(items, 0);
      }
      builder.finish(items);
      LineageItem both = LineageItem.of(operation("*"), items[0].input(0), items[0].input(1));
      items[0] = LineageItem.of(operation("list"), both, items[0].input(1));
      plain =
          LineageItem.of(
              operation("list"),
              LineageItem.of(operation("*"), plain.input(0), plain.input(1)),
              plain.input(1));
      outer.end(items, 0);
    }
    outer.finish(items);
    assertThat(items[0].key()).isEqualTo(plain.key());
    String text = text(items[0]);
    assertThat(text).doesNotContain("column item");
    assertThat(TraceReader.read(new StringReader(text), OperationTable.standard()).output().key())
        .isEqualTo(plain.key());
  }
}
