package dev.reprise.runtime.cpu.blas;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * LAPACK's factorisations, on the calling thread. Thread-safe.
 *
 * <p>Matrices are column-major here, as LAPACK has them; a row-major matrix passed as it lies in
 * memory is therefore its transpose. Names and the returned {@code info} are LAPACK's: 0 is
 * success, i &gt; 0 a value-dependent failure. All matrices are without gaps and are overwritten.
 * Source: LAPACK Users' Guide, the C interface LAPACKE.
 */
public final class Lapack {
  private static final int COLUMN_MAJOR = 102;

  private final OpenBlas library;
  private final Map<String, MethodHandle> functions = new ConcurrentHashMap<>();

  Lapack(OpenBlas library) {
    this.library = library;
    try {
      MethodHandle check =
          library.function("LAPACKE_set_nancheck", FunctionDescriptor.ofVoid(JAVA_INT));
      check.invokeExact(0);
    } catch (Throwable e) {
      throw OpenBlas.broken(e);
    }
  }

  private MethodHandle function(String name, MemoryLayout... arguments) {
    MethodHandle known = functions.get(name);
    if (known != null) {
      return known;
    }
    return functions.computeIfAbsent(
        name,
        missing -> {
          try {
            return library.function(missing, FunctionDescriptor.of(JAVA_INT, arguments));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static long address(MemorySegment cells) {
    return OpenBlas.address(cells, 0);
  }

  /** LU of the m x n matrix with row exchanges; pivots are min(m, n) 32-bit numbers from 1. */
  public int dgetrf(int m, int n, MemorySegment a, MemorySegment pivots) {
    MethodHandle call =
        function("LAPACKE_dgetrf", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);
    try {
      return (int) call.invokeExact(COLUMN_MAJOR, m, n, address(a), Math.max(1, m), address(pivots));
    } catch (Throwable e) {
      throw OpenBlas.broken(e);
    }
  }

  /** Solves t(A) X = B with the result of {@link #dgetrf}; B is n x columns and becomes X. */
  public int dgetrsTransposed(
      int n, int columns, MemorySegment lu, MemorySegment pivots, MemorySegment b) {
    MethodHandle call =
        function(
            "LAPACKE_dgetrs",
            JAVA_INT,
            JAVA_BYTE,
            JAVA_INT,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_INT);
    try {
      return (int)
          call.invokeExact(
              COLUMN_MAJOR,
              (byte) 'T',
              n,
              columns,
              address(lu),
              n,
              address(pivots),
              address(b),
              n);
    } catch (Throwable e) {
      throw OpenBlas.broken(e);
    }
  }

  /** The inverse from the result of {@link #dgetrf}, in place. */
  public int dgetri(int n, MemorySegment lu, MemorySegment pivots) {
    MethodHandle call =
        function("LAPACKE_dgetri", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);
    try {
      return (int) call.invokeExact(COLUMN_MAJOR, n, address(lu), n, address(pivots));
    } catch (Throwable e) {
      throw OpenBlas.broken(e);
    }
  }

  /** The upper Cholesky factor U of A = t(U) U in the upper triangle. */
  public int dpotrf(int n, MemorySegment a) {
    MethodHandle call =
        function("LAPACKE_dpotrf", JAVA_INT, JAVA_BYTE, JAVA_INT, JAVA_LONG, JAVA_INT);
    try {
      return (int) call.invokeExact(COLUMN_MAJOR, (byte) 'U', n, address(a), n);
    } catch (Throwable e) {
      throw OpenBlas.broken(e);
    }
  }

  /** Eigenvalues, ascending, and vectors (the columns of A afterwards) of a symmetric matrix. */
  public int dsyevd(int n, MemorySegment a, MemorySegment values) {
    MethodHandle call =
        function(
            "LAPACKE_dsyevd", JAVA_INT, JAVA_BYTE, JAVA_BYTE, JAVA_INT, JAVA_LONG, JAVA_INT,
            JAVA_LONG);
    try {
      return (int)
          call.invokeExact(
              COLUMN_MAJOR, (byte) 'V', (byte) 'L', n, address(a), n, address(values));
    } catch (Throwable e) {
      throw OpenBlas.broken(e);
    }
  }

  /** Eigenvalues (real and imaginary parts) and right eigenvectors of a general matrix. */
  public int dgeev(
      int n, MemorySegment a, MemorySegment real, MemorySegment imaginary, MemorySegment vectors) {
    MethodHandle call =
        function(
            "LAPACKE_dgeev", JAVA_INT, JAVA_BYTE, JAVA_BYTE, JAVA_INT, JAVA_LONG, JAVA_INT,
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    try {
      return (int)
          call.invokeExact(
              COLUMN_MAJOR,
              (byte) 'N',
              (byte) 'V',
              n,
              address(a),
              n,
              address(real),
              address(imaginary),
              0L,
              n,
              address(vectors),
              n);
    } catch (Throwable e) {
      throw OpenBlas.broken(e);
    }
  }

  /** A = U S VT, thin: U is m x r, VT is r x n, r = min(m, n); values descending. */
  public int dgesdd(
      int m, int n, MemorySegment a, MemorySegment values, MemorySegment u, MemorySegment vt) {
    MethodHandle call =
        function(
            "LAPACKE_dgesdd", JAVA_INT, JAVA_BYTE, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT,
            JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    try {
      return (int)
          call.invokeExact(
              COLUMN_MAJOR,
              (byte) 'S',
              m,
              n,
              address(a),
              m,
              address(values),
              address(u),
              m,
              address(vt),
              Math.min(m, n));
    } catch (Throwable e) {
      throw OpenBlas.broken(e);
    }
  }

  /** Householder QR: R in the upper triangle, the vectors below it, their factors in tau. */
  public int dgeqrf(int m, int n, MemorySegment a, MemorySegment tau) {
    MethodHandle call =
        function("LAPACKE_dgeqrf", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);
    try {
      return (int) call.invokeExact(COLUMN_MAJOR, m, n, address(a), m, address(tau));
    } catch (Throwable e) {
      throw OpenBlas.broken(e);
    }
  }
}
