package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.CellChain;
import dev.reprise.runtime.cpu.code.CellChain.Apply;
import dev.reprise.runtime.cpu.code.CellChain.Input;
import dev.reprise.runtime.cpu.code.CellChain.Node;
import dev.reprise.runtime.cpu.code.CellChain.Number;
import dev.reprise.runtime.cpu.code.CellChain.Spread;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.RectangleCopies;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * An element-wise operation as machine code, over cells where they lie: a {@link CellChain} of one
 * operation, with the bits of the loops in Java. Those copy cells to arrays and back, which takes
 * longer than most operations. Any thread.
 */
final class MachineCells {
  /** Operations of fewer cells are done before code is made for them alone. */
  private static final long FEWEST_CELLS = 1 << 10;

  /** What has computed fewer cells so often will go on to, so that code pays. */
  private static final int OFTEN = 64;

  /**
   * Copies take less than the call of so few: an operation of a script's loop takes 0.31 us at 32
   * cells in either way, at 64 and 128 cells 0.30 and 0.31 us by code and 0.32 and 0.46 us by loops
   * over copies (one thread of an Intel Xeon with AVX-512).
   */
  private static final long FEWEST_CELLS_OFTEN = 64;

  /** Cells of a block that a repeated vector is written to and read from at once. */
  private static final long SPREAD_CELLS = 1 << 11;

  private final CellChain chain;

  private MachineCells(CellChain chain) {
    this.chain = chain;
  }

  /** The code of an operation, made when it is first needed. */
  static final class Source {
    private final Precision precision;
    private final String opcode;
    private final boolean isKnown;
    private final MachineCells[] forms = new MachineCells[Form.values().length];

    /** Of powers of 2; null where the operation is no power. */
    private final Source squares;

    /** How often the operation has had few cells. */
    private int small;

    Source(Precision precision, String opcode) {
      this.precision = precision;
      this.opcode = opcode;
      this.isKnown = CellChain.knows(opcode);
      this.squares = opcode.equals("^") ? new Source(precision, CellChain.SQUARE) : null;
    }

    /** The operation with a number on its right as one of a matrix alone, or null. */
    Source with(double number) {
      return number == 2 ? squares : null;
    }

    /** Null where there is none, or so few cells that it does not pay. */
    MachineCells find(Form form, long cells) {
      if (!isKnown || cells < FEWEST_CELLS_OFTEN || !CellFunction.areThere()) {
        return null;
      }
      // Seen without the lock: complete, or not there yet.
      MachineCells made = forms[form.ordinal()];
      return made != null || cells < FEWEST_CELLS && !isOften() ? made : find(form);
    }

    /** Null as long as it does not pay for few cells. */
    private MachineCells findOften(Form form) {
      MachineCells made = forms[form.ordinal()];
      return made != null || !isOften() ? made : find(form);
    }

    /**
     * Computes few cells at once, with so little around it that code pays for two of them: three
     * operations in a script's loop take 0.60 us at 2 and at 32 cells, by loops over copies 0.70
     * and 0.85 us (a core of an AMD EPYC).
     *
     * @param y a matrix of x's shape where the form has two, else null
     * @param number where the form has one
     * @return null where that is to be done in another way
     */
    DenseMatrix runFew(
        Form form, DenseMatrix x, DenseMatrix y, double number, ExecutionContext context) {
      MachineCells found = isKnown && CellFunction.areThere() ? findOften(form) : null;
      if (found == null) {
        return null;
      }
      DenseMatrix out = DenseMatrix.allocate(context.allocator(), x.rows(), x.cols());
      long second = y == null ? 0 : address(y, 0);
      if (found.chain.runFlat(address(x, 0), second, number, x.cells(), out.segment())) {
        return out;
      }
      out.buffer().release();
      return null;
    }

    /** May lose counts of several threads, which delays code only. */
    private boolean isOften() {
      return ++small > OFTEN;
    }

    private synchronized MachineCells find(Form form) {
      if (forms[form.ordinal()] == null) {
        forms[form.ordinal()] = new MachineCells(form.chain(precision, opcode));
      }
      return forms[form.ordinal()];
    }
  }

  /**
   * What the operands are: matrices of one shape, or one of them and a number or a vector that is
   * repeated over it, or two vectors. The matrix, or the column, is the first input.
   */
  enum Form {
    MATRIX(List.of(Spread.EACH), new Input(0)),
    MATRICES(List.of(Spread.EACH, Spread.EACH), new Input(0), new Input(1)),
    MATRIX_AND_NUMBER(List.of(Spread.EACH), new Input(0), new Number(0)),
    NUMBER_AND_MATRIX(List.of(Spread.EACH), new Number(0), new Input(0)),
    MATRIX_AND_ROW(List.of(Spread.EACH, Spread.ROW), new Input(0), new Input(1)),
    ROW_AND_MATRIX(List.of(Spread.EACH, Spread.ROW), new Input(1), new Input(0)),
    MATRIX_AND_COLUMN(List.of(Spread.EACH, Spread.COLUMN), new Input(0), new Input(1)),
    COLUMN_AND_MATRIX(List.of(Spread.EACH, Spread.COLUMN), new Input(1), new Input(0)),
    COLUMN_AND_ROW(List.of(Spread.COLUMN, Spread.ROW), new Input(0), new Input(1));

    private final List<Spread> inputs;
    private final List<Node> operands;

    Form(List<Spread> inputs, Node... operands) {
      this.inputs = inputs;
      this.operands = List.of(operands);
    }

    private CellChain chain(Precision precision, String opcode) {
      int numbers = operands.size() - inputs.size();
      return CellChain.find(precision, inputs, numbers, new Apply(opcode, operands));
    }
  }

  /**
   * Computes the cells from one to before another.
   *
   * @return false when that is to be done in another way
   */
  boolean run(DenseMatrix x, DenseMatrix out, long from, long to) {
    return run(chain.call(), x, out, from, to);
  }

  /** As the other, of two matrices. */
  boolean run(DenseMatrix x, DenseMatrix y, DenseMatrix out, long from, long to) {
    return run(chain.call().withInput(1, address(y, from)), x, out, from, to);
  }

  /** As the other, of a matrix and a number. */
  boolean run(DenseMatrix x, double number, DenseMatrix out, long from, long to) {
    return run(chain.call().withNumber(0, number), x, out, from, to);
  }

  /** As the other, of a matrix and a row or column that is repeated over it. */
  boolean runRepeated(DenseMatrix x, DenseMatrix vector, DenseMatrix out, long from, long to) {
    boolean isRow = vector.rows() == 1;
    CellChain.Call call = chain.call();
    return runRows(
        call,
        (at, row, col) ->
            call.withInput(0, address(x, at)).withInput(1, address(vector, isRow ? col : row)),
        out,
        from,
        to);
  }

  /** As the other, of a column and a row, each cell with each. */
  boolean runOuter(DenseMatrix column, DenseMatrix line, DenseMatrix out, long from, long to) {
    CellChain.Call call = chain.call();
    return runRows(
        call,
        (_, row, col) -> call.withInput(0, address(column, row)).withInput(1, address(line, col)),
        out,
        from,
        to);
  }

  /** Tells a call where its inputs are for a cell of the result, of that row and column. */
  @FunctionalInterface
  private interface Places {
    void tell(long cell, long row, long col);
  }

  private static boolean runRows(
      CellChain.Call call, Places places, DenseMatrix out, long from, long to) {
    long cols = out.cols();
    for (long at = from, end; at < to; at = end) {
      // As many whole rows as there are, or what there is of one.
      long col = at % cols;
      long rows = col == 0 ? Math.max(1, (to - at) / cols) : 1;
      long width = Math.min(cols - col, to - at);
      end = at + rows * width;
      places.tell(at, at / cols, col);
      if (!call.run(rows, width, cells(out, at, end), false)) {
        return false;
      }
    }
    return true;
  }

  /**
   * As the other, for rows of few cells, by the code of two matrices: the result takes the repeated
   * vector, block by block, and is one of the two.
   *
   * @param out no memory of x or the vector
   */
  boolean runSpread(
      DenseMatrix x,
      DenseMatrix vector,
      boolean vectorIsLeft,
      DenseMatrix out,
      long from,
      long to) {
    CellChain.Call call = chain.call();
    for (long at = from; at < to; at += SPREAD_CELLS) {
      long end = Math.min(to, at + SPREAD_CELLS);
      spread(vector, out, at, end);
      call.withInput(vectorIsLeft ? 1 : 0, address(x, at));
      call.withInput(vectorIsLeft ? 0 : 1, address(out, at));
      if (!call.run(1, end - at, cells(out, at, end), false)) {
        return false;
      }
    }
    return true;
  }

  /** Repeats a row or column over the cells of a matrix from one to before another. */
  private static void spread(DenseMatrix vector, DenseMatrix out, long from, long to) {
    long cols = out.cols();
    int bytes = out.precision().bytesPerCell();
    boolean isRow = vector.rows() == 1;
    long at = from;
    while (at < to) {
      long col = at % cols;
      long rows = col == 0 ? (to - at) / cols : 0;
      long width = rows > 0 ? cols : Math.min(to - at, cols - col);
      long source = address(vector, isRow ? col : at / cols);
      long goal = address(out, at);
      if (isRow) {
        RectangleCopies.run(source, 0, goal, width * bytes, Math.max(1, rows), width * bytes);
      } else if (rows == 0) {
        RectangleCopies.run(source, 0, goal, bytes, width, bytes);
      } else {
        for (long i = 0; i < cols; i++) {
          RectangleCopies.run(source, bytes, goal + i * bytes, cols * bytes, rows, bytes);
        }
      }
      at += Math.max(1, rows) * width;
    }
  }

  private static boolean run(
      CellChain.Call call, DenseMatrix x, DenseMatrix out, long from, long to) {
    return call.withInput(0, address(x, from)).run(1, to - from, cells(out, from, to), false);
  }

  private static MemorySegment cells(DenseMatrix matrix, long from, long to) {
    int bytes = matrix.precision().bytesPerCell();
    return matrix.segment().asSlice(from * bytes, (to - from) * bytes);
  }

  private static long address(DenseMatrix matrix, long cell) {
    return matrix.segment().address() + cell * matrix.precision().bytesPerCell();
  }
}
