package dev.reprise.runtime.cpu.blas;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * OpenBLAS by the foreign-function interface; each call runs on the calling thread.
 *
 * <p>Pointers are passed as plain 64-bit addresses: that costs no object per call, and the caller
 * holds the matrices for the duration of the call anyway. A call costs about 30 ns on top of the
 * arithmetic.
 */
public final class OpenBlas implements Blas {
  private static final int ROW_MAJOR = 101;
  private static final int PLAIN = 111;
  private static final int TRANSPOSED = 112;
  private static final int UPPER = 121;

  private static final FunctionDescriptor DGEMM =
      FunctionDescriptor.ofVoid(
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          JAVA_DOUBLE,
          JAVA_LONG,
          JAVA_INT,
          JAVA_LONG,
          JAVA_INT,
          JAVA_DOUBLE,
          JAVA_LONG,
          JAVA_INT);
  private static final FunctionDescriptor SGEMM =
      FunctionDescriptor.ofVoid(
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          JAVA_FLOAT,
          JAVA_LONG,
          JAVA_INT,
          JAVA_LONG,
          JAVA_INT,
          JAVA_FLOAT,
          JAVA_LONG,
          JAVA_INT);
  private static final FunctionDescriptor DSYRK =
      FunctionDescriptor.ofVoid(
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          JAVA_DOUBLE,
          JAVA_LONG,
          JAVA_INT,
          JAVA_DOUBLE,
          JAVA_LONG,
          JAVA_INT);
  private static final FunctionDescriptor DGEMV =
      FunctionDescriptor.ofVoid(
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          JAVA_DOUBLE,
          JAVA_LONG,
          JAVA_INT,
          JAVA_LONG,
          JAVA_INT,
          JAVA_DOUBLE,
          JAVA_LONG,
          JAVA_INT);

  private static final int MOST_ARGUMENTS = 12;

  /**
   * Of functions of up to so many whole numbers and addresses: each takes a register or eight bytes
   * of the stack, ints their lower half, and what is more than they take lies beyond what they
   * read. (Where ints on the stack take four bytes, as on macOS, no function here has two side by
   * side.)
   */
  private static final FunctionDescriptor NUMBERS =
      FunctionDescriptor.of(
          JAVA_LONG, Collections.nCopies(MOST_ARGUMENTS, JAVA_LONG).toArray(MemoryLayout[]::new));

  // Read when first asked for; any thread may, and reads the same.
  private volatile String coreName;

  private final Linker linker;
  private final SymbolLookup symbols;
  private final Map<String, MemorySegment> functions = new ConcurrentHashMap<>();
  // Bound when first called, since each costs milliseconds of a script's start. Handles are
  // immutable, so a racing thread sees null or a complete one, and at worst binds it again.
  private MethodHandle ofNumbers;
  private MethodHandle dgemm;
  private MethodHandle sgemm;
  private MethodHandle dsyrk;
  private MethodHandle dgemv;
  // Publishes the finished object; made under the lock when first asked for.
  private volatile Lapack lapack;

  private OpenBlas(Linker linker, SymbolLookup symbols) throws IOException {
    this.linker = linker;
    this.symbols = symbols;
    useOneThread();
  }

  /** Unpacks and loads the library. */
  static OpenBlas load(NativeLocation location) throws IOException {
    return new OpenBlas(Linker.nativeLinker(), new NativeLibraries(location).load());
  }

  /**
   * Sets what {@code openblas_set_num_threads} sets, without the milliseconds that binding the
   * function takes. With the environment variable OPENBLAS_NUM_THREADS=1 the library does not even
   * start threads when it loads.
   */
  private void useOneThread() throws IOException {
    Optional<MemorySegment> threads = symbols.find("blas_cpu_number");
    if (threads.isPresent()) {
      threads.get().reinterpret(Integer.BYTES).set(JAVA_INT, 0, 1);
      return;
    }
    call("openblas_set_num_threads", 1);
  }

  /** How many threads a call uses; always 1. */
  public int threads() {
    try {
      return (int) call("openblas_get_num_threads");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Binds the functions that products call, so that the first product need not; but those with
   * vectors, most of which are generated code.
   */
  void bindProducts() {
    dgemm = bind("cblas_dgemm", DGEMM);
    dsyrk = bind("cblas_dsyrk", DSYRK);
  }

  /** The name of the processor family whose kernels OpenBLAS chose, such as {@code Haswell}. */
  public String coreName() {
    String known = coreName;
    if (known == null) {
      known = readCoreName();
      coreName = known;
    }
    return known;
  }

  private String readCoreName() {
    try {
      return MemorySegment.ofAddress(call("openblas_get_corename")).reinterpret(64).getString(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The factorisations of the same library. */
  public Lapack lapack() {
    Lapack known = lapack;
    return known == null ? bindLapack() : known;
  }

  private synchronized Lapack bindLapack() {
    if (lapack == null) {
      lapack = new OpenBlasLapack(this);
    }
    return lapack;
  }

  /**
   * Calls a function of whole numbers and addresses: all have one form, since the JVM makes a score
   * of classes for each, which takes 6 to 20 ms.
   *
   * @param arguments at most {@value #MOST_ARGUMENTS}
   * @return what it returns; of one that returns an int the lower half
   * @throws IOException when the library lacks the function
   */
  long call(String name, long... arguments) throws IOException {
    MemorySegment function = symbol(name);
    long[] a = Arrays.copyOf(arguments, MOST_ARGUMENTS);
    try {
      return (long)
          ofNumbers()
              .invokeExact(
                  function, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10],
                  a[11]);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  private MethodHandle ofNumbers() {
    MethodHandle known = ofNumbers;
    if (known == null) {
      known = linker.downcallHandle(NUMBERS);
      ofNumbers = known;
    }
    return known;
  }

  private MemorySegment symbol(String name) throws IOException {
    MemorySegment known = functions.get(name);
    if (known == null) {
      known = symbols.find(name).orElseThrow(() -> new IOException("OpenBLAS lacks " + name));
      functions.put(name, known);
    }
    return known;
  }

  /** A native call itself throws nothing, so whatever arrives here is a bug or an error. */
  static IllegalStateException broken(Throwable e) {
    return new IllegalStateException("a call of OpenBLAS failed", e);
  }

  private MethodHandle bind(String name, FunctionDescriptor descriptor) {
    try {
      return linker.downcallHandle(symbol(name), descriptor);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long address(Block block) {
    return address(block.cells(), block.offset());
  }

  static long address(MemorySegment cells, long offset) {
    if (!cells.isNative()) {
      throw new IllegalArgumentException("cells must lie outside the Java heap");
    }
    return cells.address() + offset * Double.BYTES;
  }

  @Override
  public void gemm(
      boolean transposeA, boolean transposeB, int m, int n, int k, Block a, Block b, Block c) {
    gemm(transposeA, transposeB, m, n, k, a, b, 0.0, c);
  }

  @Override
  public void gemmAdd(
      boolean transposeA, boolean transposeB, int m, int n, int k, Block a, Block b, Block c) {
    gemm(transposeA, transposeB, m, n, k, a, b, 1.0, c);
  }

  /** C = keep C + op(A) op(B). */
  private void gemm(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      Block a,
      Block b,
      double keep,
      Block c) {
    MethodHandle call = dgemm;
    if (call == null) {
      call = bind("cblas_dgemm", DGEMM);
      dgemm = call;
    }
    try {
      call.invokeExact(
          ROW_MAJOR,
          transposeA ? TRANSPOSED : PLAIN,
          transposeB ? TRANSPOSED : PLAIN,
          m,
          n,
          k,
          1.0,
          address(a),
          a.stride(),
          address(b),
          b.stride(),
          keep,
          address(c),
          c.stride());
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** As {@link #gemm}, over floats; offsets and strides are counted in floats. */
  public void gemmFloats(
      boolean transposeA, boolean transposeB, int m, int n, int k, Block a, Block b, Block c) {
    gemmFloats(transposeA, transposeB, m, n, k, a, b, 0.0f, c);
  }

  /** As {@link #gemmAdd}, over floats; offsets and strides are counted in floats. */
  public void gemmAddFloats(
      boolean transposeA, boolean transposeB, int m, int n, int k, Block a, Block b, Block c) {
    gemmFloats(transposeA, transposeB, m, n, k, a, b, 1.0f, c);
  }

  private void gemmFloats(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      Block a,
      Block b,
      float keep,
      Block c) {
    MethodHandle call = sgemm;
    if (call == null) {
      call = bind("cblas_sgemm", SGEMM);
      sgemm = call;
    }
    try {
      call.invokeExact(
          ROW_MAJOR,
          transposeA ? TRANSPOSED : PLAIN,
          transposeB ? TRANSPOSED : PLAIN,
          m,
          n,
          k,
          1.0f,
          floatAddress(a),
          a.stride(),
          floatAddress(b),
          b.stride(),
          keep,
          floatAddress(c),
          c.stride());
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  private static long floatAddress(Block block) {
    return address(block.cells(), 0) + block.offset() * Float.BYTES;
  }

  @Override
  public void syrk(int n, int k, Block a, Block c) {
    syrk(TRANSPOSED, n, k, a, c);
  }

  @Override
  public void syrkRight(int n, int k, Block a, Block c) {
    syrk(PLAIN, n, k, a, c);
  }

  private void syrk(int transpose, int n, int k, Block a, Block c) {
    MethodHandle call = dsyrk;
    if (call == null) {
      call = bind("cblas_dsyrk", DSYRK);
      dsyrk = call;
    }
    try {
      call.invokeExact(
          ROW_MAJOR,
          UPPER,
          transpose,
          n,
          k,
          1.0,
          address(a),
          a.stride(),
          0.0,
          address(c),
          c.stride());
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  @Override
  public void gemv(
      int m, int n, Block a, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {
    gemv(PLAIN, m, n, a, address(x, xOffset), address(y, yOffset));
  }

  @Override
  public void gemvTransposed(
      int m, int n, Block a, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {
    gemv(TRANSPOSED, m, n, a, address(x, xOffset), address(y, yOffset));
  }

  private void gemv(int transpose, int m, int n, Block a, long x, long y) {
    MethodHandle call = dgemv;
    if (call == null) {
      call = bind("cblas_dgemv", DGEMV);
      dgemv = call;
    }
    try {
      call.invokeExact(ROW_MAJOR, transpose, m, n, 1.0, address(a), a.stride(), x, 1, 0.0, y, 1);
    } catch (Throwable e) {
      throw broken(e);
    }
  }
}
