package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.GeneralProduct;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.gpu.Products;
import dev.reprise.runtime.gpu.SelfProduct;
import dev.reprise.runtime.gpu.StoredMatrix;

/**
 * Products of matrices, op(A) m x k and op(B) k x n: by the device's library where it has one, else
 * by our kernels. How the inner dimension is cut follows from the shape alone.
 */
final class Gemm {
  private static final int GROUP = 256;
  private static final int EDGE = 64;
  private static final int NARROW_EDGE = 16;

  /** Up to this extent of C a small tile wastes less. */
  private static final long NARROW = 24;

  /** Tiles that keep a large GPU busy; with fewer the inner dimension is cut. */
  private static final long ENOUGH_GROUPS = 512;

  private static final long LEAST_CHUNK = 256;

  /** Threads of a group on a processor: each does much. */
  private static final int GROUP_ON_PROCESSOR = 4;

  private static final long ENOUGH_BLOCKS = 64;
  private static final long LEAST_CHUNK_ON_PROCESSOR = 1024;

  /**
   * A row-major matrix inside a buffer, as it lies.
   *
   * @param at where its first cell lies, counted in cells
   * @param stride cells from one row to the next
   */
  record Block(DeviceBuffer buffer, long at, long stride) {
    static Block all(DeviceMatrix matrix) {
      return new Block(matrix.buffer(), 0, matrix.cols());
    }
  }

  private final KernelCall call;
  private final boolean ta;
  private final boolean tb;
  private final long m;
  private final long n;
  private final long k;

  private Gemm(KernelCall call, boolean ta, boolean tb, long m, long n, long k) {
    this.call = call;
    this.ta = ta;
    this.tb = tb;
    this.m = m;
    this.n = n;
    this.k = k;
  }

  /** C := op(A) op(B), where C has no gaps. */
  static void multiply(
      KernelCall call,
      boolean ta,
      boolean tb,
      long m,
      long n,
      long k,
      Block a,
      Block b,
      DeviceBuffer c) {
    Gemm gemm = new Gemm(call, ta, tb, m, n, k);
    if (!gemm.multiplyByLibrary(1, a, b, 0, new Block(c, 0, n))) {
      gemm.multiply(a, b, c, false);
    }
  }

  /** C := op(A) t(op(A)), exactly symmetric: A's block serves as both operands. */
  static void square(
      KernelCall call, boolean transposedLeft, long n, long k, Block a, DeviceBuffer c) {
    Gemm gemm = new Gemm(call, transposedLeft, !transposedLeft, n, n, k);
    if (!gemm.squareByLibrary(1, a, 0, new Block(c, 0, n))) {
      gemm.multiply(a, a, c, true);
    }
    call.run("gemm/mirror", n * n, c, n);
  }

  /** C := C - op(A) op(B). */
  static void subtract(
      KernelCall call, boolean ta, boolean tb, long m, long n, long k, Block a, Block b, Block c) {
    if (m > 0 && n > 0 && k > 0) {
      Gemm gemm = new Gemm(call, ta, tb, m, n, k);
      if (!gemm.multiplyByLibrary(-1, a, b, 1, c)) {
        gemm.launch(a, b, c, k, true, false);
      }
    }
  }

  /** The upper triangle of C := C - t(A) A, for A of k x n; other cells of C get anything. */
  static void subtractSquare(KernelCall call, long n, long k, Block a, Block c) {
    if (n > 0) {
      Gemm gemm = new Gemm(call, true, false, n, n, k);
      if (!gemm.squareByLibrary(-1, a, 1, c)) {
        gemm.launch(a, a, c, k, true, true);
      }
    }
  }

  private void multiply(Block a, Block b, DeviceBuffer c, boolean upper) {
    long chunk = chunk();
    long chunks = pieces(k, chunk);
    if (chunks == 1) {
      launch(a, b, new Block(c, 0, n), k, false, upper);
      return;
    }
    DeviceBuffer parts = call.scratch(chunks * m * n * call.precision().bytesPerCell());
    launch(a, b, new Block(parts, 0, n), chunk, false, upper);
    call.run("gemm/add_up", m * n, c, parts, m * n, chunks);
  }

  /** False when there is no library, or it does not take this. */
  private boolean multiplyByLibrary(double alpha, Block a, Block b, double beta, Block c) {
    Products library = call.backend().products();
    DeviceBuffer left = part(library, inPlace(a, ta ? k : m));
    DeviceBuffer right = part(library, inPlace(b, tb ? n : k));
    DeviceBuffer out = part(library, c);
    if (left == null || right == null || out == null) {
      return false;
    }
    return library.gemm(
        new GeneralProduct(
            call.precision(),
            call.products(),
            m,
            n,
            k,
            alpha,
            new StoredMatrix(left, a.stride(), ta),
            new StoredMatrix(right, b.stride(), tb),
            beta,
            StoredMatrix.ofRows(out, c.stride())));
  }

  /** Likewise the upper triangle of a square. */
  private boolean squareByLibrary(double alpha, Block a, double beta, Block c) {
    if (call.products() != ProductPrecision.FULL) {
      // Units for tensors have no product of half the cells.
      return multiplyByLibrary(alpha, a, a, beta, c);
    }
    Products library = call.backend().products();
    DeviceBuffer operand = part(library, inPlace(a, ta ? k : n));
    DeviceBuffer out = part(library, c);
    return operand != null
        && out != null
        && library.syrk(
            new SelfProduct(
                call.precision(),
                n,
                k,
                alpha,
                new StoredMatrix(operand, a.stride(), !ta),
                beta,
                StoredMatrix.ofRows(out, c.stride())));
  }

  /**
   * An operand as it is, or a copy of it at a place that it has in all iterations of a loop.
   *
   * @param rows that are stored
   */
  private Block inPlace(Block operand, long rows) {
    DeviceMatrix stored =
        new DeviceMatrix(rows, operand.stride(), call.precision(), operand.buffer());
    if (operand.at() != 0 || !call.backend().prefersCopy(operand.buffer(), stored.bytes())) {
      return operand;
    }
    DeviceMatrix copy =
        new DeviceMatrix(rows, operand.stride(), call.precision(), call.scratch(stored.bytes()));
    Rectangle.all(stored).copyTo(Rectangle.all(copy), rows, operand.stride(), call);
    return Block.all(copy);
  }

  private DeviceBuffer part(Products library, Block block) {
    if (library == null || block.at() == 0) {
      return library == null ? null : block.buffer();
    }
    return library.part(block.buffer(), block.at() * call.precision().bytesPerCell());
  }

  private long chunk() {
    long enough = call.isProcessor() ? ENOUGH_BLOCKS : ENOUGH_GROUPS;
    long least = call.isProcessor() ? LEAST_CHUNK_ON_PROCESSOR : LEAST_CHUNK;
    long chunks = Math.clamp(enough / tiles(), 1, Math.max(1, k / least));
    return pieces(k, chunks);
  }

  private long tiles() {
    return call.isProcessor() ? pieces(m, 4) * pieces(n, 8) : pieces(m, edge()) * pieces(n, edge());
  }

  private int edge() {
    return Math.min(m, n) <= NARROW ? NARROW_EDGE : EDGE;
  }

  private void launch(Block a, Block b, Block c, long chunk, boolean subtract, boolean upper) {
    long work = tiles() * pieces(k, chunk);
    Object[] arguments = {
      c.buffer(),
      c.at(),
      c.stride(),
      a.buffer(),
      a.at(),
      ta ? 1L : a.stride(),
      ta ? a.stride() : 1L,
      b.buffer(),
      b.at(),
      tb ? 1L : b.stride(),
      tb ? b.stride() : 1L,
      m,
      n,
      k,
      chunk,
      subtract ? 1 : 0,
      upper ? 1 : 0
    };
    if (call.isProcessor()) {
      long groups = Math.min(pieces(work, GROUP_ON_PROCESSOR), 1 << 16);
      call.runGroups("gemm/threads", groups, GROUP_ON_PROCESSOR, arguments);
    } else {
      String kernel = edge() == EDGE ? "gemm/groups" : "gemm/narrow_groups";
      call.runGroups(kernel, Math.min(work, Integer.MAX_VALUE), GROUP, arguments);
    }
  }

  static long pieces(long extent, long size) {
    return (extent + size - 1) / size;
  }
}
