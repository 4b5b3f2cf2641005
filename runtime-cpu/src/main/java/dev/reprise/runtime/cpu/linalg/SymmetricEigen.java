package dev.reprise.runtime.cpu.linalg;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Lapack;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/**
 * Eigenvectors of large symmetric matrices by LAPACK's divide and conquer, with the signs that
 * {@link ImplicitQl} would give them.
 *
 * <p>The signs cost n^2 steps instead of n^3: with V the vectors and u a fixed vector without
 * special position, the QL rotations are applied to the one row t(u) Q. What comes out is t(u) V up
 * to rounding, and its signs against those of the computed vectors say which to turn round.
 */
final class SymmetricEigen {
  private final Lapack lapack;
  private final int n;
  private final double[] probe;

  SymmetricEigen(Lapack lapack, int n) {
    this.lapack = lapack;
    this.n = n;
    SplittableRandom random = new SplittableRandom(n);
    this.probe = random.doubles(n, 0.5, 1.5).map(x -> random.nextBoolean() ? x : -x).toArray();
  }

  void decompose(DenseMatrix a, DenseMatrix values, DenseMatrix vectors, Scratch scratch) {
    MemorySegment reflectors = scratch.doubles(a.cells());
    MemorySegment diagonal = values.segment();
    MemorySegment beside = scratch.doubles(n);
    MemorySegment tau = scratch.doubles(n);
    MemorySegment found = scratch.doubles(a.cells());
    MemorySegment.copy(a.segment(), 0, reflectors, 0, a.bytes());
    lapack.dsytrd(n, reflectors, diagonal, beside, tau);
    double[] signs = track(reflectors, diagonal, beside, tau, scratch);
    if (lapack.dstedc(n, diagonal, beside, found) != 0) {
      throw new OperandException("'eigen' did not converge");
    }
    lapack.dormtr(false, n, n, reflectors, tau, found);
    for (int j = 0; j < n; j++) {
      turn(found, (long) j * n, signs[j]);
    }
    Layout.transpose(found, n, n, vectors.segment());
  }

  /** For each eigenvalue, ascending, the product of the probe with its vector as QL has it. */
  private double[] track(
      MemorySegment reflectors,
      MemorySegment diagonal,
      MemorySegment beside,
      MemorySegment tau,
      Scratch scratch) {
    MemorySegment row = scratch.doubles(n);
    MemorySegment.copy(probe, 0, row, JAVA_DOUBLE, 0, n);
    lapack.dormtr(true, n, 1, reflectors, tau, row);
    double[] d = new double[n];
    double[] e = new double[n];
    double[] tracked = new double[n];
    double sign = 1;
    for (int i = 0; i < n; i++) {
      d[i] = diagonal.getAtIndex(JAVA_DOUBLE, i);
      tracked[i] = sign * row.getAtIndex(JAVA_DOUBLE, i);
      if (i < n - 1) {
        // Where LAPACK reflects nothing, Tridiagonal turns the next axis round.
        double cell = beside.getAtIndex(JAVA_DOUBLE, i);
        double next = tau.getAtIndex(JAVA_DOUBLE, i) == 0 && cell != 0 ? -1 : 1;
        e[i] = sign * next * cell;
        sign = next;
      }
    }
    ImplicitQl.run(d, e, new double[][] {tracked});
    int[] order = EigenKernel.ascending(d);
    double[] sorted = new double[n];
    for (int j = 0; j < n; j++) {
      sorted[j] = tracked[order[j]];
    }
    return sorted;
  }

  private void turn(MemorySegment vectors, long start, double wanted) {
    double product = 0;
    for (int i = 0; i < n; i++) {
      product += probe[i] * vectors.getAtIndex(JAVA_DOUBLE, start + i);
    }
    if (product < 0 != wanted < 0) {
      for (int i = 0; i < n; i++) {
        double cell = vectors.getAtIndex(JAVA_DOUBLE, start + i);
        vectors.setAtIndex(JAVA_DOUBLE, start + i, -cell);
      }
    }
  }
}
