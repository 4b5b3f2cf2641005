package dev.reprise.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import org.junit.jupiter.api.Test;

/** Keys of values, some of which are known by content. */
class ContentKeysTest {
  private static final int NUMBER = 1;

  private final ContentKeys keys = new ContentKeys();

  private static LineageItem source(String fingerprint) {
    Attributes content = Attributes.of("fingerprint", fingerprint);
    return LineageItem.leaf(new Operation(OperationTable.standard().get("read"), content), "f");
  }

  private static LineageItem of(String opcode, LineageItem... inputs) {
    return LineageItem.of(new Operation(OperationTable.standard().get(opcode)), inputs);
  }

  private static Key content(double value) {
    return LineageItem.literal(Scalar.of(value)).key();
  }

  @Test
  void withoutContentsTheKeyIsThatOfTheHistory() {
    LineageItem value = of("+", of("t", source("a")), LineageItem.literal(Scalar.of(2.0)));
    assertThat(keys.of(value)).isEqualTo(value.key());
  }

  @Test
  void whatIsMadeOfEqualContentsInTheSameWayHasOneKey() {
    LineageItem one = of("sum", source("a"));
    LineageItem other = of("mean", source("b"));
    keys.note(one, NUMBER, content(0.1));
    keys.note(other, NUMBER, content(0.1));
    LineageItem x = source("x");
    LineageItem first = of("t", of("+", x, one));
    LineageItem second = of("t", of("+", x, other));
    assertThat(first.key()).isNotEqualTo(second.key());
    assertThat(keys.of(first)).isEqualTo(keys.of(second)).isNotEqualTo(first.key());
    assertThat(keys.of(of("-", x, one))).isNotEqualTo(keys.of(of("+", x, other)));
    assertThat(keys.of(of("+", one, x))).isNotEqualTo(keys.of(of("+", x, one)));
  }

  @Test
  void otherContentsAndKindsHaveOtherKeys() {
    LineageItem one = of("sum", source("a"));
    LineageItem other = of("sum", source("b"));
    LineageItem kind = of("sum", source("c"));
    keys.note(one, NUMBER, content(0.1));
    keys.note(other, NUMBER, content(0.2));
    keys.note(kind, NUMBER + 1, content(0.1));
    assertThat(keys.of(one)).isNotEqualTo(keys.of(other)).isNotEqualTo(keys.of(kind));
  }

  @Test
  void aComputedNumberIsNoLiteral() {
    LineageItem computed = of("sum", source("a"));
    LineageItem literal = LineageItem.literal(Scalar.of(0.1));
    keys.note(computed, NUMBER, content(0.1));
    keys.note(literal, NUMBER, content(0.3));
    assertThat(keys.of(literal)).isEqualTo(literal.key()).isNotEqualTo(keys.of(computed));
  }

  @Test
  void whatWasLearntHoldsUntilTheContentIsKnown() {
    LineageItem value = of("t", source("a"));
    Key learnt = new Key(3, 4);
    keys.learn(value, learnt);
    assertThat(keys.of(value)).isEqualTo(learnt);
    assertThat(keys.isNoted(value)).isFalse();
    keys.note(value, NUMBER, content(1));
    assertThat(keys.isNoted(value)).isTrue();
    Key noted = keys.of(value);
    keys.learn(value, learnt);
    assertThat(keys.of(value)).isEqualTo(noted).isNotEqualTo(learnt);
  }

  @Test
  void aHistoryThatIsTooLongKeepsItsKey() {
    LineageItem number = of("sum", source("a"));
    keys.note(number, NUMBER, content(0.1));
    LineageItem value = of("+", source("x"), number);
    for (int i = 0; i <= ContentKeys.MOST_OPERATIONS; i++) {
      value = of("t", value);
    }
    assertThat(keys.of(value)).isEqualTo(value.key());
  }

  @Test
  void whatIsForgottenCostsFindingNothingElse() {
    LineageItem number = of("sum", source("a"));
    keys.note(number, NUMBER, content(0.1));
    LineageItem value = of("+", source("x"), number);
    final Key known = keys.of(value);
    for (int i = 0; i < 3 * ContentKeys.GENERATION; i++) {
      keys.of(of("t", source("other " + i)));
    }
    assertThat(keys.of(value)).isEqualTo(value.key()).isNotEqualTo(known);
  }
}
