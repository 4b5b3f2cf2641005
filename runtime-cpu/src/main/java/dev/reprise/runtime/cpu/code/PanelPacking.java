package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/**
 * Brings cells of a matrix to where {@link PanelSums} reads them one after the other. A panel has
 * rows of 64 bytes, made of pieces of the matrix's rows, or of columns of some rows. A strip has
 * rows of up to six cells: a group of rows of a left operand that is given as its transpose.
 *
 * <p>All places are addresses of native memory, which the JVM does not check. Stateless, for any
 * number of threads.
 */
public final class PanelPacking {
  /** Bytes of a row that is copied, at least. */
  public static final int LEAST_COPIED = RowVectors.BYTES;

  /** Pieces of code that copy bytes, whatever cells these are of. */
  private static final CodeTable ROWS_OF_PANELS = single("panels", PackingCode::rowsOfPanels);

  private static final CodeTable COPIES = single("copies of rows", PackingCode::copies);

  private final int cellBytes;
  private final int square;
  private final CodeTable rows;

  // By cells of a strip's row, and by rows that there are.
  private final CodeTable strips;
  private final CodeTable columns;

  // By rows that are written.
  private final CodeTable planes;

  // As many cells with all bits set as a panel has lanes, and as many zeros behind.
  private final MemorySegment masks =
      Arena.global().allocate(2 * PanelSums.PANEL_BYTES, PanelSums.PANEL_BYTES);

  private PanelPacking(boolean doubles) {
    cellBytes = doubles ? Double.BYTES : Float.BYTES;
    square = SquareCode.side(doubles);
    rows = single("panels", () -> PackingCode.rows(doubles));
    strips =
        new CodeTable(
            "strips", PanelSums.MOST_ROWS + 1, cells -> PackingCode.strips(doubles, cells));
    columns = new CodeTable("panels", square + 1, there -> PackingCode.columns(doubles, there));
    planes = new CodeTable("planes", square + 1, written -> PackingCode.planes(doubles, written));
    masks.asSlice(0, PanelSums.PANEL_BYTES).fill((byte) -1);
  }

  private static CodeTable single(String what, Supplier<byte[]> maker) {
    return new CodeTable(what, 1, _ -> maker.get());
  }

  /** Of a process: made when first asked for, and found or not for good. */
  private static final class Made {
    static final PanelPacking DOUBLES = make(Precision.FP64);
    static final PanelPacking FLOATS = make(Precision.FP32);

    private static PanelPacking make(Precision precision) {
      return PanelSums.find(precision) == null
          ? null
          : new PanelPacking(precision == Precision.FP64);
    }
  }

  /** That of cells of a precision; null where the machine has none. */
  public static PanelPacking find(Precision precision) {
    return precision == Precision.FP64 ? Made.DOUBLES : Made.FLOATS;
  }

  /** Cells of a row of a panel. */
  public static int lanes(Precision precision) {
    return PanelSums.PANEL_BYTES / precision.bytesPerCell();
  }

  /** Columns, at least, of which a panel is made. */
  public static int leastColumns(Precision precision) {
    return SquareCode.side(precision == Precision.FP64);
  }

  /** From a row of a strip to the next. */
  public static int stripRowBytes(Precision precision) {
    return PanelSums.MOST_ROWS * precision.bytesPerCell();
  }

  /**
   * Makes a panel of pieces of rows.
   *
   * @param from where the first piece begins
   * @param step bytes from a row to the next
   * @param lanes cells of a piece, 1 to {@link #lanes}; zeros fill up the panel's rows
   * @param count of rows, at least 1
   * @param into where the panel begins
   */
  public void rows(long from, long step, int lanes, long count, long into) {
    long mask = masks.address() + PanelSums.PANEL_BYTES - (long) lanes * cellBytes;
    CodeCall.withLongs(rows.of(0), from, into, count, step, mask, 0);
  }

  /**
   * Makes panels of whole pieces of rows that lie side by side; all of them are written at once,
   * since a row may be read from far.
   *
   * @param from where the first piece of the first panel begins
   * @param step bytes from a row to the next
   * @param panels at least 1
   * @param count of rows, at least 1
   * @param into where the first panel begins
   * @param panelStep bytes from a panel to the next
   */
  public void rowsOfPanels(
      long from, long step, long panels, long count, long into, long panelStep) {
    CodeCall.withLongs(ROWS_OF_PANELS.of(0), from, into, count, step, panels, panelStep);
  }

  /**
   * Makes a panel of columns.
   *
   * @param from where the first column begins
   * @param step bytes from a row to the next
   * @param lanes rows that there are, 1 to {@link #lanes}; copies of the last fill up the panel
   * @param count of columns, at least {@link #leastColumns}
   * @param into where the panel begins
   */
  public void columns(long from, long step, int lanes, long count, long into) {
    for (int lane = 0; lane < PanelSums.PANEL_BYTES / cellBytes; lane += square) {
      MemorySegment code = columns.of(Math.clamp(lanes - lane, 1, square));
      long row = from + Math.min(lane, lanes - 1) * step;
      long target = into + (long) lane * cellBytes;
      CodeCall.withLongs(code, row, target, count / square, step, 0, 0);
      if (count % square != 0) {
        // The last square takes some columns again, so as to end with the last one.
        long column = count - square;
        long at = row + column * cellBytes;
        CodeCall.withLongs(code, at, target + column * PanelSums.PANEL_BYTES, 1, step, 0, 0);
      }
    }
  }

  /**
   * Writes the columns of a panel as rows.
   *
   * @param from where the panel begins
   * @param lanes columns that there are, 1 to {@link #lanes}
   * @param count of rows of the panel, at least {@link #leastColumns}
   * @param into where the first row that is written begins
   * @param step bytes from it to the next
   */
  public void planes(long from, int lanes, long count, long into, long step) {
    for (int lane = 0; lane < lanes; lane += square) {
      MemorySegment code = planes.of(Math.min(lanes - lane, square));
      long column = from + (long) lane * cellBytes;
      long target = into + lane * step;
      CodeCall.withLongs(code, column, target, count / square, step, 0, 0);
      if (count % square != 0) {
        // The last square takes some rows again, so as to end with the last one.
        long row = count - square;
        long at = column + row * PanelSums.PANEL_BYTES;
        CodeCall.withLongs(code, at, target + row * cellBytes, 1, step, 0, 0);
      }
    }
  }

  /**
   * Copies rows.
   *
   * @param from where the first one begins
   * @param step bytes from a row to the next
   * @param count of rows, at least 1
   * @param bytes of a row, at least {@link #LEAST_COPIED}
   * @param into where the copy of the first begins
   * @param stepInto bytes from it to the next
   */
  public void copies(long from, long step, long count, long bytes, long into, long stepInto) {
    CodeCall.withLongs(COPIES.of(0), from, into, count, step, stepInto, bytes);
  }

  /**
   * Makes a strip for each of some groups of columns; all of them are written at once, since a row
   * may be read from far.
   *
   * @param from where the first column begins
   * @param step bytes from a row to the next
   * @param groups of columns that lie side by side
   * @param count of rows, at least 1
   * @param into where the strips begin, each {@code count} times {@link #stripRowBytes} long
   */
  public void strips(long from, long step, RowGroups groups, long count, long into) {
    long bytes = count * PanelSums.MOST_ROWS * cellBytes;
    for (long group = 0, alike; group < groups.count(); group += alike) {
      alike = group < groups.larger() ? groups.larger() : groups.count() - group;
      long at = from + groups.first(group) * cellBytes;
      MemorySegment code = strips.of(groups.size(group));
      CodeCall.withLongs(code, at, into + group * bytes, count, step, alike, bytes);
    }
  }
}
