package dev.reprise.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KeyTest {

  @Test
  void textFormHas32DigitsAndReadsBack() {
    for (Key key :
        new Key[] {new Key(0, 1), new Key(-1, Long.MIN_VALUE), new Key(0xabcL, 0x1234L)}) {
      assertThat(key.toString()).hasSize(32);
      assertThat(Key.parse(key.toString())).isEqualTo(key);
    }
    assertThat(new Key(0xabcL, 0x1234L)).hasToString("0000000000000abc0000000000001234");
  }

  @Test
  void anythingElseIsNoKey() {
    for (String text :
        new String[] {"", "12", "0".repeat(33), "g".repeat(32), "+" + "0".repeat(31)}) {
      assertThatThrownBy(() -> Key.parse(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("32 hexadecimal digits");
    }
  }

  @Test
  void orderIsTheOrderOfTheText() {
    assertThat(new Key(1, 0)).isLessThan(new Key(-1, 0));
    assertThat(new Key(1, 5)).isLessThan(new Key(1, -5));
  }
}
