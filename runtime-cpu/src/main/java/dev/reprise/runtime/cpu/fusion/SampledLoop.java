package dev.reprise.runtime.cpu.fusion;

import dev.reprise.runtime.Buffer;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.cell.StoredValues;
import dev.reprise.runtime.cpu.linalg.SampledProduct;
import java.lang.foreign.MemorySegment;

/**
 * Runs {@link SampledExpression}s: cells of all operands are fetched where the mask has non-zeros,
 * those of the product computed there, and a fused loop goes over these rows of cells.
 *
 * <p>The result has the bits and the form of the operations one by one. It passes by returning null
 * where that is not sure: where a zero of the mask may meet what makes something else of it (an
 * infinity, NaN, a zero as divisor), as bounds of all operands tell, or where the product by itself
 * adds its terms in an order that is not known and has to be kept. Usable from any thread.
 *
 * <p>Whether an intermediate would have been kept compressed, which a {@link FusedLoop} has to look
 * at, makes no difference here: {@link BoundsRules} give no bounds to what depends on signs of
 * zeros.
 */
public final class SampledLoop {
  private final Parallel parallel;
  private final FusedLoops loops;
  private final SampledProduct products;

  /** Runs by loops, and as many threads, of a device. */
  public SampledLoop(Parallel parallel, FusedLoops loops) {
    this.parallel = parallel;
    this.loops = loops;
    this.products = new SampledProduct(parallel);
  }

  /**
   * Computes an expression.
   *
   * @param leaves matrices of fp64, of the shapes that their kinds say, compressed ones of the
   *     result's shape, and scalars; null in the place of the product
   * @param a the left operand of the product; null without one
   * @param b the right one
   * @return a matrix that the caller owns; null when the operations must run one by one
   */
  public MatrixOperand run(
      SampledExpression sampled,
      Operand[] leaves,
      DenseMatrix a,
      DenseMatrix b,
      ExecutionContext context) {
    SparseMatrix mask = (SparseMatrix) leaves[sampled.mask()];
    // The form of what few non-zeros are left does not depend on how it came about then.
    if (mask.nonZeros() == 0
        || !SparseMatrix.isWorthwhile(mask.rows(), mask.cols(), mask.nonZeros())
        || sampled.hasProduct() && !hasCells(sampled, a, b)
        || !keepsZeros(sampled, leaves, a, b, context)) {
      return null;
    }
    try (Scratch scratch = new Scratch(context.allocator())) {
      Operand[] cells = cellsInRoom(sampled, leaves, a, b, scratch, context);
      if (cells == null) {
        return null;
      }
      FusedLoop loop = loops.of(sampled.ofCells());
      return StoredValues.with(
          mask, context, out -> loop.cells(cells, mask.nonZeros(), out, context));
    }
  }

  private boolean hasCells(SampledExpression sampled, DenseMatrix a, DenseMatrix b) {
    return products.fits(sampled.multiplication(), a, b, sampled.inAnyOrder())
        && SampledProduct.pays(sampled.multiplication(), a, b);
  }

  /** As {@link #cells}, but null where there is no room, as for an operand that is to be turned. */
  private Operand[] cellsInRoom(
      SampledExpression sampled,
      Operand[] leaves,
      DenseMatrix a,
      DenseMatrix b,
      Scratch scratch,
      ExecutionContext context) {
    try {
      return cells(sampled, leaves, a, b, scratch, context);
    } catch (ResourceException e) {
      return null;
    }
  }

  /** Rows of the cells that are needed of each leaf. */
  private Operand[] cells(
      SampledExpression sampled,
      Operand[] leaves,
      DenseMatrix a,
      DenseMatrix b,
      Scratch scratch,
      ExecutionContext context) {
    SparseMatrix mask = (SparseMatrix) leaves[sampled.mask()];
    CellsAtPlaces places = new CellsAtPlaces(mask, parallel, context);
    Operand[] cells = leaves.clone();
    for (int leaf = 0; leaf < cells.length; leaf++) {
      if (sampled.expression().isScalar(leaf)) {
        continue;
      }
      if (leaves[leaf] == mask) {
        cells[leaf] = values(mask);
        continue;
      }
      DenseMatrix row = scratch.matrix(1, mask.nonZeros());
      if (leaf == sampled.product()) {
        products.cells(sampled.multiplication(), a, b, mask, row.segment(), context);
      } else {
        LeafKind kind = sampled.expression().kind(leaf);
        places.fetch((MatrixOperand) leaves[leaf], kind, row.segment());
      }
      cells[leaf] = row;
    }
    return cells;
  }

  /** The values of a matrix as a row, where they lie. */
  private static DenseMatrix values(SparseMatrix x) {
    MemorySegment values = StoredValues.values(x);
    Buffer borrowed =
        new Buffer() {
          @Override
          public MemorySegment segment() {
            return values;
          }

          @Override
          public void release() {
            throw new IllegalStateException("the values belong to a matrix");
          }
        };
    return new DenseMatrix(1, x.nonZeros(), Precision.FP64, borrowed);
  }

  /** Whether every zero of the mask is a zero of the result. */
  private boolean keepsZeros(
      SampledExpression sampled,
      Operand[] leaves,
      DenseMatrix a,
      DenseMatrix b,
      ExecutionContext context) {
    FusedExpression expression = sampled.expression();
    CellBounds[] ofLeaves = new CellBounds[leaves.length];
    for (int leaf = 0; leaf < leaves.length; leaf++) {
      if (leaf == sampled.mask() && !isRead(expression, leaf)) {
        continue;
      }
      ofLeaves[leaf] =
          leaf == sampled.product() ? ofProduct(sampled, a, b, context) : of(leaves[leaf], context);
      if (ofLeaves[leaf] == null) {
        return false;
      }
    }
    CellBounds[] ofNodes = new CellBounds[expression.nodes() - 1];
    for (int node = 0; node < ofNodes.length; node++) {
      ofNodes[node] = of(expression, node, ofLeaves, ofNodes);
    }
    int masked = sampled.masked();
    CellBounds bounds = masked < 0 ? ofNodes[~masked] : ofLeaves[masked];
    return bounds != null && (!sampled.divides() || bounds.excludeZero());
  }

  /** Whether an operation before the last one reads a leaf. */
  private static boolean isRead(FusedExpression expression, int leaf) {
    for (int node = 0; node < expression.nodes() - 1; node++) {
      for (int i = 0; i < expression.operation(node).arity(); i++) {
        if (expression.operand(node, i) == leaf) {
          return true;
        }
      }
    }
    return false;
  }

  private CellBounds ofProduct(
      SampledExpression sampled, DenseMatrix a, DenseMatrix b, ExecutionContext context) {
    boolean ta = sampled.multiplication().attributes().isSet("ta");
    return CellBounds.ofProduct(
        CellBounds.of(a, parallel, context),
        CellBounds.of(b, parallel, context),
        ta ? a.rows() : a.cols());
  }

  private CellBounds of(Operand leaf, ExecutionContext context) {
    return switch (leaf) {
      case DenseMatrix matrix -> CellBounds.of(matrix, parallel, context);
      case SparseMatrix matrix -> CellBounds.of(matrix, parallel, context);
      case Scalar scalar -> CellBounds.of(scalar.asDouble());
      default -> null;
    };
  }

  private static CellBounds of(
      FusedExpression expression, int node, CellBounds[] ofLeaves, CellBounds[] ofNodes) {
    FusableOperation operation = expression.operation(node);
    CellBounds[] operands = new CellBounds[operation.arity()];
    for (int i = 0; i < operands.length; i++) {
      int operand = expression.operand(node, i);
      operands[i] = operand < 0 ? ofNodes[~operand] : ofLeaves[operand];
    }
    return BoundsRules.of(operation.opcode(), operands);
  }
}
