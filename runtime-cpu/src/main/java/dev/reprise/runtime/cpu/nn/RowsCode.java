package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.CellOperands;
import java.lang.foreign.MemorySegment;

/**
 * As {@link RowCode}, of many rows at a time, which lie behind each other: a call for each takes as
 * long as some hundred cells, and many times that before the JVM has compiled what makes it. Each
 * row has numbers of its own, and totals. Belongs to one task.
 */
final class RowsCode {
  /** Cells of the rows of a call that are gone through again: these stay in the nearest caches. */
  private static final int CELLS = 1 << 12;

  private static final int TASK_CELLS = 1 << 14;

  private final Precision precision;
  private final int bytes;
  private final CellOperands more;

  /**
   * @param precision of the matrices
   * @param rows most of a call
   * @param numbers most of a row; {@code totals} likewise
   */
  RowsCode(Precision precision, int rows, int numbers, int totals) {
    this.precision = precision;
    this.bytes = precision.bytesPerCell();
    this.more = new CellOperands(rows, numbers, totals);
  }

  /** Rows of so many cells that are worth a call, of those that there are. */
  static int rows(long rows, long cells) {
    return (int) Math.min(rows, Math.max(1, CELLS / cells));
  }

  /** Rows of a task whose results do not depend on where rows are cut. */
  static long taskRows(DenseMatrix matrix) {
    return Parallel.chunk(matrix.rows(), Math.max(1, TASK_CELLS / matrix.cols()));
  }

  /** Sets a number: of all numbers of the rows, the first row's first. */
  void number(int at, double number) {
    more.withParameter(at, number);
  }

  /** A total of the last call, likewise. */
  double total(int at) {
    return more.total(at);
  }

  /** The first totals of the last call. */
  double[] totals(int count) {
    return more.totals(count);
  }

  /** An input of functions that has doubles for the columns of all rows. */
  RowsCode withColumns(int input, MemorySegment doubles) {
    more.withInput(input, doubles.address()).withInputRow(input, 0);
    return this;
  }

  /** An output, likewise; not the first one. */
  RowsCode withOutputColumns(int output, MemorySegment doubles) {
    more.withOutput(output, doubles.address()).withOutputRow(output, 0);
    return this;
  }

  /** Doubles of rows that are as many as cells, for the second input and output. */
  RowsCode withDoubles(MemorySegment doubles, long n) {
    withColumns(1, doubles).withOutputColumns(1, doubles);
    more.withInputRow(1, n * Double.BYTES).withOutputRow(1, n * Double.BYTES);
    return this;
  }

  /** What is at the place of the rows: the inputs from the first on, and outputs likewise. */
  record Rows(DenseMatrix[] inputs, DenseMatrix... outputs) {
    static Rows of(DenseMatrix input, DenseMatrix... outputs) {
      return new Rows(new DenseMatrix[] {input}, outputs);
    }
  }

  /**
   * Computes rows of matrices.
   *
   * @param at the first cell's place in all of them
   * @param n cells of a row
   * @return false when a cell was refused
   */
  boolean run(CellFunction function, Rows of, long at, long rows, long n) {
    long place = at * bytes;
    for (int i = 0; i < of.inputs.length; i++) {
      more.withInputRow(i, n * bytes);
      if (i > 0) {
        more.withInput(i, of.inputs[i].segment().address() + place);
      }
    }
    for (int i = 0; i < of.outputs.length; i++) {
      more.withOutputRow(i, n * bytes);
      if (i > 0) {
        more.withOutput(i, of.outputs[i].segment().address() + place);
      }
    }
    long x = of.inputs.length == 0 ? 0 : of.inputs[0].segment().address() + place;
    long out = of.outputs.length == 0 ? 0 : of.outputs[0].segment().address() + place;
    return run(function, x, out, rows, n);
  }

  private boolean run(CellFunction function, long x, long out, long rows, long n) {
    return function.run(precision, x, out, more.withRows(rows), n);
  }

  /** As the other, with doubles of all rows, one row after the other, for the first output. */
  boolean runToDoubles(
      CellFunction function, DenseMatrix x, MemorySegment doubles, long at, long rows, long n) {
    more.withInputRow(0, n * bytes).withOutputRow(0, n * Double.BYTES);
    return run(function, x.segment().address() + at * bytes, doubles.address(), rows, n);
  }

  /** As the other, with doubles for the first input. */
  void runFromDoubles(
      CellFunction function, MemorySegment doubles, DenseMatrix out, long at, long rows, long n) {
    more.withInputRow(0, n * Double.BYTES).withOutputRow(0, n * bytes);
    run(function, doubles.address(), out.segment().address() + at * bytes, rows, n);
  }
}
