package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.blas.CellProducts;
import dev.reprise.runtime.cpu.blas.OpenBlas;
import dev.reprise.runtime.cpu.code.PanelPacking;
import dev.reprise.runtime.cpu.code.PanelSums;
import dev.reprise.runtime.cpu.code.RowGroups;
import java.lang.foreign.MemorySegment;

/**
 * Products of the blocks of a head by generated code, since OpenBLAS's calls take longer than such
 * small products: of floats, but for scores of heads of few or very many columns, each product
 * joined with its addition, in the order of the terms; of doubles where it has the bits of
 * OpenBLAS. OpenBLAS's kernels for Haswell and Zen join each product of a sum with its addition, in
 * the order of the terms, beginning with 0, and add the sum to the result, which they have cleared
 * before if it is new: so does this. Of doubles left to OpenBLAS are an odd number of rows, of
 * which the last one has sums of its own order, sums of many terms, which it cuts, and other
 * processors' kernels. Where there is no generated code all is.
 *
 * <p>Belongs to one task.
 */
final class HeadProducts {
  /** Terms of a sum that OpenBLAS does not cut; of floats those after which a sum is stored. */
  private static final int MOST_TERMS = 256;

  private static final int PANELS_BYTES = MOST_TERMS * PanelSums.PANEL_BYTES;

  private static final int LINE = 64;

  private static final long KEPT_BYTES = Math.ceilDiv(PanelSums.ARGUMENT_BYTES, LINE) * (long) LINE;

  private final CellProducts products;
  private final PanelSums sums;
  private final PanelPacking packing;
  private final int bytes;
  private final int lanes;
  private final MemorySegment panels;
  private final PanelSums.Arguments arguments;

  /**
   * Memory that a task needs: whole lines of the cache, or none. As many panels as are used at a
   * time, or all there are where these are fewer.
   *
   * @param positions most keys or rows of a product; {@code width} likewise of a head
   */
  static long bytes(CellProducts products, int positions, int width) {
    if (!areThere(products)) {
      return 0;
    }
    int lanes = PanelPacking.lanes(products.precision());
    long most = Math.max(panels(positions, width, lanes), panels(width, positions, lanes));
    return KEPT_BYTES + Math.min(PANELS_BYTES, most);
  }

  /** Bytes of the panels of so many columns and terms. */
  private static long panels(int columns, int terms, int lanes) {
    return Math.ceilDiv(columns, lanes)
        * Math.min(terms, MOST_TERMS)
        * (long) PanelSums.PANEL_BYTES;
  }

  /** So much of it, the first of it, is kept from product to product; the rest may be used. */
  static long keptBytes(CellProducts products) {
    return areThere(products) ? KEPT_BYTES : 0;
  }

  /**
   * @param memory as much as {@link #bytes} says, aligned to 64
   */
  HeadProducts(CellProducts products, MemorySegment memory) {
    Precision precision = products.precision();
    this.products = products;
    this.bytes = products.bytes();
    this.lanes = PanelPacking.lanes(precision);
    this.packing = areThere(products) ? PanelPacking.find(precision) : null;
    if (packing == null) {
      this.sums = null;
      this.panels = null;
      this.arguments = null;
    } else {
      this.sums = PanelSums.find(precision);
      this.panels = memory.asSlice(KEPT_BYTES);
      this.arguments =
          new PanelSums.Arguments(memory.asSlice(0, PanelSums.ARGUMENT_BYTES))
              .direction(0, 1, 0, 0)
              .direction(1, 1, 0, 0);
    }
  }

  private static boolean areThere(CellProducts products) {
    Precision precision = products.precision();
    return PanelSums.find(precision) != null
        && PanelPacking.find(precision) != null
        && (precision == Precision.FP32 || areAlike(products));
  }

  /** Whether OpenBLAS adds in the same order. */
  private static boolean areAlike(CellProducts products) {
    return products.blas() instanceof OpenBlas open
        && (open.coreName().equals("Zen") || open.coreName().equals("Haswell"));
  }

  /** Whether sums of so many terms are stored once. */
  private boolean fits(int rows, int terms) {
    return fitsInParts(rows, terms) && terms <= MOST_TERMS;
  }

  /** Whether sums may be added to what was stored of the first terms. */
  private boolean fitsInParts(int rows, int terms) {
    boolean isAlike = rows % 2 == 0 && terms <= MOST_TERMS;
    return packing != null && (isAlike || products.precision() == Precision.FP32);
  }

  /** C = A t(B); zeros of sums whose terms all vanish may have the other sign. */
  void turned(int m, int n, int k, Blas.Block a, Blas.Block b, Blas.Block c) {
    if (!fits(m, k) || k < PanelPacking.leastColumns(products.precision())) {
      products.gemm(false, true, m, n, k, a, b, c);
      return;
    }
    arguments.adds(false).innermost(k, bytes, bytes);
    long step = (long) b.stride() * bytes;
    sum(
        m,
        n,
        k,
        a,
        (long) a.stride() * bytes,
        c,
        (column, count, into) -> packing.columns(address(b) + column * step, step, count, k, into));
  }

  /** C = A B. */
  void plain(int m, int n, int k, Blas.Block a, Blas.Block b, Blas.Block c) {
    if (!fitsInParts(m, k)) {
      products.gemm(false, false, m, n, k, a, b, c);
      return;
    }
    clear(m, n, c);
    arguments.adds(true);
    for (int first = 0; first < k; first += MOST_TERMS) {
      int terms = Math.min(MOST_TERMS, k - first);
      arguments.innermost(terms, bytes, bytes);
      Blas.Block left = new Blas.Block(a.cells(), a.offset() + first, a.stride());
      long right = b.offset() + (long) first * b.stride();
      Blas.Block rows = new Blas.Block(b.cells(), right, b.stride());
      sumRows(m, n, terms, left, (long) a.stride() * bytes, rows, c);
    }
  }

  /** C = C + t(A) B. */
  void addTurned(int m, int n, int k, Blas.Block a, Blas.Block b, Blas.Block c) {
    if (!fits(m, k)) {
      products.gemmAdd(true, false, m, n, k, a, b, c);
      return;
    }
    arguments.adds(true).innermostApart(k, (long) a.stride() * bytes, PanelSums.PANEL_BYTES);
    sumRows(m, n, k, a, bytes, b, c);
  }

  /** Cells become 0. */
  void clear(int rows, int cols, Blas.Block c) {
    for (int row = 0; row < rows; row++) {
      long at = (c.offset() + (long) row * c.stride()) * bytes;
      c.cells().asSlice(at, (long) cols * bytes).fill((byte) 0);
    }
  }

  private void sumRows(
      int m, int n, int k, Blas.Block a, long rowStep, Blas.Block b, Blas.Block c) {
    long step = (long) b.stride() * bytes;
    sum(
        m,
        n,
        k,
        a,
        rowStep,
        c,
        (column, count, into) -> packing.rows(address(b) + column * bytes, step, count, k, into));
  }

  /** Makes a panel of some columns of op(B). */
  @FunctionalInterface
  private interface Packer {
    void pack(long column, int count, long into);
  }

  /** Sums some panels at a time. */
  private void sum(int m, int n, int k, Blas.Block a, long rowStep, Blas.Block c, Packer packer) {
    int panelBytes = k * PanelSums.PANEL_BYTES;
    int together = (int) (panels.byteSize() / panelBytes) * lanes;
    RowGroups groups = RowGroups.of(m);
    arguments.rows(rowStep, (long) c.stride() * bytes);
    for (int first = 0; first < n; first += together) {
      int end = Math.min(n, first + together);
      for (int column = first; column < end; column += lanes) {
        long into = panels.address() + (long) (column - first) / lanes * panelBytes;
        packer.pack(column, Math.min(lanes, end - column), into);
      }
      int count = (end - first + lanes - 1) / lanes;
      long stored = (long) (end - first - (count - 1) * lanes) * bytes;
      arguments.panels(count, panelBytes).stored(stored);
      arguments.at(
          a.cells(), a.offset() * bytes, panels, 0, c.cells(), (c.offset() + first) * bytes);
      sums.runGroups(groups, arguments);
    }
  }

  private long address(Blas.Block block) {
    return block.cells().address() + block.offset() * bytes;
  }
}
