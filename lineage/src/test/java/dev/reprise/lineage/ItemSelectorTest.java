package dev.reprise.lineage;

import static dev.reprise.lineage.RandomTraces.operation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.Scalar;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ItemSelectorTest {
  private final LineageItem x = LineageItem.leaf(operation("read", "fingerprint", "1"), "X.csv");
  private final LineageItem lr =
      LineageItem.literal(Scalar.of(0.1), List.of(new LiteralName("lr", null)));
  private final LineageItem t = LineageItem.of(operation("t"), x);
  private final LineageItem product = LineageItem.of(operation("matmul"), t, x);
  private final LineageItem scaled =
      LineageItem.of(operation("*"), LineageItem.of(operation("*"), product, lr), lr);
  private final Trace trace = Trace.of(Map.of("G", scaled));
  private final ItemSelector selector = new ItemSelector(trace);

  private LineageItem found(String text) {
    return trace.item(selector.find(text));
  }

  @Test
  void itemsAreFoundByNumberOutputInputConstantAndOperation() {
    assertThat(found("%1")).isSameAs(x);
    assertThat(found("G")).isSameAs(scaled);
    assertThat(found("X.csv")).isSameAs(x);
    assertThat(found("lr")).isSameAs(lr);
    assertThat(found("t")).isSameAs(t);
    assertThat(found("matmul")).isSameAs(product);
    assertThat(found("%*%")).isSameAs(product);
  }

  @Test
  void whatIsMissingOrAmbiguousIsSaidWithWhatToTry() {
    assertThatThrownBy(() -> selector.find("%7"))
        .hasMessage("there is no item %7; the trace has %1 to %6");
    assertThatThrownBy(() -> selector.find("%99999999999999999999"))
        .hasMessageContaining("the trace has %1 to %6");
    assertThatThrownBy(() -> selector.find("Y.csv"))
        .hasMessageContaining("no item is called 'Y.csv'")
        .hasMessageContaining("inputs: X.csv");
    assertThatThrownBy(() -> selector.find("*"))
        .hasMessage("'*' stands for 2 items, say which: %5, %6");
  }
}
