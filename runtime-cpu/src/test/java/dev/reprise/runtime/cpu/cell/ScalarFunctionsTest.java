package dev.reprise.runtime.cpu.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected values and types are what SystemDS 3.3.0 prints for the same expressions. */
class ScalarFunctionsTest {

  private static Scalar parse(String text) {
    return switch (text) {
      case "TRUE" -> Scalar.of(true);
      case "FALSE" -> Scalar.of(false);
      case "NaN" -> Scalar.of(Double.NaN);
      case "Inf" -> Scalar.of(Double.POSITIVE_INFINITY);
      default -> {
        if (text.startsWith("'")) {
          yield Scalar.of(text.substring(1));
        }
        yield text.matches("-?[0-9]+")
            ? Scalar.of(Long.parseLong(text))
            : Scalar.of(Double.parseDouble(text));
      }
    };
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "7,+,2,9",
        "7,*,2,14",
        "7,-,2,5",
        "7,/,2,3.5",
        "7,/,7,1.0",
        "7,^,2,49.0",
        "7,%%,2,1",
        "7,%/%,2,3",
        "-7,%%,2,-1",
        "7,%%,-2,1",
        "-7,%%,-2,-1",
        "-7,%/%,2,-3",
        "7,%/%,-2,-3",
        "-7,%/%,-2,3",
        "3.5,%%,2,1.5",
        "-3.5,%%,2,-1.5",
        "-3.5,%/%,2,-1.0",
        "-1.5,%/%,2,0.0",
        "3.5,%%,0,NaN",
        "3.5,%/%,0,Infinity",
        "7,/,0,Infinity",
        "-3.5,/,0,-Infinity",
        "7,%%,0,0",
        "5.3,%%,0.1,0.09999999999999964",
        "1e17,%%,3,0.0",
        "1e300,%/%,2,9.223372036854776E18",
        "1.5,%%,Inf,NaN",
        "7,+,0.5,7.5",
        "7,*,1.0,7.0",
        "2,^,0.5,1.4142135623730951",
        "-3.5,^,0.5,NaN",
        "0.0,^,0.0,1.0",
        "7,^,-1,0.14285714285714285",
        "NaN,^,0,1.0",
        "1,^,NaN,NaN",
        "TRUE,+,TRUE,2.0",
        "TRUE,*,FALSE,0.0",
        "TRUE,-,FALSE,1.0",
        "TRUE,/,FALSE,Infinity",
        "TRUE,^,FALSE,1.0",
        "1e-4,*,1000,0.1",
        "123456789.0,*,10,1.23456789E9",
        "7,pmin,2,2",
        "7,pmin,9.0,7.0",
        "7,pmax,3.5,7.0",
        "TRUE,pmax,FALSE,1.0",
        "NaN,pmin,1,NaN",
        "1,pmin,NaN,NaN",
        "NaN,pmax,1,NaN",
        "-0.0,pmin,0.0,-0.0",
        "-0.0,pmax,0.0,0.0",
        "8,log_base,2,3.0",
        "7,log_base,0,-0.0",
        "7,log_base,2,2.807354922057604",
        "3.5,log_base,2,1.8073549220576042",
        "7,<,2,FALSE",
        "7,==,7.0,TRUE",
        "TRUE,==,1,TRUE",
        "NaN,==,NaN,FALSE",
        "NaN,!=,NaN,TRUE",
        "NaN,<,1,FALSE",
        "NaN,>=,1,FALSE",
        "-0.0,==,0.0,TRUE",
        "'abc7,==,'abc7,TRUE",
        "'a,<,'b,TRUE",
        "'7,==,7,TRUE",
        "'7.0,==,7,FALSE",
        "7,==,'7,TRUE",
        "'10,<,'9,TRUE",
        "'TRUE,==,TRUE,TRUE",
        "'1.5,==,1.5,TRUE",
        "'abc7,>,TRUE,TRUE",
        "TRUE,<,2,TRUE",
        "TRUE,&,FALSE,FALSE",
        "TRUE,|,FALSE,TRUE",
        "TRUE,xor,TRUE,FALSE",
        "TRUE,xor,FALSE,TRUE",
        "1.5,&,TRUE,1.0",
        "7,|,1.5,1.0",
        "7,&,NaN,1.0",
        "7,bitwAnd,2,2",
        "7,bitwOr,8,15",
        "7,bitwXor,2,5",
        "7,bitwShiftL,2,28",
        "7,bitwShiftR,1,3",
        "-7,bitwAnd,0,0",
        "-7,bitwShiftR,1,-4",
        "7,bitwShiftL,40,1792",
        "7,bitwShiftL,30,-1073741824",
        "3000000000,bitwOr,1,-1294967295",
        "3.5,bitwAnd,7,3.0",
        "NaN,bitwAnd,7,0.0",
        "-1.5e10,bitwShiftR,3.0,-2.68435456E8",
        "'a,+,7,a7",
        "7,+,'a,7a",
        "'a,+,TRUE,aTRUE",
        "'a,+,1.5,a1.5",
        "'a,+,1e10,a1.0E10",
        "'x,+,-0.0,x-0.0",
        "'x,+,NaN,xNaN",
      })
  void binaryFunctionsGiveTheOraclesValueAndType(
      String left, String opcode, String right, String result) {
    Scalar found = ScalarFunctions.binary(opcode).apply(parse(left), parse(right));
    assertThat(found.asString()).isEqualTo(result);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "abs,-7,7",
        "abs,-7.5,7.5",
        "abs,TRUE,1.0",
        "round,7,7.0",
        "round,2.5,3.0",
        "round,-2.5,-2.0",
        "round,0.49999999999999994,0.0",
        "round,-0.4,0.0",
        "round,NaN,0.0",
        "round,3.5e20,9.223372036854776E18",
        "floor,7,7.0",
        "floor,2.5,2.0",
        "ceil,2.2,3.0",
        "ceil,-0.5,-0.0",
        "sign,-7,-1.0",
        "sign,-2.5,-1.0",
        "sign,0,0.0",
        "sign,NaN,NaN",
        "sqrt,7,2.6457513110645907",
        "sqrt,-1.5,NaN",
        "exp,0,1.0",
        "exp,TRUE,2.718281828459045",
        "log,7,1.9459101490553132",
        "log,0,-Infinity",
        "log,-3.5,NaN",
        "sin,7,0.6569865987187891",
        "tanh,7,0.9999983369439447",
        "sigmoid,3.5,0.9706877692486436",
        "sigmoid,-3.5,0.02931223075135632",
        "sinh,3.5,16.542627287634996",
        "cosh,3.5,16.572824671057315",
        "tan,3.5,0.3745856401585947",
        "atan,3.5,1.2924966677897853",
        "cos,7,0.7539022543433046",
        "acos,7,NaN",
        "negate,7,-7",
        "negate,-7.5,7.5",
        "negate,0.0,-0.0",
        "negate,0,0",
        "negate,NaN,NaN",
        "!,TRUE,FALSE",
        "!,1.5,0.0",
        "!,0.0,1.0",
        "!,7,0.0",
        "is.na,NaN,1.0",
        "is.nan,1.5,0.0",
        "is.infinite,Inf,1.0",
        "is.infinite,NaN,0.0",
        "is.na,7,0",
        "is.na,TRUE,0.0",
        "is.na,'a,0.0",
      })
  void unaryFunctionsGiveTheOraclesValueAndType(String opcode, String value, String result) {
    assertThat(ScalarFunctions.unary(opcode).apply(parse(value)).asString()).isEqualTo(result);
  }

  @Test
  void integerOverflowIsAnErrorAndNotAWrongNumber() {
    Scalar large = Scalar.of(1L << 62);
    for (String opcode : new String[] {"+", "*"}) {
      assertThatThrownBy(() -> ScalarFunctions.binary(opcode).apply(large, large))
          .isInstanceOf(OperandException.class)
          .hasMessageContaining("integer overflow");
    }
    assertThatThrownBy(() -> ScalarFunctions.binary("%/%").apply(Scalar.of(1), Scalar.of(0)))
        .isInstanceOf(OperandException.class);
  }

  @Test
  void arithmeticOnTextOtherThanConcatenationIsAnError() {
    assertThatThrownBy(() -> ScalarFunctions.binary("-").apply(Scalar.of("a"), Scalar.of(1)))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("'-' needs numbers");
    assertThatThrownBy(() -> ScalarFunctions.unary("exp").apply(Scalar.of("a")))
        .isInstanceOf(OperandException.class);
  }

  @Test
  void opcodesWithoutAScalarFormHaveNoFunction() {
    assertThat(ScalarFunctions.binary("rbind")).isNull();
    assertThat(ScalarFunctions.unary("t")).isNull();
  }
}
