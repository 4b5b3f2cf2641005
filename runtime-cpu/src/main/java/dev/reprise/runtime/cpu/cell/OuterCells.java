package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.cell.MachineCells.Form;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Each cell of a column with each of a row, as machine code, with the bits of the element-wise
 * operation: neither vector is repeated in memory. Any thread.
 */
public final class OuterCells {
  private static final long CELLS_PER_CHUNK = 1 << 16;

  private final Parallel parallel;
  private final Map<String, MachineCells.Source> codes = new ConcurrentHashMap<>();

  public OuterCells(Parallel parallel) {
    this.parallel = parallel;
  }

  /**
   * The result, which the caller owns.
   *
   * @param opcode of an element-wise operation of two operands
   * @param x a column of doubles
   * @param y a row of doubles
   * @return null where this is to be done in another way
   */
  public DenseMatrix run(String opcode, DenseMatrix x, DenseMatrix y, ExecutionContext context) {
    if (y.cols() < CellRange.FEWEST_COLS) {
      return null;
    }
    MachineCells code =
        codes
            .computeIfAbsent(opcode, _ -> new MachineCells.Source(Precision.FP64, opcode))
            .find(Form.COLUMN_AND_ROW, Math.multiplyExact(x.rows(), y.cols()));
    if (code == null) {
      return null;
    }
    AtomicBoolean isRefused = new AtomicBoolean();
    try (Scratch scratch = new Scratch(context.allocator())) {
      DenseMatrix out = scratch.matrix(x.rows(), y.cols());
      parallel.forRange(
          context,
          out.cells(),
          CELLS_PER_CHUNK,
          (from, to) -> {
            if (!code.runOuter(x, y, out, from, to)) {
              isRefused.set(true);
            }
          });
      return isRefused.get() ? null : scratch.keep(out);
    }
  }
}
