package dev.reprise.engine.stored;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What writing a value is charged. */
class ValueOfferTest {
  private static final Frame FRAME =
      new Frame(
          2,
          List.of("cut"),
          List.of(ColumnType.STRING),
          List.of((Object) new String[] {"fair", "ideal"}));

  /** So many times as long to write as a matrix of as many bytes. */
  private static long factor(Value value) {
    ValueOffer offer = new ValueOffer(value, 1_000, null, null);
    assertThat(offer.bytes()).isGreaterThanOrEqualTo(1_000);
    return offer.writingBytes() / offer.bytes();
  }

  @Test
  void frameAndListsThatHaveOneTakeLongerThanNumbers() {
    DoubleScalar number = new DoubleScalar(1);
    assertThat(factor(number)).isEqualTo(1);
    assertThat(factor(new ListValue(List.of(), List.of(number)))).isEqualTo(1);
    assertThat(factor(FRAME)).isEqualTo(16);
    ListValue inner = new ListValue(List.of(), List.of(number, FRAME));
    assertThat(factor(new ListValue(List.of(), List.of(inner)))).isEqualTo(16);
  }
}
