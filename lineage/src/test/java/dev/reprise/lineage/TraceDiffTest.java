package dev.reprise.lineage;

import static dev.reprise.lineage.RandomTraces.literal;
import static dev.reprise.lineage.RandomTraces.operation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Scalar;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TraceDiffTest {
  private final LineageItem x = LineageItem.leaf(operation("read", "fingerprint", "1"), "X.csv");

  private static String explain(LineageItem left, LineageItem right) {
    return TraceDiff.between(left, right).orElseThrow().toString();
  }

  @Test
  void equalTracesHaveNoDifference() {
    assertThat(TraceDiff.between(new RandomTraces(3).next(100), new RandomTraces(3).next(100)))
        .isEmpty();
  }

  @Test
  void aLiteralThatDiffersIsNamedWithItsPath() {
    LineageItem left = LineageItem.of(operation("matmul"), x, scaled(0.001));
    LineageItem right = LineageItem.of(operation("matmul"), x, scaled(0.01));
    TraceDiff diff = TraceDiff.between(left, right).orElseThrow();
    assertThat(diff.path()).containsExactly(1, 1);
    assertThat(diff)
        .hasToString(
            "input 2 of *: 0.001 became 0.01\n"
                + "  which is input 2 of *, input 2 of %*%, from the output");
  }

  private LineageItem scaled(double factor) {
    return LineageItem.of(operation("*"), x, LineageItem.literal(Scalar.of(factor)));
  }

  @Test
  void otherOperationsInputsAttributesAndContentAreToldApart() {
    assertThat(explain(scaled(1), x)).startsWith("* became read \"X.csv\"\n");
    assertThat(explain(literal(1), x)).startsWith("integer 1 became read");
    LineageItem pair = LineageItem.of(operation("cbind"), x, x);
    LineageItem triple = LineageItem.of(operation("cbind"), x, x, literal(7));
    assertThat(explain(pair, triple))
        .startsWith(
            "cbind has 3 inputs instead of 2: input 3 of the second, integer 7, is additional\n");
    assertThat(explain(triple, pair)).contains("input 3 of the first, integer 7, is missing\n");
    LineageItem plain = LineageItem.of(operation("tsmm"), x);
    LineageItem right = LineageItem.of(operation("tsmm", "right", "true"), x);
    assertThat(explain(plain, right))
        .isEqualTo("in %*%, right (left out) became true\n  which is the output itself");
    LineageItem other = LineageItem.leaf(operation("read", "fingerprint", "2"), "X.csv");
    assertThat(explain(x, other))
        .startsWith("the content of read \"X.csv\" changed: fingerprint 1 became 2\n");
    LineageItem elsewhere = LineageItem.leaf(operation("read", "fingerprint", "2"), "Y.csv");
    assertThat(explain(x, elsewhere))
        .startsWith("read \"X.csv\" became read \"Y.csv\", whose content differs: fingerprint 1");
  }

  @Test
  void aNamedConstantIsReportedWithItsNameAndPlace() {
    LineageItem before = LineageItem.of(operation("*"), x, named(0.1, "lr", 41));
    LineageItem after = LineageItem.of(operation("*"), x, named(0.01, "lr", 41));
    assertThat(explain(before, after))
        .isEqualTo("lr: 0.1 became 0.01 at lm.dml:41\n  which is input 2 of *, from the output");
    LineageItem renamed = LineageItem.of(operation("*"), x, named(0.01, "rate", 7));
    assertThat(explain(before, renamed))
        .startsWith("0.1 (lr at lm.dml:41) became 0.01 (rate at lm.dml:7)\n");
  }

  @Test
  void theSeedIsCalledSeedAndOperationsAreReportedWithTheirPlace() {
    assertThat(explain(random(7), random(8)))
        .startsWith("the seed of rand: 7 became 8 at lm.dml:3\n");
    LineageItem placed = LineageItem.of(operation("rev").at(() -> "lm.dml:5"), x);
    assertThat(explain(placed, LineageItem.of(operation("t"), x)))
        .startsWith("rev (lm.dml:5) became t\n");
  }

  @Test
  void moreIterationsAreToldFromOtherBeginnings() {
    LineageItem three = chain(3);
    LineageItem five = chain(5);
    assertThat(TraceComparison.explain(Trace.of(three), Trace.of(five)))
        .hasValueSatisfying(text ->
            assertThat(text)
                .endsWith("the second goes on where the first ends: its %4 is the first's %4"));
    assertThat(TraceComparison.explain(Trace.of(five), Trace.of(three)))
        .hasValueSatisfying(text -> assertThat(text).contains("the second ends where the first"));
    assertThat(TraceComparison.explain(Trace.of(five), Trace.of(chain(5)))).isEmpty();
    LineageItem shorter = LineageItem.of(operation("matmul"), literal(9), three);
    LineageItem longer = LineageItem.of(operation("matmul"), literal(9), five);
    assertThat(TraceComparison.explain(Trace.of(shorter), Trace.of(longer)))
        .hasValueSatisfying(text -> assertThat(text).endsWith("its %5 is the first's %5"));
  }

  @Test
  void outputsAreComparedByName() {
    Trace both = Trace.of(Map.of("A", chain(2), "B", chain(3)));
    Trace other = Trace.of(Map.of("A", chain(2)));
    assertThat(TraceComparison.explain(both, other)).contains("the second trace has no output 'B'");
    assertThat(TraceComparison.explain(other, both)).contains("the first trace has no output 'B'");
  }

  private LineageItem chain(int length) {
    LineageItem item = x;
    for (int i = 0; i < length; i++) {
      item = LineageItem.of(operation("rev"), item);
    }
    return item;
  }

  private static LineageItem named(double value, String name, int line) {
    return LineageItem.literal(
        Scalar.of(value), List.of(new LiteralName(name, () -> "lm.dml:" + line)));
  }

  private static LineageItem random(long seed) {
    LineageItem[] inputs = new LineageItem[8];
    Arrays.fill(inputs, literal(1));
    inputs[operation("rand").opcode().seedParameter()] = literal(seed);
    return LineageItem.of(operation("rand").at(() -> "lm.dml:3"), inputs);
  }

  @Test
  void aDifferenceUnderAMillionLevelsIsFound() {
    LineageItem left = literal(1);
    LineageItem right = literal(2);
    for (int i = 0; i < 1_000_000; i++) {
      left = LineageItem.of(operation("rev"), left);
      right = LineageItem.of(operation("rev"), right);
    }
    assertThat(explain(left, right)).contains("1 became 2", "input 1 of rev", "999995 more");
  }
}
