package dev.reprise.runtime.cpu.blas;

import java.lang.foreign.MemorySegment;

/**
 * The products that kernels are made of, over row-major fp64 blocks inside larger matrices; runs on
 * the calling thread only. Thread-safe. A block is a segment, the position of its first cell and
 * its row stride, both counted in cells. Outputs are overwritten and not read, except by {@link
 * #gemmAdd}.
 */
public sealed interface Blas permits OpenBlas, JavaBlas {

  /** A block of a row-major matrix: where it begins and how many cells lie between its rows. */
  record Block(MemorySegment cells, long offset, int stride) {}

  /** C = op(A) op(B) with C m x n and the inner dimension k; op transposes when asked to. */
  void gemm(boolean transposeA, boolean transposeB, int m, int n, int k, Block a, Block b, Block c);

  /** C = C + op(A) op(B), otherwise as {@link #gemm}. */
  void gemmAdd(
      boolean transposeA, boolean transposeB, int m, int n, int k, Block a, Block b, Block c);

  /** Upper triangle of C = t(A) A with A k x n; what is below the diagonal means nothing. */
  void syrk(int n, int k, Block a, Block c);

  /** Upper triangle of C = A t(A) with A n x k; what is below the diagonal means nothing. */
  void syrkRight(int n, int k, Block a, Block c);

  /** y = A x with A m x n; x and y are without gaps. */
  void gemv(int m, int n, Block a, MemorySegment x, long xOffset, MemorySegment y, long yOffset);

  /** y = t(A) x with A m x n; x and y are without gaps. */
  void gemvTransposed(
      int m, int n, Block a, MemorySegment x, long xOffset, MemorySegment y, long yOffset);
}
