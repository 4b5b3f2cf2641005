package dev.reprise.runtime.cpu.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PlainNumberTest {

  @Test
  void everyDoubleComesBackFromItsShortestText() {
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      double any = Double.longBitsToDouble(random.nextLong());
      for (double value : new double[] {any, random.nextGaussian(), random.nextInt(10_000) / 7.0}) {
        assertReadsAsTheJdk(Double.toString(value), Math.abs(value) > 1e-300);
      }
    }
  }

  @Test
  void decimalsOfAnyLengthRoundAsTheJdkRoundsThem() {
    Random random = new Random(2);
    for (int i = 0; i < 100_000; i++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "-" : "");
      int digits = 1 + random.nextInt(25);
      int point = random.nextInt(digits + 1);
      for (int d = 0; d < digits; d++) {
        text.append(d == point ? "." : "").append((char) ('0' + random.nextInt(10)));
      }
      assertReadsAsTheJdk(text.toString(), digits <= 19);
    }
  }

  @Test
  void zeroKeepsItsSignAndLeadingZerosDoNotCountAsDigits() {
    assertThat(1 / PlainNumber.parse("-0.0")).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(PlainNumber.parse("0.00000000000000000000000125")).isEqualTo(1.25e-24);
    assertThat(PlainNumber.parse("5.")).isEqualTo(5);
    assertThat(PlainNumber.parse(".5e1")).isEqualTo(5);
  }

  @Test
  void everythingElseIsLeftToOthers() {
    for (String text :
        new String[] {
          null,
          "",
          "-",
          ".",
          "-.",
          "e5",
          "1e",
          "1e-",
          "1e+5",
          "1e1234",
          "+1",
          " 1",
          "1 ",
          "1.2.3",
          "--1",
          "NaN",
          "Infinity",
          "TRUE",
          "0x1p3",
          "1d",
          "\u0661",
          "12345678901234567890"
        }) {
      assertThat(PlainNumber.parse(text)).as(text).isNaN();
    }
  }

  private static void assertReadsAsTheJdk(String text, boolean readHere) {
    double number = PlainNumber.parse(text);
    if (!Double.isNaN(number) || readHere && !text.endsWith("y") && !text.equals("NaN")) {
      assertThat(Double.doubleToLongBits(number))
          .as(text)
          .isEqualTo(Double.doubleToLongBits(Double.parseDouble(text)));
    }
  }
}
