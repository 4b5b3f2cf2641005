package dev.reprise.runtime.cpu.blas;

import dev.reprise.runtime.Precision;

/**
 * Products of blocks of doubles or of floats, for kernels that are written for both; on the calling
 * thread, as {@link Blas}. Offsets and strides are counted in cells.
 *
 * @param precision of the cells
 * @param blas one that has products of such cells
 */
public record CellProducts(Precision precision, Blas blas) {

  /** Null for floats without OpenBLAS: there are products of doubles only. */
  public static CellProducts of(Precision precision, Blas blas) {
    boolean known = precision == Precision.FP64 || blas instanceof OpenBlas;
    return known ? new CellProducts(precision, blas) : null;
  }

  /** Bytes of a cell. */
  public int bytes() {
    return precision.bytesPerCell();
  }

  /** C = op(A) op(B): see {@link Blas#gemm}. */
  public void gemm(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      Blas.Block a,
      Blas.Block b,
      Blas.Block c) {
    if (precision == Precision.FP64) {
      blas.gemm(transposeA, transposeB, m, n, k, a, b, c);
    } else {
      ((OpenBlas) blas).gemmFloats(transposeA, transposeB, m, n, k, a, b, c);
    }
  }

  /** C = C + op(A) op(B). */
  public void gemmAdd(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      Blas.Block a,
      Blas.Block b,
      Blas.Block c) {
    if (precision == Precision.FP64) {
      blas.gemmAdd(transposeA, transposeB, m, n, k, a, b, c);
    } else {
      ((OpenBlas) blas).gemmAddFloats(transposeA, transposeB, m, n, k, a, b, c);
    }
  }
}
