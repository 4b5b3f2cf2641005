package dev.reprise.cache.rewrite;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Meta;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A matrix of blocks. A block that is left out is the mirror of the one across the diagonal. A row
 * or column of large blocks stays bound.
 */
final class Grid extends Term {
  private static final ValueLayout.OfDouble CELL = ValueLayout.JAVA_DOUBLE;

  private final Term[][] blocks;

  private Grid(Term[][] blocks, Shape shape) {
    super(Facts.UNKNOWN, Meta.matrix(shape));
    this.blocks = blocks;
  }

  /** Blocks by rows; blocks below the diagonal may be null. */
  static Grid of(Term[][] blocks) {
    long rows = 0;
    for (Term[] row : blocks) {
      rows += row[row.length - 1].shape().rows();
    }
    long cols = 0;
    for (Term block : blocks[0]) {
      cols += block.shape().cols();
    }
    return new Grid(blocks, new Shape(rows, cols));
  }

  static Grid of(boolean columns, Term... blocks) {
    if (columns) {
      return of(new Term[][] {blocks});
    }
    Term[][] rows = new Term[blocks.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new Term[] {blocks[i]};
    }
    return of(rows);
  }

  private boolean staysBound() {
    return (blocks.length == 1 || blocks[0].length == 1)
        && Binds.isLarge(shape())
        && blocks.length + blocks[0].length > 2;
  }

  @Override
  double cost() {
    double sum = staysBound() ? Costs.CALL : Costs.CALL + Costs.copy(shape());
    for (Term[] row : blocks) {
      for (Term block : row) {
        sum += block == null ? 0 : block.cost();
      }
    }
    return sum;
  }

  @Override
  Value make(Evaluation evaluation) {
    MatrixValue[][] values = new MatrixValue[blocks.length][];
    for (int i = 0; i < blocks.length; i++) {
      values[i] = new MatrixValue[blocks[i].length];
      for (int j = 0; j < blocks[i].length; j++) {
        values[i][j] = blocks[i][j] == null ? null : (MatrixValue) evaluation.valueOf(blocks[i][j]);
      }
    }
    Value bound = staysBound() ? bound(evaluation, values) : null;
    return bound != null ? bound : evaluation.inTurn(() -> assembled(evaluation, values));
  }

  private Value bound(Evaluation evaluation, MatrixValue[][] values) {
    boolean columns = blocks.length == 1;
    int count = Math.max(blocks.length, blocks[0].length);
    MatrixValue[] parts = new MatrixValue[count];
    Facts[] facts = new Facts[count];
    for (int i = 0; i < count; i++) {
      parts[i] = columns ? values[0][i] : values[i][0];
      facts[i] = columns ? blocks[0][i].facts() : blocks[i][0].facts();
    }
    return evaluation.bind(columns ? Operations.CBIND : Operations.RBIND, parts, facts);
  }

  private Value assembled(Evaluation evaluation, MatrixValue[][] values) {
    DenseMatrix whole =
        DenseMatrix.allocate(evaluation.allocator(), shape().rows(), shape().cols());
    try {
      long row = 0;
      for (MatrixValue[] line : values) {
        long col = shape().cols();
        for (int j = line.length - 1; j >= 0 && line[j] != null; j--) {
          col -= line[j].shape().cols();
          place(evaluation, line[j], whole, row, col);
        }
        row += line[line.length - 1].shape().rows();
      }
      if (blocks.length > 1 && blocks[blocks.length - 1][0] == null) {
        mirror(values, whole);
      }
      return evaluation.adopt(whole);
    } catch (RuntimeException | Error e) {
      whole.buffer().release();
      throw e;
    }
  }

  private static void place(
      Evaluation evaluation, MatrixValue block, DenseMatrix whole, long row, long col) {
    MatrixOperand cells = block.pinHost();
    try {
      if (cells instanceof DenseMatrix dense) {
        copy(dense, whole, row, col);
      } else {
        DenseMatrix dense = cells.copyDense(evaluation.allocator());
        copy(dense, whole, row, col);
        dense.buffer().release();
      }
    } finally {
      block.unpin();
    }
  }

  private static void copy(DenseMatrix block, DenseMatrix whole, long row, long col) {
    if (block.cells() == 0) {
      return;
    }
    if (block.cols() == whole.cols()) {
      MemorySegment.copy(
          block.segment(), 0, whole.segment(), 8 * row * whole.cols(), block.bytes());
      return;
    }
    for (long i = 0; i < block.rows(); i++) {
      long to = (row + i) * whole.cols() + col;
      if (block.cols() == 1) {
        whole.segment().setAtIndex(CELL, to, block.segment().getAtIndex(CELL, i));
      } else {
        MemorySegment.copy(
            block.segment(), 8 * i * block.cols(), whole.segment(), 8 * to, 8 * block.cols());
      }
    }
  }

  /** Fills the blocks that were left out from those above the diagonal. */
  private static void mirror(MatrixValue[][] values, DenseMatrix whole) {
    MemorySegment cells = whole.segment();
    long n = whole.cols();
    long row = 0;
    for (MatrixValue[] line : values) {
      long size = line[line.length - 1].shape().rows();
      for (long i = row; i < row + size; i++) {
        for (long j = 0; j < row; j++) {
          cells.setAtIndex(CELL, i * n + j, cells.getAtIndex(CELL, j * n + i));
        }
      }
      row += size;
    }
  }
}
