package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.DeviceSparse;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.KernelCall;
import java.util.Set;

/**
 * Functions of cells of compressed matrices. Those that turn zero into zero: the kernels for dense
 * cells compute the stored values, and the result is compressed as well, without what has become
 * zero. Those whose result is full: the operand is made dense for the time of the operation, as on
 * the host.
 */
final class CompressedCells {
  /** Functions of one operand that turn zero into zero. */
  private static final Set<String> KEEPING =
      Set.of(
          "negate", "abs", "sign", "round", "floor", "ceil", "sqrt", "tanh", "sinh", "sin", "tan",
          "asin", "atan");

  /** Functions of one operand that turn zero into something else: their results are full. */
  private static final Set<String> FILLING =
      Set.of("exp", "log", "sigmoid", "cos", "cosh", "acos", "!");

  /** 1 GiB of doubles: larger matrices are not made dense on the way. */
  private static final long MOST_CELLS = 1L << 27;

  private CompressedCells() {}

  /** Fills a buffer with new values from one with those that are stored. */
  @FunctionalInterface
  interface Mapping {
    void launch(DeviceBuffer out, DeviceBuffer values, long count);
  }

  /** True when a function of one operand turns zero into zero. */
  static boolean keepsZero(String opcode, DeviceOperand operand) {
    return KEEPING.contains(opcode) && isTaken(operand);
  }

  /** True when an operation of a compressed matrix and a number does. */
  static boolean keepsZero(String opcode, DeviceOperand left, DeviceOperand right) {
    if (isTaken(left) && CellKernels.isNumber(right)) {
      double number = ((Scalar) right).asDouble();
      return switch (opcode) {
        case "*" -> Double.isFinite(number);
        case "/" -> number != 0 && !Double.isNaN(number);
        case "^" -> number > 0;
        case "!=" -> number == 0;
        case ">" -> number >= 0;
        case "<" -> number <= 0;
        default -> false;
      };
    }
    return opcode.equals("*")
        && CellKernels.isNumber(left)
        && isTaken(right)
        && Double.isFinite(((Scalar) left).asDouble());
  }

  /** True when a function of one operand fills the matrix. */
  static boolean fills(String opcode, DeviceOperand operand) {
    return FILLING.contains(opcode) && isSpread(operand);
  }

  /**
   * True when an operation of two operands fills the matrix: sums with a dense matrix of its shape
   * or a number, quotients of a number.
   */
  static boolean fills(String opcode, DeviceOperand left, DeviceOperand right) {
    return switch (opcode) {
      case "+", "-" ->
          isSpread(left)
              ? isFull(right, (DeviceSparse) left)
              : isSpread(right) && isFull(left, (DeviceSparse) right);
      case "/" -> isNumberBesides(left, 0) && isSpread(right);
      default -> false;
    };
  }

  private static boolean isFull(DeviceOperand other, DeviceSparse x) {
    return other instanceof DeviceMatrix dense
        ? dense.shape().equals(x.shape())
        : isNumberBesides(other, 0);
  }

  private static boolean isNumberBesides(DeviceOperand operand, double number) {
    return CellKernels.isNumber(operand) && ((Scalar) operand).asDouble() != number;
  }

  private static boolean isSpread(DeviceOperand operand) {
    return operand instanceof DeviceSparse x && x.cells() <= MOST_CELLS;
  }

  /** Values that are left are counted with 32 bits. */
  private static boolean isTaken(DeviceOperand operand) {
    return operand instanceof DeviceSparse x && Compressed.isTransposable(x);
  }

  /** The matrix with new values. Waits for them, since zeros among them are not stored. */
  static DeviceOperand[] mapped(KernelCall call, DeviceSparse x, Mapping mapping) {
    DeviceSparse out = call.sparseResult(x.rows(), x.cols(), x.nonZeros());
    call.backend().copy(x.buffer(), 0, out.buffer(), 0, x.bytes());
    if (x.nonZeros() == 0) {
      return new DeviceOperand[] {out};
    }
    DeviceBuffer values = Compressed.values(call, x, x.nonZeros());
    mapping.launch(values, values, x.nonZeros());
    DeviceBuffer zeros = call.scratch(Long.BYTES);
    call.backend().zero(zeros, Long.BYTES);
    call.run("sparse/revalued", x.nonZeros(), out.buffer(), zeros, values, x.rows(), x.nonZeros());
    long left = x.nonZeros() - call.readLongs(zeros, 1)[0];
    return new DeviceOperand[] {left == x.nonZeros() ? out : packed(call, out, left)};
  }

  private static DeviceSparse packed(KernelCall call, DeviceSparse x, long left) {
    DeviceBuffer before = call.scratch(Integer.BYTES * x.rows());
    call.run("sparse/kept", x.rows(), before, x.buffer(), x.rows());
    RadixSort.prefixSums(call, before, x.rows());
    DeviceSparse out = call.sparseResult(x.rows(), x.cols(), left);
    call.run(
        "sparse/packed", x.rows(), out.buffer(), x.buffer(), before, x.rows(), x.nonZeros(), left);
    call.discard(x.buffer());
    return out;
  }
}
