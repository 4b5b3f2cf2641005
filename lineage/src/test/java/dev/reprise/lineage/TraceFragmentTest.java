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
