package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.cpu.CellReader;
import dev.reprise.runtime.cpu.code.CellChain;
import java.lang.foreign.MemorySegment;

/**
 * Computes cells of an expression by its {@link MachineLoop}, and by its steps where a cell is
 * refused. For one thread.
 */
final class MachineReader implements CellReader {
  private final FusedSource source;
  private final MachineLoop loop;
  private final CellChain.Call call;
  private final DenseMatrix[] inputs;
  private final int most;

  /** Made when a cell is refused. */
  private BlockReader<?> steps;

  /**
   * @param most cells of a block that is read
   */
  MachineReader(FusedSource source, MachineLoop loop, int most) {
    this.source = source;
    this.loop = loop;
    this.most = most;
    this.call = loop.chain().call();
    for (int i = 0; i < source.scalars().length; i++) {
      call.withNumber(i, source.scalars()[i]);
    }
    this.inputs = new DenseMatrix[loop.inputs().size()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = (DenseMatrix) source.leaf(loop.inputs().get(i));
    }
  }

  @Override
  public void read(long at, double[] into, int n) {
    if (!run(at, n, MemorySegment.ofArray(into), true)) {
      steps().read(at, into, n);
    }
  }

  /** Computes cells into memory, at the same position. */
  void store(long from, long to, MemorySegment out) {
    int bytes = source.expression().precision().bytesPerCell();
    if (run(from, to - from, out.asSlice(from * bytes, (to - from) * bytes), false)) {
      return;
    }
    for (long at = from; at < to; at += most) {
      steps().store(at, out, (int) Math.min(most, to - at));
    }
  }

  private BlockReader<?> steps() {
    if (steps == null) {
      steps = source.open(most);
    }
    return steps;
  }

  /** False when a cell was refused. */
  private boolean run(long at, long n, MemorySegment out, boolean toDoubles) {
    if (!loop.chain().hasVectors()) {
      return run(at, 0, 1, n, out, toDoubles);
    }
    int bytes = toDoubles ? Double.BYTES : source.expression().precision().bytesPerCell();
    long cols = source.cols();
    long done = 0;
    while (done < n) {
      long col = (at + done) % cols;
      long left = n - done;
      boolean isPart = col > 0 || left < cols;
      long rows = isPart ? 1 : left / cols;
      long width = isPart ? Math.min(left, cols - col) : cols;
      if (!run((at + done) / cols, col, rows, width, out.asSlice(done * bytes), toDoubles)) {
        return false;
      }
      done += rows * width;
    }
    return true;
  }

  /**
   * @param row the first row; without vectors all is one row, and this its first cell
   */
  private boolean run(
      long row, long col, long rows, long width, MemorySegment out, boolean toDoubles) {
    FusedExpression expression = source.expression();
    int bytes = expression.precision().bytesPerCell();
    boolean hasVectors = loop.chain().hasVectors();
    for (int i = 0; i < inputs.length; i++) {
      long cell =
          switch (expression.kind(loop.inputs().get(i))) {
            case FULL -> hasVectors ? row * source.cols() + col : row;
            case ROW -> col;
            case COLUMN -> row;
            case SCALAR -> throw new IllegalArgumentException("a scalar is no input");
          };
      call.withInput(i, inputs[i].segment().address() + cell * bytes);
    }
    return call.run(rows, width, out, toDoubles);
  }
}
