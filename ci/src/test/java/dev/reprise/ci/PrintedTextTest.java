package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.PrintedText;
import dev.reprise.testkit.RandomProgram;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What counts as the same output. */
class PrintedTextTest {
  private static boolean same(String expected, String actual) {
    return PrintedText.difference(expected, actual).isEmpty();
  }

  @Test
  void numbersMayDifferWithinTheTolerance() {
    assertThat(same("loss 1.0000000001 of 3", "loss 1.0 of 3")).isTrue();
    assertThat(same("loss 1.00001", "loss 1.0")).isFalse();
    assertThat(same("4.6116860184273879E18", "4.611686018427388E18")).isTrue();
    assertThat(same("-0.0", "0.0")).isTrue();
  }

  @Test
  void theFormOfANumberCounts() {
    assertThat(same("x 1", "x 1.0")).isFalse();
    assertThat(same("x 1.0E7", "x 10000000.0")).isFalse();
  }

  @Test
  void wordsAndSeparatorsCount() {
    assertThat(same("a, b", "a b")).isFalse();
    assertThat(same("x1 TRUE", "x2 TRUE")).isFalse();
    assertThat(same("a\n\nb  \n", "a\nb")).isTrue();
    assertThat(same("a", "a\nb")).isFalse();
  }

  @Test
  void aProgramIsMadeSmallerStatementByStatement() {
    RandomProgram.Statement inner = new RandomProgram.Statement(List.of("x = 1"), List.of());
    RandomProgram.Statement loop =
        new RandomProgram.Statement(List.of("for (i in 1:2) {", "}"), List.of(List.of(inner)));
    RandomProgram program = new RandomProgram(List.of(inner, loop));
    assertThat(program.text()).isEqualTo("x = 1\nfor (i in 1:2) {\n  x = 1\n}\n");
    assertThat(program.smaller().stream().map(RandomProgram::text))
        .contains("x = 1\n", "x = 1\nx = 1\n", "x = 1\nfor (i in 1:2) {\n}\n");
  }
}
