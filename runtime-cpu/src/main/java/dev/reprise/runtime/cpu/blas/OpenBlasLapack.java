package dev.reprise.runtime.cpu.blas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;

/** LAPACK as OpenBLAS carries it, through its C interface LAPACKE. */
final class OpenBlasLapack implements Lapack {
  private static final int COLUMN_MAJOR = 102;

  private final OpenBlas library;

  OpenBlasLapack(OpenBlas library) {
    this.library = library;
    call("LAPACKE_set_nancheck", 0);
  }

  private int call(String name, long... arguments) {
    try {
      return (int) library.call(name, arguments);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long address(MemorySegment cells) {
    return OpenBlas.address(cells, 0);
  }

  @Override
  public int dgetrf(int m, int n, MemorySegment a, MemorySegment pivots) {
    return call("LAPACKE_dgetrf", COLUMN_MAJOR, m, n, address(a), Math.max(1, m), address(pivots));
  }

  @Override
  public int dgetrsTransposed(
      int n, int columns, MemorySegment lu, MemorySegment pivots, MemorySegment b) {
    return call(
        "LAPACKE_dgetrs",
        COLUMN_MAJOR,
        'T',
        n,
        columns,
        address(lu),
        n,
        address(pivots),
        address(b),
        n);
  }

  @Override
  public int dgetri(int n, MemorySegment lu, MemorySegment pivots) {
    return call("LAPACKE_dgetri", COLUMN_MAJOR, n, address(lu), n, address(pivots));
  }

  @Override
  public int dpotrf(int n, MemorySegment a) {
    return call("LAPACKE_dpotrf", COLUMN_MAJOR, 'U', n, address(a), n);
  }

  @Override
  public int dsytrd(
      int n, MemorySegment a, MemorySegment diagonal, MemorySegment beside, MemorySegment tau) {
    return call(
        "LAPACKE_dsytrd",
        COLUMN_MAJOR,
        'L',
        n,
        address(a),
        n,
        address(diagonal),
        address(beside),
        address(tau));
  }

  @Override
  public int dormtr(
      boolean transpose, int n, int columns, MemorySegment a, MemorySegment tau, MemorySegment c) {
    return call(
        "LAPACKE_dormtr",
        COLUMN_MAJOR,
        'L',
        'L',
        transpose ? 'T' : 'N',
        n,
        columns,
        address(a),
        n,
        address(tau),
        address(c),
        n);
  }

  @Override
  public int dstedc(int n, MemorySegment diagonal, MemorySegment beside, MemorySegment vectors) {
    return call(
        "LAPACKE_dstedc",
        COLUMN_MAJOR,
        'I',
        n,
        address(diagonal),
        address(beside),
        address(vectors),
        n);
  }

  @Override
  public int dgeev(
      int n, MemorySegment a, MemorySegment real, MemorySegment imaginary, MemorySegment vectors) {
    return call(
        "LAPACKE_dgeev",
        COLUMN_MAJOR,
        'N',
        'V',
        n,
        address(a),
        n,
        address(real),
        address(imaginary),
        0,
        n,
        address(vectors),
        n);
  }

  @Override
  public int dgesdd(
      int m, int n, MemorySegment a, MemorySegment values, MemorySegment u, MemorySegment vt) {
    return call(
        "LAPACKE_dgesdd",
        COLUMN_MAJOR,
        'S',
        m,
        n,
        address(a),
        m,
        address(values),
        address(u),
        m,
        address(vt),
        Math.min(m, n));
  }

  @Override
  public int dgeqrf(int m, int n, MemorySegment a, MemorySegment tau) {
    return call("LAPACKE_dgeqrf", COLUMN_MAJOR, m, n, address(a), m, address(tau));
  }

  @Override
  public boolean isComplete() {
    return true;
  }
}
