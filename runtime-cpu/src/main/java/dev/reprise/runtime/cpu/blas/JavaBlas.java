package dev.reprise.runtime.cpu.blas;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The products in plain Java: for platforms without OpenBLAS. Rows of B are kept in the caches by
 * working on {@value #PANEL} of them at a time; sums run over ascending inner indices.
 */
final class JavaBlas implements Blas {
  /** Inner indices per panel: 128 rows of 256 doubles fit a second-level cache of 256 KiB. */
  private static final int PANEL = 128;

  private static final int COLUMNS = 256;

  @Override
  public void gemm(
      boolean transposeA, boolean transposeB, int m, int n, int k, Block a, Block b, Block c) {
    for (int from = 0; k == 0 && from < n; from += COLUMNS) {
      clear(m, from, Math.min(COLUMNS, n - from), c);
    }
    multiply(transposeA, transposeB, m, n, k, a, b, false, c);
  }

  @Override
  public void gemmAdd(
      boolean transposeA, boolean transposeB, int m, int n, int k, Block a, Block b, Block c) {
    multiply(transposeA, transposeB, m, n, k, a, b, true, c);
  }

  /** {@code adding}: what C holds is the first summand. */
  private static void multiply(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      Block a,
      Block b,
      boolean adding,
      Block c) {
    double[] panel = new double[PANEL * COLUMNS];
    double[] sums = new double[COLUMNS];
    for (int from = 0; from < n; from += COLUMNS) {
      int width = Math.min(COLUMNS, n - from);
      for (int inner = 0; inner < k; inner += PANEL) {
        int depth = Math.min(PANEL, k - inner);
        pack(transposeB, b, inner, depth, from, width, panel);
        for (int i = 0; i < m; i++) {
          long target = c.offset() + (long) i * c.stride() + from;
          load(inner == 0 && !adding, c.cells(), target, width, sums);
          for (int l = 0; l < depth; l++) {
            long row = transposeA ? inner + l : i;
            long col = transposeA ? i : inner + l;
            double factor = cell(a, row, col);
            for (int j = 0, p = l * width; j < width; j++, p++) {
              sums[j] += factor * panel[p];
            }
          }
          MemorySegment.copy(sums, 0, c.cells(), JAVA_DOUBLE, target * Double.BYTES, width);
        }
      }
    }
  }

  private static void clear(int m, int from, int width, Block c) {
    for (int i = 0; i < m; i++) {
      long start = (c.offset() + (long) i * c.stride() + from) * Double.BYTES;
      c.cells().asSlice(start, (long) width * Double.BYTES).fill((byte) 0);
    }
  }

  private static void load(boolean first, MemorySegment cells, long at, int width, double[] sums) {
    if (first) {
      Arrays.fill(sums, 0, width, 0);
    } else {
      MemorySegment.copy(cells, JAVA_DOUBLE, at * Double.BYTES, sums, 0, width);
    }
  }

  private static void pack(
      boolean transpose, Block b, int inner, int depth, int from, int width, double[] panel) {
    for (int l = 0; l < depth; l++) {
      for (int j = 0; j < width; j++) {
        panel[l * width + j] =
            transpose ? cell(b, from + j, inner + l) : cell(b, inner + l, from + j);
      }
    }
  }

  private static double cell(Block block, long row, long col) {
    return block.cells().getAtIndex(JAVA_DOUBLE, block.offset() + row * block.stride() + col);
  }

  @Override
  public void syrk(int n, int k, Block a, Block c) {
    gemm(true, false, n, n, k, a, a, c);
  }

  @Override
  public void syrkRight(int n, int k, Block a, Block c) {
    gemm(false, true, n, n, k, a, a, c);
  }

  @Override
  public void gemv(
      int m, int n, Block a, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {
    for (int i = 0; i < m; i++) {
      double sum = 0;
      for (int j = 0; j < n; j++) {
        sum += cell(a, i, j) * x.getAtIndex(JAVA_DOUBLE, xOffset + j);
      }
      y.setAtIndex(JAVA_DOUBLE, yOffset + i, sum);
    }
  }

  @Override
  public void gemvTransposed(
      int m, int n, Block a, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {
    double[] sums = new double[n];
    for (int i = 0; i < m; i++) {
      double factor = x.getAtIndex(JAVA_DOUBLE, xOffset + i);
      for (int j = 0; j < n; j++) {
        sums[j] += factor * cell(a, i, j);
      }
    }
    MemorySegment.copy(sums, 0, y, JAVA_DOUBLE, yOffset * Double.BYTES, n);
  }
}
