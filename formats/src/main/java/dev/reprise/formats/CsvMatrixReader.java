package dev.reprise.formats;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Reads csv into a matrix in two passes over blocks of lines: count rows, then parse each block
 * straight to its place. Both passes run on several threads; the result does not depend on them.
 */
final class CsvMatrixReader {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final ReadSettings settings;
  private final List<TextBlock> blocks;
  private final int threads;
  private final int[] starts;

  CsvMatrixReader(ReadSettings settings, List<TextBlock> blocks, int threads) {
    this.settings = settings;
    this.blocks = blocks;
    this.threads = threads;
    this.starts = new int[blocks.size()];
  }

  /** Reads everything; the caller owns the matrix. */
  DenseMatrix read(Allocator allocator) {
    int headerCells = skipHeaders();
    int cols = countColumns(headerCells);
    if (cols < 0) {
      return empty(allocator, headerCells);
    }
    long[] firstRows = new long[blocks.size() + 1];
    BlockTasks.run(blocks.size(), threads, b -> firstRows[b + 1] = countRows(b, cols));
    for (int b = 0; b < blocks.size(); b++) {
      firstRows[b + 1] += firstRows[b];
    }
    long found = firstRows[blocks.size()];
    long rows = settings.filledRows(found, cols);
    settings.checkShape(rows, cols);
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols);
    try {
      matrix.segment().asSlice(found * cols * Double.BYTES).fill((byte) 0);
      BlockTasks.run(blocks.size(), threads, b -> parse(b, matrix, firstRows[b], firstRows[b + 1]));
      return matrix;
    } catch (RuntimeException | Error e) {
      matrix.buffer().release();
      throw e;
    }
  }

  /**
   * Finds where each block's rows start: after the header of the first part, and after a later
   * part's first line when it repeats that header.
   *
   * @return the number of header cells, or -1 without a header
   */
  private int skipHeaders() {
    if (!settings.header() || blocks.isEmpty()) {
      return -1;
    }
    byte[] first = blocks.get(0).load();
    byte[] header = Arrays.copyOf(first, lineLength(first));
    starts[0] = header.length;
    for (int b = 1; b < blocks.size(); b++) {
      if (blocks.get(b).before() == null && CsvCells.startsWith(blocks.get(b).load(), 0, header)) {
        starts[b] = header.length;
      }
    }
    // Names may be quoted and hold separators, unlike numbers.
    return new CsvFields(blocks.get(0), header, settings.separator()).countInLine();
  }

  private static int lineLength(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    return Math.min(bytes.length, end + 1);
  }

  /** The number of cells in the first line that is not blank; -1 when there is none. */
  private int countColumns(int headerCells) {
    for (int b = 0; b < blocks.size(); b++) {
      byte[] bytes = blocks.get(b).load();
      CsvCells cells =
          new CsvCells(blocks.get(b), bytes, starts[b], settings.separator(), settings.missing());
      cells.skipBlankLines();
      if (cells.hasMore()) {
        int found = CsvCells.countCells(bytes, cells.position(), settings.separator());
        if (headerCells >= 0 && headerCells != found) {
          throw blocks
              .get(b)
              .problem(
                  bytes,
                  cells.position(),
                  "the line has " + found + " cells, the header has " + headerCells);
        }
        return found;
      }
    }
    // Nothing but blank lines: cells of a single column, all of them missing.
    return blocks.isEmpty() || settings.cols() > 1 || headerCells > 1 || !hasRows() ? -1 : 1;
  }

  private boolean hasRows() {
    for (int b = 0; b < blocks.size(); b++) {
      if (starts[b] < blocks.get(b).length()) {
        return true;
      }
    }
    return false;
  }

  private DenseMatrix empty(Allocator allocator, int headerCells) {
    long cols = headerCells >= 0 ? headerCells : settings.cols();
    long rows = settings.rows() >= 0 && cols == 0 ? settings.rows() : 0;
    if (cols < 0 || headerCells < 0 && settings.rows() != 0 && cols != 0) {
      throw new FormatException(
          settings.file(),
          settings.data().parts().size() > 1 ? "the files are empty" : "the file is empty");
    }
    settings.checkShape(rows, cols);
    return DenseMatrix.allocate(allocator, rows, cols);
  }

  /**
   * Rows of a block: lines that are not blank; in a single column a blank line is a missing cell.
   */
  private long countRows(int b, int cols) {
    byte[] bytes = blocks.get(b).load();
    int from = starts[b];
    long rows = 0;
    int previous = from - 1;
    for (int i = from; i < bytes.length; ) {
      if (i + 8 <= bytes.length) {
        long word = (long) LONGS.get(bytes, i) ^ 0x0A0A0A0A0A0A0A0AL;
        long hit = (word - 0x0101010101010101L) & ~word & 0x8080808080808080L;
        if (hit == 0) {
          i += 8;
          continue;
        }
        i += Long.numberOfTrailingZeros(hit) >>> 3;
      } else if (bytes[i] != '\n') {
        i++;
        continue;
      }
      rows += cols == 1 || !isBlank(bytes, previous + 1, i) ? 1 : 0;
      previous = i++;
    }
    return rows + (previous + 1 < bytes.length ? 1 : 0);
  }

  private static boolean isBlank(byte[] bytes, int from, int end) {
    return end == from || end == from + 1 && bytes[from] == '\r';
  }

  private void parse(int b, DenseMatrix matrix, long firstRow, long endRow) {
    TextBlock block = blocks.get(b);
    byte[] bytes = block.load();
    CsvCells cells =
        new CsvCells(block, bytes, starts[b], settings.separator(), settings.missing());
    double[] row = new double[Math.toIntExact(matrix.cols())];
    MemorySegment target = matrix.segment();
    long rowBytes = matrix.cols() * Double.BYTES;
    for (long r = firstRow; r < endRow; r++) {
      if (row.length > 1) {
        cells.skipBlankLines();
      }
      cells.line(row);
      MemorySegment.copy(row, 0, target, ValueLayout.JAVA_DOUBLE, r * rowBytes, row.length);
    }
  }
}
