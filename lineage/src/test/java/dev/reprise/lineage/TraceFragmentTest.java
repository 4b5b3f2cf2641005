package dev.reprise.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.io.StringReader;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceFragmentTest {
  private static Operation operation(String name) {
    return new Operation(OperationTable.standard().get(name));
  }

  private static LineageItem file(String print, String path) {
    Operation read =
        new Operation(OperationTable.standard().get("read"), Attributes.of("fingerprint", print));
    return LineageItem.leaf(read, path);
  }

  private static final LineageItem LITERAL = LineageItem.literal(Scalar.of(2.5));

  /** {@code exp(X * 2.5) + X}. */
  private static LineageItem made(LineageItem input) {
    LineageItem product = LineageItem.of(operation("*"), input, LITERAL);
    return LineageItem.of(operation("+"), LineageItem.of(operation("exp"), product), input);
  }

  private static Map<String, LineageItem> read(String text, LineageItem... inputs)
      throws Exception {
    return TraceFragment.read(new StringReader(text), inputs, OperationTable.standard());
  }

  @Test
  void theReaderGetsTheSameKeysFromItemsOfHisOwn() throws Exception {
    StringBuilder text = new StringBuilder();
    LineageItem ours = file("f", "a.csv");
    LineageItem[] inputs = {LITERAL, ours, null};
    Map<String, LineageItem> outputs = Map.of("0", made(ours));
    assertThat(TraceFragment.write(outputs, inputs, text)).isTrue();
    assertThat(text).doesNotContain("a.csv").doesNotContain("read");
    LineageItem theirs = file("f", "b.csv");
    LineageItem found = read(text.toString(), LITERAL, theirs, null).get("0");
    assertThat(found.key()).isEqualTo(made(ours).key());
    assertThat(found.input(1)).isSameAs(theirs);
    // Another input gives another key, which whoever reads compares.
    LineageItem other = read(text.toString(), LITERAL, file("g", "a.csv"), null).get("0");
    assertThat(other.key()).isNotEqualTo(found.key());
    assertThat(other.key()).isEqualTo(made(file("g", "")).key());
  }

  @Test
  void aFileThatIsNoInputIsNotWritten() throws Exception {
    LineageItem ours = file("f", "a.csv");
    assertThat(
            TraceFragment.write(
                Map.of("0", made(ours)), new LineageItem[] {LITERAL}, new StringBuilder()))
        .isFalse();
  }

  /** {@code for (i in 1:n) { X = X + L[1] }} in an inner loop too, or in the outer one alone. */
  private static LineageItem looped(LineageItem list, int n, boolean isNested) {
    LineageItem[] items = {list, LineageItem.of(operation("t"), LITERAL)};
    RunScope scope = new RunScope();
    RunLoop outer = new RunLoop(2, new int[] {1});
    RunLoop inner = new RunLoop(2, new int[] {1});
    RunBuilder builder = new RunBuilder(outer, scope, 0, items);
    for (int i = 0; i < n; i++) {
      RunBuilder nested = isNested ? new RunBuilder(inner, scope, 0, items) : null;
      for (int k = 0; k < (isNested ? n : 1); k++) {
        items[1] = LineageItem.of(operation("+"), items[1], list.input(0));
        if (isNested) {
          nested.end(items, 0);
        }
      }
      if (isNested) {
        nested.finish(items);
      }
      builder.end(items, 0);
    }
    builder.finish(items);
    return items[1];
  }

  private static LineageItem listOf(LineageItem... elements) {
    return LineageItem.of(operation("list"), elements);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFileInAListIsCalledWhatTheReaderCallsIt(boolean isNested) throws Exception {
    LineageItem ours = listOf(file("f", "a.csv"), file("g", "c.csv"));
    StringBuilder text = new StringBuilder();
    Map<String, LineageItem> outputs = Map.of("0", looped(ours, 50, isNested));
    assertThat(TraceFragment.write(outputs, new LineageItem[] {LITERAL, ours}, text)).isTrue();
    assertThat(text).contains("patch", "read");
    LineageItem theirs = listOf(file("f", "b.csv"), file("g", "c.csv"));
    LineageItem found = read(text.toString(), LITERAL, theirs).get("0");
    assertThat(found.key()).isEqualTo(outputs.get("0").key());
    StringBuilder again = new StringBuilder();
    TraceWriter.write(Map.of("0", found), again);
    assertThat(again).contains("\"b.csv\"").doesNotContain("a.csv");
    LineageItem other = listOf(file("h", "b.csv"));
    assertThatThrownBy(() -> read(text.toString(), LITERAL, other))
        .isInstanceOf(TraceFormatException.class)
        .hasMessageContaining("no input holds what was called 'a.csv'");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFileInsideOfALoopThatNoInputHoldsIsNotWritten(boolean isNested) throws Exception {
    Map<String, LineageItem> outputs =
        Map.of("0", looped(listOf(file("f", "a.csv")), 50, isNested));
    LineageItem[] inputs = {LITERAL, file("g", "c.csv")};
    assertThat(TraceFragment.write(outputs, inputs, new StringBuilder())).isFalse();
  }

  @Test
  void anInputThatIsMissingIsTold() throws Exception {
    StringBuilder text = new StringBuilder();
    LineageItem ours = file("f", "a.csv");
    TraceFragment.write(Map.of("0", made(ours)), new LineageItem[] {null, ours}, text);
    assertThatThrownBy(() -> read(text.toString(), ours))
        .isInstanceOf(TraceFormatException.class)
        .hasMessageContaining("there is no input 1");
    // As a whole trace it is one of a bound value.
    assertThat(
            TraceReader.read(new StringReader(text.toString()), OperationTable.standard()).size())
        .isPositive();
  }
}
