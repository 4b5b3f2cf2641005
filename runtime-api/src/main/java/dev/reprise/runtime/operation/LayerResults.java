package dev.reprise.runtime.operation;

import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Shape;

/** Result rules of layers, which refuse operands that do not fit one another. */
public final class LayerResults {
  private LayerResults() {}

  /** The shape of the first two operands, which must be equal. */
  static final ResultRule LIKE_BOTH =
      (operation, inputs) -> {
        Shape first = Shapes.of(inputs[0]);
        Shape second = Shapes.of(inputs[1]);
        if (first == null || second == null) {
          return null;
        }
        requireEqual(operation, 1, second, first);
        return Meta.matrix(first);
      };

  /** The shape of the scores; the wanted classes are probabilities or a column of numbers. */
  static final ResultRule CROSS_ENTROPY =
      (operation, inputs) -> {
        Shape scores = Shapes.of(inputs[0]);
        Shape wanted = Shapes.of(inputs[1]);
        if (scores == null || wanted == null) {
          return null;
        }
        requireClasses(operation, scores, wanted);
        return Meta.matrix(scores);
      };

  /** A row of the dictionary for each index, those of an example side by side. */
  static final ResultRule LOOKUP =
      (operation, inputs) -> {
        Shape indices = Shapes.of(inputs[0]);
        Shape dictionary = Shapes.of(inputs[1]);
        return indices == null || dictionary == null
            ? null
            : Meta.matrix(indices.rows(), Math.multiplyExact(indices.cols(), dictionary.cols()));
      };

  static final ResultRule LOOKUP_GRADIENT =
      (operation, inputs) -> {
        Shape gradient = Shapes.of(inputs[0]);
        Shape indices = Shapes.of(inputs[1]);
        long words = Shapes.longOr(inputs[2], -1);
        if (gradient == null || indices == null || words < 1) {
          return null;
        }
        return Meta.matrix(words, requireLookup(operation, gradient, indices));
      };

  /**
   * Columns of the dictionary that a gradient of looked-up rows belongs to.
   *
   * @param operation named by the message
   * @param gradient shape of the gradient
   * @param indices shape of the numbers of the rows
   * @return how many
   * @throws OperandException when the shapes do not fit
   */
  public static long requireLookup(Operation operation, Shape gradient, Shape indices) {
    if (gradient.rows() != indices.rows()
        || indices.cols() == 0
        || gradient.cols() % indices.cols() != 0) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs 'dout' with a row for each row of 'indices', "
              + indices
              + ", and as many columns for each index, but got "
              + gradient);
    }
    return gradient.cols() / indices.cols();
  }

  /**
   * Refuses an operand whose shape is not that of the first one.
   *
   * @param operation named by the message
   * @param at position of the operand
   * @param found its shape
   * @param wanted shape of the first one
   * @throws OperandException when the shapes differ
   */
  public static void requireEqual(Operation operation, int at, Shape found, Shape wanted) {
    if (!found.equals(wanted)) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs '"
              + operation.opcode().parameters().get(at).name()
              + "' of the shape of '"
              + operation.opcode().parameters().get(0).name()
              + "', "
              + wanted
              + ", but got "
              + found);
    }
  }

  /**
   * Refuses what is neither a probability for each score nor a class number for each row.
   *
   * @param operation named by the message
   * @param scores their shape
   * @param wanted shape of the probabilities or class numbers
   * @throws OperandException when the shapes do not fit
   */
  public static void requireClasses(Operation operation, Shape scores, Shape wanted) {
    if (!wanted.equals(scores) && (wanted.rows() != scores.rows() || wanted.cols() != 1)) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs 'y' of the shape of 'scores', "
              + scores
              + ", or a column of class numbers, one per row, but got "
              + wanted);
    }
  }
}
