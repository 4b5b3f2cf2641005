package dev.reprise.lineage;

import static dev.reprise.lineage.RandomTraces.literal;
import static dev.reprise.lineage.RandomTraces.operation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Scalar;
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
            "the literal is double 0.001 in the first, double 0.01 in the second\n"
                + "  at input 2 of *, input 2 of matmul, from the output");
  }

  private LineageItem scaled(double factor) {
    return LineageItem.of(operation("*"), x, LineageItem.literal(Scalar.of(factor)));
  }

  @Test
  void otherOperationsInputsAttributesAndContentAreToldApart() {
    assertThat(explain(scaled(1), x)).startsWith("the first has *, the second read \"X.csv\"");
    assertThat(explain(literal(1), x)).startsWith("the first has integer 1, the second read");
    LineageItem pair = LineageItem.of(operation("cbind"), x, x);
    LineageItem triple = LineageItem.of(operation("cbind"), x, x, x);
    assertThat(explain(pair, triple))
        .startsWith("cbind has 2 inputs in the first, 3 in the second");
    LineageItem plain = LineageItem.of(operation("tsmm"), x);
    LineageItem right = LineageItem.of(operation("tsmm", "right", "true"), x);
    assertThat(explain(plain, right))
        .isEqualTo(
            "in tsmm, right is left out in the first, true in the second\n  at the output itself");
    LineageItem other = LineageItem.leaf(operation("read", "fingerprint", "2"), "X.csv");
    assertThat(explain(x, other))
        .startsWith("the content behind read \"X.csv\" differs from that behind read \"X.csv\"");
  }

  @Test
  void aDifferenceUnderAMillionLevelsIsFound() {
    LineageItem left = literal(1);
    LineageItem right = literal(2);
    for (int i = 0; i < 1_000_000; i++) {
      left = LineageItem.of(operation("rev"), left);
      right = LineageItem.of(operation("rev"), right);
    }
    assertThat(explain(left, right))
        .contains("integer 1", "integer 2", "input 1 of rev", "999995 more");
  }
}
