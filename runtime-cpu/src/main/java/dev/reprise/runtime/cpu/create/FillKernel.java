package dev.reprise.runtime.cpu.create;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * {@code matrix(data, rows, cols, byrow)}: a number repeated, a text of numbers by rows, or the
 * cells of a matrix in a new shape; with byrow FALSE both shapes are read by columns.
 */
final class FillKernel implements Kernel {
  private static final int BLOCK = 1024;
  private static final long CELLS_PER_CHUNK = 1 << 16;

  private final Parallel parallel;
  private final Precision precision;

  FillKernel(Parallel parallel, Precision precision) {
    this.parallel = parallel;
    this.precision = precision;
  }

  @Override
  public Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    long rows = Sizes.extent(operation, inputs, 1);
    long cols = Sizes.extent(operation, inputs, 2);
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(rows, cols, precision);
      if (!(inputs[0] instanceof Scalar scalar)) {
        DenseMatrix data = Arguments.matrix(operation, inputs, 0, precision);
        reshape(data, Arguments.flag(operation, inputs, 3), out, context);
      } else if (scalar.type() == ValueType.STRING) {
        parse(scalar.asString(), out);
      } else {
        fill(scalar.asDouble(), out, context);
      }
      return new Operand[] {scratch.keep(out)};
    }
  }

  private void fill(double value, DenseMatrix out, ExecutionContext context) {
    MemorySegment cells = out.segment();
    parallel.forRange(
        context,
        out.cells(),
        CELLS_PER_CHUNK,
        (from, to) -> {
          if (Double.doubleToRawLongBits(value) == 0) {
            int bytes = precision.bytesPerCell();
            cells.asSlice(from * bytes, (to - from) * bytes).fill((byte) 0);
            return;
          }
          double[] block = new double[(int) Math.min(BLOCK, to - from)];
          Arrays.fill(block, value);
          CellBlocks blocks = new CellBlocks(precision, block.length);
          for (long i = from; i < to; i += BLOCK) {
            int n = (int) Math.min(BLOCK, to - i);
            blocks.store(block, 0, cells, i, n);
          }
        });
  }

  private void reshape(DenseMatrix data, boolean byRow, DenseMatrix out, ExecutionContext context) {
    if (data.cells() != out.cells()) {
      throw new OperandException(
          "'matrix' cannot give the "
              + data.cells()
              + " cells of a matrix of shape "
              + data.shape()
              + " the shape "
              + out.shape());
    }
    MemorySegment source = data.segment();
    MemorySegment cells = out.segment();
    parallel.forRange(
        context,
        out.cells(),
        CELLS_PER_CHUNK,
        (from, to) -> {
          if (byRow) {
            int bytes = precision.bytesPerCell();
            MemorySegment.copy(source, from * bytes, cells, from * bytes, (to - from) * bytes);
            return;
          }
          for (long i = from; i < to; i++) {
            long position = i % out.cols() * out.rows() + i / out.cols();
            long at = position % data.rows() * data.cols() + position / data.rows();
            out.set(0, i, data.get(0, at));
          }
        });
  }

  private static void parse(String text, DenseMatrix out) {
    String[] numbers = text.isBlank() ? new String[0] : text.strip().split("\\s+");
    if (numbers.length != out.cells()) {
      throw new OperandException(
          "'matrix' of shape "
              + out.shape()
              + " needs "
              + out.cells()
              + " numbers separated by blanks, but the text has "
              + numbers.length);
    }
    for (int i = 0; i < numbers.length; i++) {
      out.set(0, i, number(numbers[i]));
    }
  }

  private static double number(String text) {
    switch (text) {
      case "Inf", "+Inf":
        return Double.POSITIVE_INFINITY;
      case "-Inf":
        return Double.NEGATIVE_INFINITY;
      default:
        break;
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException _) {
      throw new OperandException(
          "'matrix' needs numbers separated by blanks, not \"" + text + "\"");
    }
  }
}
