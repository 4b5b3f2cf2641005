package dev.reprise.runtime.gpu;

import static dev.reprise.runtime.Precision.FP32;
import static dev.reprise.runtime.Precision.FP64;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Element-wise operations of an accelerator against the processor's: with equal bits where the
 * operation is exact, else within some units in the last place of the functions' libraries.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class CellDifferences {
  private static final double FP64_TOLERANCE = 1e-12;

  /** Floats have 6e-8; a scalar rounded to one, and functions of it, some times that. */
  private static final double FP32_TOLERANCE = 1e-5;

  private static final List<String> EXACT_BINARY =
      List.of("pmin pmax %% %/% < <= > >= == != & | xor bitwAnd bitwOr bitwXor".split(" "));
  private static final List<String> ROUNDED_BINARY =
      List.of("+ - * / leaky_relu relu_backward".split(" "));
  private static final List<String> SHIFTS = List.of("bitwShiftL", "bitwShiftR");
  private static final List<String> FUNCTIONS_OF_TWO =
      List.of("^ log_base elu gelu_backward silu_backward selu_backward".split(" "));
  private static final List<String> EXACT_UNARY =
      List.of("negate abs round floor ceil sign ! is.na is.nan is.infinite relu".split(" "));
  private static final List<String> FUNCTIONS_OF_ONE =
      List.of(
          ("sqrt exp log sigmoid tanh sinh cosh sin cos tan asin acos atan" + " gelu silu selu")
              .split(" "));

  /** Layouts are one text for all operations, and every kernel takes its time to compile. */
  private static final List<String> ALL_LAYOUTS_OF_FLOATS = List.of("-", "<", "%%", "^");

  private static final long[][] SHAPES = {
    {1, 1}, {1, 7}, {5, 1}, {33, 65}, {1000, 3}, {3, 1000}, {257, 511}, {100_000, 1}
  };

  /** The accelerator beside the processor; the subclass opens and closes it. */
  protected abstract Differences differences();

  @AfterEach
  void releaseOperands() {
    differences().releaseOperands();
  }

  @Test
  void exactOperationsOfTwoGiveTheProcessorsBits() {
    for (Precision precision : Precision.values()) {
      SplittableRandom random = new SplittableRandom(1);
      for (String opcode : EXACT_BINARY) {
        allLayouts(0, opcode, precision, random, 0.1);
      }
      for (String opcode : SHIFTS) {
        allLayouts(0, opcode, precision, random, 3);
      }
    }
    for (String opcode : ROUNDED_BINARY) {
      allLayouts(0, opcode, FP64, new SplittableRandom(2), 0.1);
      allLayouts(FP32_TOLERANCE, opcode, FP32, new SplittableRandom(2), 0.1);
    }
  }

  @Test
  void functionsOfTwoAreClose() {
    for (String opcode : FUNCTIONS_OF_TWO) {
      for (double number : new double[] {0.1, 2, 1, -1, Double.NaN, Double.NEGATIVE_INFINITY}) {
        allLayouts(FP64_TOLERANCE, opcode, FP64, new SplittableRandom(3), number);
        allLayouts(FP32_TOLERANCE, opcode, FP32, new SplittableRandom(3), number);
      }
    }
  }

  private void allLayouts(
      double tolerance,
      String opcode,
      Precision precision,
      SplittableRandom random,
      double number) {
    DenseMatrix x = differences().mixed(random, 35, 67, precision);
    DenseMatrix y = differences().mixed(random, 35, 67, precision);
    compare(tolerance, opcode, precision, x, y);
    differences().assertClose(tolerance, opcode, precision, x, Scalar.of(number));
    differences().assertClose(tolerance, opcode, precision, x, Scalar.of(true));
    if (precision == FP32 && !ALL_LAYOUTS_OF_FLOATS.contains(opcode)) {
      return;
    }
    for (DenseMatrix repeated :
        List.of(
            differences().mixed(random, 1, 67, precision),
            differences().mixed(random, 35, 1, precision),
            differences().mixed(random, 1, 1, precision))) {
      compare(tolerance, opcode, precision, x, repeated);
      compare(tolerance, opcode, precision, repeated, x);
    }
    differences().assertClose(tolerance, opcode, precision, Scalar.of(number), x);
    differences().assertClose(tolerance, opcode, precision, Scalar.of(3L), x);
  }

  private void compare(
      double tolerance, String opcode, Precision precision, DenseMatrix x, DenseMatrix y) {
    differences().assertClose(tolerance, opcode, precision, x, y);
  }

  @Test
  void everyShapeIsCoveredToItsLastCell() {
    for (Precision precision : Precision.values()) {
      SplittableRandom random = new SplittableRandom(4);
      for (long[] shape : SHAPES) {
        DenseMatrix x = differences().mixed(random, shape[0], shape[1], precision);
        DenseMatrix y = differences().mixed(random, shape[0], shape[1], precision);
        DenseMatrix row = differences().mixed(random, 1, shape[1], precision);
        DenseMatrix column = differences().mixed(random, shape[0], 1, precision);
        differences().assertSame("pmin", precision, x, y);
        differences().assertSame("pmin", precision, x, row);
        differences().assertSame("pmin", precision, column, x);
        differences().assertSame("pmin", precision, x, Scalar.of(0.25));
        differences().assertSame("abs", precision, x);
        differences().assertSame("ifelse", precision, x, y, Scalar.of(0.25));
      }
    }
  }

  @Test
  void functionsOfOneTreatSpecialNumbersAsTheProcessorDoes() {
    for (Precision precision : Precision.values()) {
      DenseMatrix x = differences().mixed(new SplittableRandom(5), 97, 41, precision);
      for (String opcode : EXACT_UNARY) {
        differences().assertSame(opcode, precision, x);
      }
      double tolerance = precision == FP64 ? FP64_TOLERANCE : FP32_TOLERANCE;
      for (String opcode : FUNCTIONS_OF_ONE) {
        differences().assertClose(tolerance, opcode, precision, x);
      }
    }
  }

  @Test
  void choicesGiveTheProcessorsBits() {
    for (Precision precision : Precision.values()) {
      SplittableRandom random = new SplittableRandom(6);
      DenseMatrix test = differences().mixed(random, 19, 23, precision);
      DenseMatrix yes = differences().mixed(random, 19, 23, precision);
      DenseMatrix no = differences().mixed(random, 19, 23, precision);
      Scalar number = Scalar.of(0.1);
      differences().assertSame("ifelse", precision, test, yes, no);
      differences().assertSame("ifelse", precision, test, number, no);
      differences().assertSame("ifelse", precision, test, yes, number);
      differences().assertSame("ifelse", precision, test, number, Scalar.of(7L));
      differences().assertSame("ifelse", precision, Scalar.of(true), yes, no);
      differences().assertSame("ifelse", precision, Scalar.of(Double.NaN), number, no);
      differences().assertSame("ifelse", precision, Scalar.of(0L), yes, number);
    }
  }
}
