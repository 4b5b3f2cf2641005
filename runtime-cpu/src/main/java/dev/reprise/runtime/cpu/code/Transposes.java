package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.R10;
import static dev.reprise.runtime.cpu.code.Assembler.R11;
import static dev.reprise.runtime.cpu.code.Assembler.R12;
import static dev.reprise.runtime.cpu.code.Assembler.R13;
import static dev.reprise.runtime.cpu.code.Assembler.R14;
import static dev.reprise.runtime.cpu.code.Assembler.R15;
import static dev.reprise.runtime.cpu.code.Assembler.R8;
import static dev.reprise.runtime.cpu.code.Assembler.R9;
import static dev.reprise.runtime.cpu.code.Assembler.RBP;
import static dev.reprise.runtime.cpu.code.Assembler.RBX;
import static dev.reprise.runtime.cpu.code.Assembler.RCX;
import static dev.reprise.runtime.cpu.code.Assembler.RDI;
import static dev.reprise.runtime.cpu.code.Assembler.RDX;
import static dev.reprise.runtime.cpu.code.Assembler.RSI;

import dev.reprise.runtime.Precision;
import java.lang.foreign.MemorySegment;

/**
 * Rectangles of cells that are transposed by machine code, in squares that registers hold: two, one
 * below the other, so that each row that is written takes a whole line of the cache. Any thread.
 */
public final class Transposes {
  private static final int FROM = RDI;
  private static final int FROM_STRIDE = RSI;
  private static final int TO = RDX;
  private static final int TO_STRIDE = RCX;
  private static final int PAIRS_DOWN = R8;
  private static final int SQUARES_ACROSS = R9;

  /** Where the lower one of two squares is read, and how many pairs are left in the rows. */
  private static final int LOWER = R10;

  private static final int LEFT = R11;

  /** One, three, five and seven steps from row to row of what is read, and of what is written. */
  private static final int[] FROM_STEPS = {FROM_STRIDE, RBX, RBP, R12};

  private static final int[] TO_STEPS = {TO_STRIDE, R13, R14, R15};

  private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};

  /** What goes from rows to rows. */
  private static final int[] PLACES = {FROM, TO};

  private static final PrecisionCode CODE = new PrecisionCode("transposes", Transposes::write);

  private Transposes() {}

  /** Whether there is code, which needs certain processors and systems. */
  public static boolean areThere() {
    return CellFunction.areThere();
  }

  /**
   * Transposes cells in native memory, which the JVM does not check and cannot stop at: some tens
   * of thousands at most.
   *
   * @param precision of the cells
   * @param from where the first row that is read begins
   * @param fromStride bytes from there to the next one
   * @param to where the first row that is written begins: no memory that is read
   * @param toStride bytes from there to the next one
   * @param rows that are read, above 0
   * @param cols likewise
   */
  public static void run(
      Precision precision,
      long from,
      long fromStride,
      long to,
      long toStride,
      long rows,
      long cols) {
    int bytes = precision.bytesPerCell();
    int across = SquareCode.side(precision == Precision.FP64);
    int down = 2 * across;
    if (rows < down && rows <= cols) {
      for (long row = 0; row < rows; row++) {
        RectangleCopies.run(
            from + row * fromStride, bytes, to + row * bytes, toStride, cols, bytes);
      }
    } else if (rows < down || cols < across) {
      for (long col = 0; col < cols; col++) {
        RectangleCopies.run(
            from + col * bytes, fromStride, to + col * toStride, bytes, rows, bytes);
      }
    } else {
      MemorySegment code = CODE.of(precision);
      squares(code, from, fromStride, to, toStride, rows / down, cols / across);
      // The last squares take some cells again, so as to end with the last ones.
      long row = rows - down;
      long col = cols - across;
      long lastRows = from + row * fromStride;
      long lastCols = col * bytes;
      if (rows % down != 0) {
        squares(code, lastRows, fromStride, to + row * bytes, toStride, 1, cols / across);
      }
      if (cols % across != 0) {
        long into = to + col * toStride;
        squares(code, from + lastCols, fromStride, into, toStride, rows / down, 1);
        if (rows % down != 0) {
          squares(code, lastRows + lastCols, fromStride, into + row * bytes, toStride, 1, 1);
        }
      }
    }
  }

  private static void squares(
      MemorySegment code,
      long from,
      long fromStride,
      long to,
      long toStride,
      long pairsDown,
      long squaresAcross) {
    CodeCall.withLongs(code, from, fromStride, to, toStride, pairsDown, squaresAcross);
  }

  /** A function of the System V calling convention. */
  private static byte[] write(Precision precision) {
    boolean doubles = precision == Precision.FP64;
    Assembler to = new Assembler(doubles);
    SquareCode square = new SquareCode(to, doubles);
    for (int register : SAVED) {
      to.push(register);
    }
    RowPlaces upper = new RowPlaces(FROM, FROM_STEPS);
    RowPlaces lower = new RowPlaces(LOWER, FROM_STEPS);
    RowPlaces into = new RowPlaces(TO, TO_STEPS);
    upper.writeSteps(to);
    into.writeSteps(to);
    int rows = to.here();
    for (int place : PLACES) {
      to.push(place);
    }
    to.address(LOWER, Address.of(FROM, FROM_STRIDE, square.side()));
    to.move(LEFT, SQUARES_ACROSS);
    int pair = to.here();
    square.write(upper::of, into::of);
    square.write(lower::of, row -> into.of(row).plus(RowVectors.BYTES));
    to.addNumber(FROM, RowVectors.BYTES);
    to.addNumber(LOWER, RowVectors.BYTES);
    to.address(TO, Address.of(TO, TO_STRIDE, square.side()));
    to.decrement(LEFT);
    to.jumpBackUnlessZero(pair);
    for (int i = PLACES.length - 1; i >= 0; i--) {
      to.pop(PLACES[i]);
    }
    to.address(FROM, Address.of(FROM, FROM_STRIDE, square.side()));
    to.address(FROM, Address.of(FROM, FROM_STRIDE, square.side()));
    to.addNumber(TO, 2 * RowVectors.BYTES);
    to.decrement(PAIRS_DOWN);
    to.jumpBackUnlessZero(rows);
    for (int i = SAVED.length - 1; i >= 0; i--) {
      to.pop(SAVED[i]);
    }
    to.returnToCaller();
    return to.bytes();
  }
}
