package dev.reprise.runtime.cpu.blas;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
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

/** LAPACK as OpenBLAS carries it, through its C interface LAPACKE. */
final class OpenBlasLapack implements Lapack {
  private static final int COLUMN_MAJOR = 102;

  private final OpenBlas library;
  private final Map<String, MethodHandle> functions = new ConcurrentHashMap<>();

  OpenBlasLapack(OpenBlas library) {
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

  @Override
  public int dgetrf(int m, int n, MemorySegment a, MemorySegment pivots) {
    MethodHandle call =
        function("LAPACKE_dgetrf", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);
    try {
      return (int)
          call.invokeExact(COLUMN_MAJOR, m, n, address(a), Math.max(1, m), address(pivots));
    } catch (Throwable e) {
      throw OpenBlas.broken(e);
    }
  }

  @Override
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
              COLUMN_MAJOR, (byte) 'T', n, columns, address(lu), n, address(pivots), address(b), n);
    } catch (Throwable e) {
      throw OpenBlas.broken(e);
    }
  }

  @Override
  public int dgetri(int n, MemorySegment lu, MemorySegment pivots) {
    MethodHandle call =
        function("LAPACKE_dgetri", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);
    try {
      return (int) call.invokeExact(COLUMN_MAJOR, n, address(lu), n, address(pivots));
    } catch (Throwable e) {
      throw OpenBlas.broken(e);
    }
  }

  @Override
  public int dpotrf(int n, MemorySegment a) {
    MethodHandle call =
        function("LAPACKE_dpotrf", JAVA_INT, JAVA_BYTE, JAVA_INT, JAVA_LONG, JAVA_INT);
    try {
      return (int) call.invokeExact(COLUMN_MAJOR, (byte) 'U', n, address(a), n);
    } catch (Throwable e) {
      throw OpenBlas.broken(e);
    }
  }

  @Override
  public int dsytrd(
      int n, MemorySegment a, MemorySegment diagonal, MemorySegment beside, MemorySegment tau) {
    MethodHandle call =
        function(
            "LAPACKE_dsytrd",
            JAVA_INT,
            JAVA_BYTE,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG);
    try {
      return (int)
          call.invokeExact(
              COLUMN_MAJOR,
              (byte) 'L',
              n,
              address(a),
              n,
              address(diagonal),
              address(beside),
              address(tau));
    } catch (Throwable e) {
      throw OpenBlas.broken(e);
    }
  }

  @Override
  public int dormtr(
      boolean transpose, int n, int columns, MemorySegment a, MemorySegment tau, MemorySegment c) {
    MethodHandle call =
        function(
            "LAPACKE_dormtr",
            JAVA_INT,
            JAVA_BYTE,
            JAVA_BYTE,
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
              (byte) 'L',
              (byte) 'L',
              (byte) (transpose ? 'T' : 'N'),
              n,
              columns,
              address(a),
              n,
              address(tau),
              address(c),
              n);
    } catch (Throwable e) {
      throw OpenBlas.broken(e);
    }
  }

  @Override
  public int dstedc(int n, MemorySegment diagonal, MemorySegment beside, MemorySegment vectors) {
    MethodHandle call =
        function(
            "LAPACKE_dstedc",
            JAVA_INT,
            JAVA_BYTE,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_INT);
    try {
      return (int)
          call.invokeExact(
              COLUMN_MAJOR, (byte) 'I', n, address(diagonal), address(beside), address(vectors), n);
    } catch (Throwable e) {
      throw OpenBlas.broken(e);
    }
  }

  @Override
  public int dgeev(
      int n, MemorySegment a, MemorySegment real, MemorySegment imaginary, MemorySegment vectors) {
    MethodHandle call =
        function(
            "LAPACKE_dgeev",
            JAVA_INT,
            JAVA_BYTE,
            JAVA_BYTE,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT);
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

  @Override
  public int dgesdd(
      int m, int n, MemorySegment a, MemorySegment values, MemorySegment u, MemorySegment vt) {
    MethodHandle call =
        function(
            "LAPACKE_dgesdd",
            JAVA_INT,
            JAVA_BYTE,
            JAVA_INT,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT);
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

  @Override
  public int dgeqrf(int m, int n, MemorySegment a, MemorySegment tau) {
    MethodHandle call =
        function("LAPACKE_dgeqrf", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);
    try {
      return (int) call.invokeExact(COLUMN_MAJOR, m, n, address(a), m, address(tau));
    } catch (Throwable e) {
      throw OpenBlas.broken(e);
    }
  }

  @Override
  public boolean isComplete() {
    return true;
  }
}
