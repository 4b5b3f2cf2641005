package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DecimalScannerTest {
  private final DecimalScanner scanner = new DecimalScanner();

  @Test
  void everyDoubleComesBackFromItsShortestText() {
    Random random = new Random(1);
    for (int i = 0; i < 300_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        check(Double.toString(value));
      }
    }
  }

  @Test
  void decimalsOfAnyLengthRoundAsTheJdkRoundsThem() {
    Random random = new Random(2);
    for (int i = 0; i < 300_000; i++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "-" : "");
      int digits = 1 + random.nextInt(25);
      int point = random.nextInt(digits + 1);
      for (int d = 0; d < digits; d++) {
        text.append(d == point ? "." : "").append((char) ('0' + random.nextInt(10)));
      }
      if (random.nextBoolean()) {
        text.append(random.nextBoolean() ? "e" : "E").append(random.nextInt(700) - 350);
      }
      check(text.toString());
    }
  }

  @Test
  void halfwayCasesRoundToEven() {
    Random random = new Random(3);
    for (int i = 0; i < 100_000; i++) {
      // Exactly between two neighbouring doubles: 54 significant bits, the last one set.
      long odd = (1L << 53) | (random.nextLong() & ((1L << 53) - 1)) | 1;
      int scale = random.nextInt(20);
      check(BigInteger.valueOf(odd).shiftLeft(scale).toString());
      check(
          new BigDecimal(BigInteger.valueOf(odd))
              .divide(BigDecimal.valueOf(1L << (scale % 4)))
              .toPlainString());
    }
  }

  @Test
  void edgesOfTheRangeAreExact() {
    for (String text :
        new String[] {
          "0",
          "-0",
          "0.0",
          "-0.0e99",
          "4.9e-324",
          "2.4703282292062327e-324",
          "2.4703282292062328e-324",
          "2.2250738585072011e-308",
          "2.2250738585072014e-308",
          "1.7976931348623157e308",
          "1.7976931348623158e308",
          "1.7976931348623159e308",
          "1e309",
          "1e-400",
          "1e99999",
          "9007199254740993",
          "9007199254740992.5",
          "18446744073709551615",
          "18446744073709551616",
          "00000000000000000000000000001.5",
          "0.00000000000000000000000001",
          ".5",
          "5.",
          "+7",
          "1e22",
          "1e23",
          "123456789012345678901234567890e-20"
        }) {
      check(text);
    }
  }

  @Test
  void whatIsNoNumberHasNoEnd() {
    for (String text : new String[] {"", "-", ".", "e5", "abc", "+.", "NaN"}) {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      scanner.scan(bytes, 0, bytes.length);
      assertThat(scanner.end).as(text).isEqualTo(-1);
    }
  }

  @Test
  void anExponentMarkWithoutDigitsIsNotPartOfTheNumber() {
    byte[] bytes = "12e+,".getBytes(StandardCharsets.US_ASCII);
    assertThat(scanner.scan(bytes, 0, bytes.length)).isEqualTo(12);
    assertThat(scanner.end).isEqualTo(2);
  }

  private void check(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    double actual = scanner.scan(bytes, 0, bytes.length);
    assertThat(scanner.end).as(text).isEqualTo(bytes.length);
    if (Double.doubleToRawLongBits(actual)
        != Double.doubleToRawLongBits(Double.parseDouble(text))) {
      assertThat(actual).as(text).isEqualTo(Double.parseDouble(text));
    }
  }
}
