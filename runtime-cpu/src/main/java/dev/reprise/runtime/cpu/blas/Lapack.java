package dev.reprise.runtime.cpu.blas;

import java.lang.foreign.MemorySegment;

/**
 * LAPACK's factorisations, on the calling thread. Thread-safe.
 *
 * <p>Matrices are column-major here, as LAPACK has them; a row-major matrix passed as it lies in
 * memory is therefore its transpose. Names and the returned {@code info} are LAPACK's: 0 is
 * success, i &gt; 0 a value-dependent failure. All matrices are without gaps and are overwritten.
 * Source: LAPACK Users' Guide.
 */
public sealed interface Lapack permits OpenBlasLapack, JavaLapack {

  /** LU of an m x n matrix with row exchanges; pivots are min(m, n) 32-bit numbers from 1. */
  int dgetrf(int m, int n, MemorySegment a, MemorySegment pivots);

  /** Solves t(A) X = B with the result of {@link #dgetrf}; B is n x columns and becomes X. */
  int dgetrsTransposed(int n, int columns, MemorySegment lu, MemorySegment pivots, MemorySegment b);

  /** The inverse from the result of {@link #dgetrf}, in place. */
  int dgetri(int n, MemorySegment lu, MemorySegment pivots);

  /** The upper Cholesky factor U of A = t(U) U in the upper triangle. */
  int dpotrf(int n, MemorySegment a);

  /**
   * A = Q T t(Q) for the lower triangle of a symmetric A, T tridiagonal: its diagonal (n), the n -
   * 1 cells beside it, and Q as n - 1 reflectors below A's diagonal with their factors.
   */
  int dsytrd(
      int n, MemorySegment a, MemorySegment diagonal, MemorySegment beside, MemorySegment tau);

  /** C := Q C, or t(Q) C, with the reflectors of {@link #dsytrd} and C n x columns. */
  int dormtr(
      boolean transpose, int n, int columns, MemorySegment a, MemorySegment tau, MemorySegment c);

  /** Eigenvalues, ascending, in the diagonal, and vectors of a symmetric tridiagonal matrix. */
  int dstedc(int n, MemorySegment diagonal, MemorySegment beside, MemorySegment vectors);

  /** Eigenvalues (real and imaginary parts) and right eigenvectors of a general matrix. */
  int dgeev(
      int n, MemorySegment a, MemorySegment real, MemorySegment imaginary, MemorySegment vectors);

  /** A = U S VT, thin: U is m x r, VT is r x n, r = min(m, n); values descending. */
  int dgesdd(
      int m, int n, MemorySegment a, MemorySegment values, MemorySegment u, MemorySegment vt);

  /** Householder QR: R in the upper triangle, the vectors below it, their factors in tau. */
  int dgeqrf(int m, int n, MemorySegment a, MemorySegment tau);

  /** False when only LU and Cholesky are there; the other methods throw then. */
  boolean isComplete();
}
