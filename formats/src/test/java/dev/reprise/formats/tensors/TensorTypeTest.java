package dev.reprise.formats.tensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cells of safetensors as doubles. */
class TensorTypeTest {
  private static double cell(String type, String bytes) {
    ByteBuffer cells = ByteBuffer.wrap(HexFormat.of().parseHex(bytes));
    return TensorType.named(type).next(cells.order(ByteOrder.LITTLE_ENDIAN));
  }

  @ParameterizedTest
  @CsvSource({
    "U8, ff, 255",
    "I8, ff, -1",
    "U16, ffff, 65535",
    "I16, ffff, -1",
    "U32, ffffffff, 4294967295",
    "I32, ffffffff, -1",
    "U64, 0100000000000000, 1",
    "I64, ffffffffffffffff, -1",
    "BF16, c03f, 1.5",
    "F16, 003e, 1.5"
  })
  void integersAreSignedAsTheirTypeSays(String type, String bytes, double value) {
    assertThat(cell(type, bytes)).isEqualTo(value);
  }

  /** 2^63 + 1024 lies between two doubles and goes to the even one, 2^63 + 1025 to the next. */
  @ParameterizedTest
  @CsvSource({
    "0000000000000080, 9223372036854775808",
    "0004000000000080, 9223372036854776832",
    "0104000000000080, 9223372036854776833",
    "000c000000000080, 9223372036854778880",
    "ffffffffffffffff, 18446744073709551615"
  })
  void largeUnsignedIntegersAreRoundedOnce(String bytes, String digits) {
    assertThat(cell("U64", bytes)).isEqualTo(new BigInteger(digits).doubleValue());
  }
}
