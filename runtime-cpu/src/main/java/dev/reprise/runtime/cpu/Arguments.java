package dev.reprise.runtime.cpu;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Hyperparameters;
import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.Operation;

/**
 * Reads a kernel's operands by position, as the type that the kernel needs. A wrong type is the
 * script's mistake and is reported with the parameter's name.
 */
public final class Arguments {
  private Arguments() {}

  /** The operand as a dense fp64 matrix, which is what {@link Forms} hands to most kernels. */
  public static DenseMatrix matrix(Operation operation, Operand[] inputs, int at) {
    return matrix(operation, inputs, at, Precision.FP64);
  }

  /** The operand as a matrix of that precision, which whoever calls the kernel has seen to. */
  public static DenseMatrix matrix(
      Operation operation, Operand[] inputs, int at, Precision precision) {
    if (inputs[at] instanceof DenseMatrix matrix) {
      if (matrix.precision() != precision) {
        throw new IllegalStateException(
            "an operand of "
                + matrix.precision()
                + " reached a kernel for "
                + precision
                + ": "
                + operation);
      }
      return matrix;
    }
    throw mismatch(operation, inputs, at, "a matrix");
  }

  /**
   * The mistake of a matrix that has another shape than the others ask for.
   *
   * @param wanted the shape, and where it is from
   */
  public static OperandException wrongShape(
      Operation operation, int at, String wanted, MatrixOperand found) {
    return new OperandException(
        "'"
            + operation.name()
            + "' needs '"
            + operation.opcode().parameters().get(at).name()
            + "' of shape "
            + wanted
            + ", but got "
            + found.shape());
  }

  /** The operand as an fp64 matrix, or null when it was left out. */
  public static DenseMatrix matrixOrNull(Operation operation, Operand[] inputs, int at) {
    return matrixOrNull(operation, inputs, at, Precision.FP64);
  }

  /** The operand as a matrix of that precision, or null when it was left out. */
  public static DenseMatrix matrixOrNull(
      Operation operation, Operand[] inputs, int at, Precision precision) {
    return isAbsent(inputs[at]) ? null : matrix(operation, inputs, at, precision);
  }

  /** The operand as a scalar; a 1x1 matrix counts as the number it holds. */
  public static Scalar scalar(Operation operation, Operand[] inputs, int at) {
    if (inputs[at] instanceof Scalar scalar && !scalar.isAbsent()) {
      return scalar;
    }
    if (inputs[at] instanceof MatrixOperand matrix && matrix.rows() == 1 && matrix.cols() == 1) {
      return Scalar.of(matrix.get(0, 0));
    }
    throw mismatch(operation, inputs, at, "a scalar");
  }

  public static double number(Operation operation, Operand[] inputs, int at) {
    return scalar(operation, inputs, at).asDouble();
  }

  /** What was chosen for a layer or an optimiser, refused where it makes no sense. */
  public static double hyperparameter(Operation operation, Operand[] inputs, int at) {
    Scalar number = scalar(operation, inputs, at);
    Hyperparameters.require(operation, at, number);
    return number.asDouble();
  }

  public static long whole(Operation operation, Operand[] inputs, int at) {
    Scalar scalar = scalar(operation, inputs, at);
    if (!scalar.fitsLong() && Double.isNaN(scalar.asDouble())) {
      throw mismatch(operation, inputs, at, "a whole number");
    }
    return scalar.asLong();
  }

  public static boolean flag(Operation operation, Operand[] inputs, int at) {
    return scalar(operation, inputs, at).asBoolean();
  }

  public static String text(Operation operation, Operand[] inputs, int at) {
    return scalar(operation, inputs, at).asString();
  }

  public static boolean isAbsent(Operand operand) {
    return operand instanceof Scalar scalar && scalar.isAbsent();
  }

  private static OperandException mismatch(
      Operation operation, Operand[] inputs, int at, String wanted) {
    if (operation.scriptName().equals("[...]")
        && at > 0
        && inputs[0] instanceof MatrixOperand
        && inputs[at] instanceof MatrixOperand matrix
        && wanted.equals("a scalar")
        && !nameOf(operation.opcode(), at).equals("'source'")) {
      return new OperandException(
          "an index is a number or a range a:b, but got a matrix of shape "
              + matrix.shape()
              + "; removeEmpty(target=X, margin=\"rows\", select=v) takes the rows that v marks");
    }
    return new OperandException(
        "'"
            + operation.scriptName()
            + "' needs "
            + wanted
            + " as "
            + nameOf(operation.opcode(), at)
            + ", but got "
            + describe(inputs[at]));
  }

  private static String nameOf(Opcode opcode, int at) {
    return at < opcode.parameters().size()
        ? "'" + opcode.parameters().get(at).name() + "'"
        : "argument " + (at + 1);
  }

  private static String describe(Operand operand) {
    return switch (operand) {
      case Scalar scalar when scalar.isAbsent() -> "nothing";
      case Scalar scalar -> "the " + scalar.type().label() + " " + scalar.asString();
      case MatrixOperand matrix -> "a matrix of shape " + matrix.shape();
      case Frame frame -> "a frame of shape " + frame.shape();
    };
  }
}
