package dev.reprise.runtime.operation;

import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;

/** Result and work rules of the neural-network operations. */
public final class NeuralResults {
  private static final double NANOS_PER_CELL = 0.5;

  /** A cell of a window that pooling looks at, about one comparison or addition. */
  private static final double NANOS_PER_POOLED = 1;

  private static final double FLOPS_PER_NANO = 20;

  /** exp and tanh of the gates, and what else a gate of an LSTM costs. */
  private static final double NANOS_PER_GATE = 20;

  private NeuralResults() {}

  /** The windows' output, from operands of which the first {@code matrices} are matrices. */
  static ResultRule output(int matrices) {
    return (operation, inputs) -> {
      WindowShape window = window(operation, inputs, matrices);
      return window == null ? null : Meta.matrix(window.images(), window.outputCols());
    };
  }

  /** The shape of the images. */
  static ResultRule input(int matrices) {
    return (operation, inputs) -> {
      WindowShape window = window(operation, inputs, matrices);
      return window == null ? null : Meta.matrix(window.images(), window.inputCols());
    };
  }

  /** The shape of the filters. */
  static final ResultRule FILTER =
      (operation, inputs) -> {
        WindowShape window = window(operation, inputs, 2);
        return window == null ? null : Meta.matrix(window.filters(), window.patchCells());
      };

  /** The input's shape; a bias is a column with one number per channel, which divides the cols. */
  static final ResultRule BIAS =
      (operation, inputs) -> {
        Shape input = Shapes.of(inputs[0]);
        Shape bias = Shapes.of(inputs[1]);
        if (input == null || bias == null) {
          return null;
        }
        requireBias(operation, input, bias);
        return Meta.matrix(input);
      };

  /**
   * Refuses a bias that is no column with a number for each channel of the input.
   *
   * @param operation named by the message
   * @param input shape of the images
   * @param bias its shape
   * @throws OperandException when the shapes do not fit
   */
  public static void requireBias(Operation operation, Shape input, Shape bias) {
    if (bias.cols() != 1 || bias.rows() == 0 || input.cols() % bias.rows() != 0) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs a column with one number per channel, and as many columns of the input"
              + " for each of them, but got a bias of shape "
              + bias
              + " for an input of shape "
              + input);
    }
  }

  static final WorkRule CONVOLUTION =
      (operation, inputs) -> {
        WindowShape window = window(operation, inputs, 2);
        double cells = NANOS_PER_CELL * Work.cells(inputs);
        return window == null
            ? cells
            : cells
                + 2.0
                    * window.images()
                    * window.outputCols()
                    * window.patchCells()
                    / FLOPS_PER_NANO;
      };

  static WorkRule pooling(int matrices) {
    return (operation, inputs) -> {
      WindowShape window = window(operation, inputs, matrices);
      double cells = NANOS_PER_CELL * Work.cells(inputs);
      return window == null
          ? cells
          : cells
              + NANOS_PER_POOLED
                  * window.images()
                  * window.outputCols()
                  * window.filterHeight()
                  * window.filterWidth();
    };
  }

  /** The states of all steps side by side, or those of the last one. */
  static final ResultRule LSTM_OUTPUT =
      (operation, inputs) -> {
        Shape x = Shapes.of(inputs[0]);
        Shape weights = Shapes.of(inputs[1]);
        if (x == null
            || weights == null
            || !(inputs[5] instanceof Scalar all)
            || all.isAbsent()
            || all.type() == ValueType.STRING) {
          return null;
        }
        long states = weights.cols() / 4;
        long features = weights.rows() - states;
        return features < 1 || x.cols() % features != 0
            ? null
            : Meta.matrix(x.rows(), all.asBoolean() ? x.cols() / features * states : states);
      };

  /** A column of as many numbers as an operand has, be that a column or a row. */
  static ResultRule column(int operand) {
    return (operation, inputs) -> {
      Shape shape = Shapes.of(inputs[operand]);
      return shape == null ? null : Meta.matrix(shape.cells(), 1);
    };
  }

  /** A row for each step of an LSTM: so many numbers for each state of all examples. */
  static ResultRule ofSteps(int numbers) {
    return (operation, inputs) -> {
      Meta last = LSTM_OUTPUT.infer(operation, inputs);
      if (last == null) {
        return null;
      }
      Shape x = Shapes.of(inputs[0]);
      Shape weights = Shapes.of(inputs[1]);
      long states = weights.cols() / 4;
      return Meta.matrix(x.cols() / (weights.rows() - states), numbers * x.rows() * states);
    };
  }

  /** Products with all weights for every example and step, over operands X, W, ... */
  static final WorkRule LSTM =
      (operation, inputs) -> {
        Shape x = Shapes.of(inputs[0]);
        Shape weights = Shapes.of(inputs[1]);
        double cells = NANOS_PER_CELL * Work.cells(inputs);
        if (x == null || weights == null || weights.rows() <= weights.cols() / 4) {
          return cells;
        }
        double steps = (double) x.cells() / (weights.rows() - weights.cols() / 4);
        return cells
            + 2 * steps * weights.cells() / FLOPS_PER_NANO
            + NANOS_PER_GATE * steps * weights.cols();
      };

  private static WindowShape window(Operation operation, Value[] inputs, int matrices) {
    double[] numbers = new double[inputs.length - matrices];
    for (int i = 0; i < numbers.length; i++) {
      if (!(inputs[matrices + i] instanceof Scalar number) || number.isAbsent()) {
        return null;
      }
      numbers[i] = number.asDouble();
    }
    return WindowShape.of(operation.name(), numbers);
  }
}
