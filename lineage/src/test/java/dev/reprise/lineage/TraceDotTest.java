package dev.reprise.lineage;

import static dev.reprise.lineage.RandomTraces.operation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Scalar;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TraceDotTest {
  private final LineageItem x = LineageItem.leaf(operation("read", "fingerprint", "1"), "a\"b.csv");
  private final LineageItem text = LineageItem.literal(Scalar.of("two\nlines\\"));
  private final LineageItem pair = LineageItem.of(operation("cbind", "a", "1"), x, text);

  @Test
  void itemsBecomeNodesAndInputsBecomeNumberedEdges() throws IOException {
    StringBuilder dot = new StringBuilder();
    TraceDot.write(Trace.of(Map.of("X", pair)), dot);
    assertThat(dot)
        .hasToString(
            """
            digraph lineage {
              node [shape=box, fontname="monospace"];
              n1 [label="read\\na\\"b.csv", shape=ellipse];
              n2 [label="two\\nlines\\\\", shape=plaintext];
              n3 [label="cbind\\na=1"];
              n1 -> n3 [label=1];
              n2 -> n3 [label=2];
              o1 [shape=plaintext, label="X"];
              n3 -> o1;
            }
            """);
  }

  @Test
  void aLimitKeepsTheItemsNearestToTheOutputs() throws IOException {
    LineageItem item = x;
    for (int i = 0; i < 100; i++) {
      item = LineageItem.of(operation("rev"), item);
    }
    StringBuilder dot = new StringBuilder();
    TraceDot.write(Trace.of(item), 3, dot);
    assertThat(dot.toString())
        .contains("n101 [", "n100 [", "n99 [", "c99 [label=\"1 more\"", "n100 -> n101")
        .doesNotContain("n98 ");
  }
}
