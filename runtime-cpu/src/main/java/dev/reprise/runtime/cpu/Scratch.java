package dev.reprise.runtime.cpu;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.Buffer;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory of one kernel call: what is not explicitly kept is given back on close, whether the kernel
 * returns or throws. For one thread; chunks may use the segments.
 *
 * <pre>
 *   try (Scratch scratch = new Scratch(context.allocator())) {
 *     DenseMatrix out = scratch.matrix(rows, cols);
 *     ...                                             // may throw
 *     return scratch.keep(out);
 *   }
 * </pre>
 */
public final class Scratch implements AutoCloseable {
  private final Allocator allocator;
  private final List<Buffer> owned = new ArrayList<>(4);

  public Scratch(Allocator allocator) {
    this.allocator = allocator;
  }

  /** A new fp64 matrix with undefined cells. */
  public DenseMatrix matrix(long rows, long cols) {
    return own(DenseMatrix.allocate(allocator, rows, cols));
  }

  /** A new matrix with undefined cells. */
  public DenseMatrix matrix(long rows, long cols, Precision precision) {
    return own(DenseMatrix.allocate(allocator, rows, cols, precision));
  }

  /** The operand itself when it is dense and of that width, else a converted copy. */
  public DenseMatrix dense(MatrixOperand matrix, Precision precision) {
    if (matrix instanceof DenseMatrix dense && dense.precision() == precision) {
      return dense;
    }
    DenseMatrix plain =
        matrix instanceof DenseMatrix dense ? dense : own(matrix.copyDense(allocator));
    return plain.precision() == precision ? plain : own(plain.converted(precision, allocator));
  }

  public Allocator allocator() {
    return allocator;
  }

  /** Takes over a matrix that the caller made, to be given back on close. */
  public <M extends MatrixOperand> M own(M matrix) {
    owned.add(matrix.buffer());
    return matrix;
  }

  /** Memory for so many bytes, undefined, aligned to 64. */
  public MemorySegment bytes(long bytes) {
    Buffer buffer = allocator.allocate(bytes);
    owned.add(buffer);
    return buffer.segment();
  }

  /** Memory for so many doubles, undefined, aligned to 64. */
  public MemorySegment doubles(long cells) {
    return bytes(Math.multiplyExact(cells, Double.BYTES));
  }

  /** Hands a matrix made here over to the caller. */
  public <M extends MatrixOperand> M keep(M matrix) {
    if (!owned.remove(matrix.buffer())) {
      throw new IllegalArgumentException("a matrix that was not made here");
    }
    return matrix;
  }

  /**
   * Hands several matrices made here over to the caller. They are all made before the first is
   * handed over, so none is lost when one cannot be made.
   */
  public Operand[] keepAll(DenseMatrix... matrices) {
    for (DenseMatrix matrix : matrices) {
      keep(matrix);
    }
    return List.of(matrices).toArray(Operand[]::new);
  }

  @Override
  public void close() {
    for (Buffer buffer : owned) {
      buffer.release();
    }
    owned.clear();
  }
}
