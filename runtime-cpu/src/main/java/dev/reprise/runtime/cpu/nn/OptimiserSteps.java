package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.CellOperands;
import dev.reprise.runtime.operation.LayerResults;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OptimiserResults;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps of optimisers in one pass over the parameters. The arithmetic is that of the formulas in
 * the layer library, operation by operation, so that both have the same bits.
 */
final class OptimiserSteps implements Kernel {

  /**
   * One step over some cells.
   *
   * <p>Arrays: x and its gradient, the averages in the order of the operands, then the outputs.
   */
  @FunctionalInterface
  private interface Step {
    void run(double[][] cells, int n);
  }

  /** The same step in machine code, with its parameters. */
  private record Code(CellFunction function, double... parameters) {}

  /** A step in both forms. */
  private record Forms(Step step, Code code) {}

  /** The step that numbers describe: scalar operands in their order. */
  @FunctionalInterface
  private interface Rule {
    Forms of(double[] numbers);
  }

  /** Cells of a task in machine code: some 20 microseconds. */
  private static final long LEAST_CHUNK = 1 << 14;

  private final Parallel parallel;
  private final Precision precision;
  private final Rule rule;

  private OptimiserSteps(Parallel parallel, Precision precision, Rule rule) {
    this.parallel = parallel;
    this.precision = precision;
    this.rule = rule;
  }

  /** Adds steps over parameters of that precision; they compute in double in either. */
  static void register(KernelTable.Builder table, Parallel parallel, Precision precision) {
    table.add("sgd_update", new OptimiserSteps(parallel, precision, OptimiserSteps::descent));
    table.add("momentum_update", new OptimiserSteps(parallel, precision, OptimiserSteps::momentum));
    table.add("nesterov_update", new OptimiserSteps(parallel, precision, OptimiserSteps::nesterov));
    table.add("adagrad_update", new OptimiserSteps(parallel, precision, OptimiserSteps::adagrad));
    table.add("rmsprop_update", new OptimiserSteps(parallel, precision, OptimiserSteps::rmsprop));
    table.add("adam_update", new OptimiserSteps(parallel, precision, OptimiserSteps::adam));
    table.add("adamw_update", new OptimiserSteps(parallel, precision, OptimiserSteps::adamw));
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    DenseMatrix x = Arguments.matrix(operation, inputs, 0, precision);
    List<DenseMatrix> matrices = new ArrayList<>(List.of(x));
    double[] numbers = new double[inputs.length];
    int count = 0;
    for (int i = 1; i < inputs.length; i++) {
      if (OptimiserResults.isMatrix(operation, i)) {
        DenseMatrix matrix = Arguments.matrix(operation, inputs, i, precision);
        LayerResults.requireEqual(operation, i, matrix.shape(), x.shape());
        matrices.add(matrix);
      } else {
        numbers[count++] = Arguments.hyperparameter(operation, inputs, i);
      }
    }
    Forms forms = rule.of(numbers);
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix[] outputs = new DenseMatrix[operation.opcode().outputs()];
      for (int i = 0; i < outputs.length; i++) {
        outputs[i] = scratch.matrix(x.rows(), x.cols(), precision);
      }
      DenseMatrix[] sources = matrices.toArray(DenseMatrix[]::new);
      if (CellFunction.areThere()) {
        parallel.forRange(
            context,
            x.cells(),
            Parallel.chunk(x.cells(), LEAST_CHUNK),
            (from, to) -> run(forms.code, sources, outputs, from, to));
      } else {
        // Rows mean nothing here: all cells as one row of single cells.
        RowBlocks.ofCells(parallel, context, x)
            .run(sources, outputs, 0, (block, _) -> forms.step.run(block.cells(), block.count()));
      }
      return scratch.keepAll(outputs);
    }
  }

  private void run(Code code, DenseMatrix[] sources, DenseMatrix[] outputs, long from, long to) {
    long at = from * precision.bytesPerCell();
    CellOperands more = new CellOperands();
    for (int i = 1; i < sources.length; i++) {
      more.withInput(i, sources[i].segment().address() + at);
    }
    for (int i = 1; i < outputs.length; i++) {
      more.withOutput(i, outputs[i].segment().address() + at);
    }
    for (int i = 0; i < code.parameters.length; i++) {
      more.withParameter(i, code.parameters[i]);
    }
    long x = sources[0].segment().address() + at;
    code.function.run(precision, x, outputs[0].segment().address() + at, more, to - from);
  }

  /** x - lr (dx + decay x). */
  private static Forms descent(double[] numbers) {
    double lr = numbers[0];
    double decay = numbers[1];
    CellFunction code = decay == 0 ? CellFunction.DESCENT : CellFunction.DECAYED_DESCENT;
    Step step =
        (cells, n) -> {
          double[] x = cells[0];
          double[] dx = decayed(x, cells[1], decay, n);
          double[] out = cells[2];
          for (int i = 0; i < n; i++) {
            out[i] = x[i] - lr * dx[i];
          }
        };
    return new Forms(step, new Code(code, lr, decay));
  }

  private static double[] decayed(double[] x, double[] dx, double decay, int n) {
    for (int i = 0; decay != 0 && i < n; i++) {
      dx[i] += decay * x[i];
    }
    return dx;
  }

  /** v = mu v - lr dx; x + v. */
  private static Forms momentum(double[] numbers) {
    double lr = numbers[0];
    double mu = numbers[1];
    double decay = numbers[2];
    CellFunction code = decay == 0 ? CellFunction.MOMENTUM : CellFunction.DECAYED_MOMENTUM;
    Step step =
        (cells, n) -> {
          double[] x = cells[0];
          double[] dx = decayed(x, cells[1], decay, n);
          double[] v = cells[2];
          double[] out = cells[3];
          double[] next = cells[4];
          for (int i = 0; i < n; i++) {
            next[i] = mu * v[i] - lr * dx[i];
            out[i] = x[i] + next[i];
          }
        };
    return new Forms(step, new Code(code, lr, mu, decay));
  }

  /** v' = mu v - lr dx; x - mu v + (1 + mu) v'. */
  private static Forms nesterov(double[] numbers) {
    double lr = numbers[0];
    double mu = numbers[1];
    double decay = numbers[2];
    CellFunction code = decay == 0 ? CellFunction.NESTEROV : CellFunction.DECAYED_NESTEROV;
    Step step =
        (cells, n) -> {
          double[] x = cells[0];
          double[] dx = decayed(x, cells[1], decay, n);
          double[] v = cells[2];
          double[] out = cells[3];
          double[] next = cells[4];
          for (int i = 0; i < n; i++) {
            next[i] = mu * v[i] - lr * dx[i];
            out[i] = x[i] - mu * v[i] + (1 + mu) * next[i];
          }
        };
    return new Forms(step, new Code(code, lr, mu, decay, 1 + mu));
  }

  /** cache + dx^2; x - lr dx / (sqrt(cache) + epsilon). */
  private static Forms adagrad(double[] numbers) {
    return scaled(numbers[0], numbers[1], 1, 1);
  }

  /** As adagrad, with a moving average. */
  private static Forms rmsprop(double[] numbers) {
    return scaled(numbers[0], numbers[2], numbers[1], 1 - numbers[1]);
  }

  private static Forms scaled(double lr, double epsilon, double kept, double added) {
    Step step =
        (cells, n) -> {
          double[] x = cells[0];
          double[] dx = cells[1];
          double[] cache = cells[2];
          double[] out = cells[3];
          double[] next = cells[4];
          for (int i = 0; i < n; i++) {
            next[i] = kept * cache[i] + added * (dx[i] * dx[i]);
            out[i] = x[i] - lr * dx[i] / (Math.sqrt(next[i]) + epsilon);
          }
        };
    return new Forms(step, new Code(CellFunction.SCALED, lr, epsilon, kept, added));
  }

  private static void average(double[] old, double[] x, double beta, double[] next, int n) {
    double share = 1 - beta;
    for (int i = 0; i < n; i++) {
      next[i] = beta * old[i] + share * x[i];
    }
  }

  private static void averageOfSquares(
      double[] old, double[] x, double beta, double[] next, int n) {
    double share = 1 - beta;
    for (int i = 0; i < n; i++) {
      next[i] = beta * old[i] + share * (x[i] * x[i]);
    }
  }

  private static Forms adam(double[] numbers) {
    double beta1 = numbers[1];
    double beta2 = numbers[2];
    double epsilon = numbers[3];
    double time = numbers[4] + 1;
    double rate = numbers[0] * Math.sqrt(1 - Math.pow(beta2, time)) / (1 - Math.pow(beta1, time));
    Step step =
        (cells, n) -> {
          double[] x = cells[0];
          double[] out = cells[4];
          double[] m = cells[5];
          double[] v = cells[6];
          average(cells[2], cells[1], beta1, m, n);
          averageOfSquares(cells[3], cells[1], beta2, v, n);
          for (int i = 0; i < n; i++) {
            out[i] = x[i] - rate * m[i] / (Math.sqrt(v[i]) + epsilon);
          }
        };
    return new Forms(
        step, new Code(CellFunction.ADAM, beta1, 1 - beta1, beta2, 1 - beta2, rate, epsilon));
  }

  private static Forms adamw(double[] numbers) {
    double lr = numbers[0];
    double beta1 = numbers[1];
    double beta2 = numbers[2];
    double epsilon = numbers[3];
    double lambda = numbers[4];
    double time = numbers[5] + 1;
    double first = 1 - Math.pow(beta1, time);
    double second = 1 - Math.pow(beta2, time);
    Step step =
        (cells, n) -> {
          double[] x = cells[0];
          double[] out = cells[4];
          double[] m = cells[5];
          double[] v = cells[6];
          average(cells[2], cells[1], beta1, m, n);
          averageOfSquares(cells[3], cells[1], beta2, v, n);
          for (int i = 0; i < n; i++) {
            double slope = m[i] / first / (Math.sqrt(v[i] / second) + epsilon);
            out[i] = x[i] - lr * (slope + lambda * x[i]);
          }
        };
    return new Forms(
        step,
        new Code(
            CellFunction.ADAMW,
            beta1,
            1 - beta1,
            beta2,
            1 - beta2,
            lr,
            epsilon,
            lambda,
            first,
            second));
  }
}
