package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.R10;
import static dev.reprise.runtime.cpu.code.Assembler.R11;
import static dev.reprise.runtime.cpu.code.Assembler.R8;
import static dev.reprise.runtime.cpu.code.Assembler.R9;
import static dev.reprise.runtime.cpu.code.Assembler.RAX;
import static dev.reprise.runtime.cpu.code.Assembler.RCX;
import static dev.reprise.runtime.cpu.code.Assembler.RDI;
import static dev.reprise.runtime.cpu.code.Assembler.RDX;
import static dev.reprise.runtime.cpu.code.Assembler.RSI;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_66;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_F3;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_NONE;

/**
 * The machine code of {@link PanelPacking}: functions of the System V calling convention, whose
 * first four arguments are where to read, where to write, how often, and how many bytes it is from
 * row to row of what is read.
 */
final class PackingCode {
  private static final int VECTOR_BYTES = RowVectors.BYTES;
  private static final int HALF_BYTES = 16;

  private static final int FROM = RDI;
  private static final int INTO = RSI;
  private static final int COUNT = RDX;
  private static final int STEP = RCX;

  /** Of squares: one, three, five and seven steps from row to row. */
  private static final int[] STEPS = {STEP, R8, R9, R10};

  private final Assembler to;
  private final SquareCode square;
  private final int cellBytes;

  private PackingCode(boolean doubles) {
    this.to = new Assembler(doubles);
    this.square = new SquareCode(to, doubles);
    this.cellBytes = doubles ? Double.BYTES : Float.BYTES;
  }

  /**
   * Rows of 64 bytes. The fifth argument is where a mask lies: cells without are not read and
   * become zeros.
   */
  static byte[] rows(boolean doubles) {
    PackingCode code = new PackingCode(doubles);
    code.writeRows();
    return code.to.bytes();
  }

  private void writeRows() {
    to.loadVector(2, Address.of(R8));
    to.loadVector(3, Address.of(R8, VECTOR_BYTES));
    int row = to.here();
    to.loadMasked(0, 2, Address.of(FROM));
    to.loadMasked(1, 3, Address.of(FROM, VECTOR_BYTES));
    to.storeVector(Address.of(INTO), 0);
    to.storeVector(Address.of(INTO, VECTOR_BYTES), 1);
    to.add(FROM, STEP);
    to.addNumber(INTO, PanelSums.PANEL_BYTES);
    repeat(COUNT, row);
    to.returnToCaller();
  }

  /**
   * Rows of several panels at once, which lie side by side in what is read. The fifth argument is
   * how many panels there are, the sixth how many bytes it is from panel to panel.
   */
  static byte[] rowsOfPanels() {
    PackingCode code = new PackingCode(false);
    code.writeRowsOfPanels();
    return code.to.bytes();
  }

  private void writeRowsOfPanels() {
    int row = to.here();
    to.move(R10, FROM);
    to.move(R11, INTO);
    to.move(RAX, R8);
    int panel = to.here();
    to.loadVector(0, Address.of(R10));
    to.loadVector(1, Address.of(R10, VECTOR_BYTES));
    to.storeVector(Address.of(R11), 0);
    to.storeVector(Address.of(R11, VECTOR_BYTES), 1);
    to.addNumber(R10, PanelSums.PANEL_BYTES);
    to.add(R11, R9);
    repeat(RAX, panel);
    to.add(FROM, STEP);
    to.addNumber(INTO, PanelSums.PANEL_BYTES);
    repeat(COUNT, row);
    to.returnToCaller();
  }

  /**
   * Strips of some cells of a row that lie side by side. The fifth argument is how many strips
   * there are, the sixth how many bytes it is from strip to strip.
   *
   * @param cells of a strip's row: 1 to 6
   */
  static byte[] strips(boolean doubles, int cells) {
    PackingCode code = new PackingCode(doubles);
    code.writeStrips(cells);
    return code.to.bytes();
  }

  private void writeStrips(int cells) {
    int row = to.here();
    to.move(R10, FROM);
    to.move(R11, INTO);
    to.move(RAX, R8);
    int strip = to.here();
    copy(cells * cellBytes);
    to.addNumber(R10, cells * cellBytes);
    to.add(R11, R9);
    repeat(RAX, strip);
    to.add(FROM, STEP);
    to.addNumber(INTO, PanelSums.MOST_ROWS * cellBytes);
    repeat(COUNT, row);
    to.returnToCaller();
  }

  /** Copies no more than these bytes, since nothing may lie behind the last row. */
  private void copy(int bytes) {
    int done = 0;
    for (int part = VECTOR_BYTES; part >= Float.BYTES; part /= 2) {
      if (bytes - done >= part) {
        copyPart(part, done);
        done += part;
      }
    }
  }

  private void copyPart(int bytes, int at) {
    Address from = Address.of(R10, at);
    Address into = Address.of(R11, at);
    switch (bytes) {
      case VECTOR_BYTES -> {
        to.loadVector(0, from);
        to.storeVector(into, 0);
      }
      case HALF_BYTES -> {
        to.vector(MAP_0F, PREFIX_NONE, false, 0x10, 0, 0, from); // vmovups
        to.vector(MAP_0F, PREFIX_NONE, false, 0x11, 0, 0, into);
      }
      case Long.BYTES -> {
        to.vector(MAP_0F, PREFIX_F3, false, 0x7E, 0, 0, from); // vmovq
        to.vector(MAP_0F, PREFIX_66, false, 0xD6, 0, 0, into);
      }
      default -> {
        to.vector(MAP_0F, PREFIX_66, false, 0x6E, 0, 0, from); // vmovd
        to.vector(MAP_0F, PREFIX_66, false, 0x7E, 0, 0, into);
      }
    }
  }

  /**
   * Squares of some rows, one beside the other, whose columns become halves of rows of a panel.
   *
   * @param rows that there are; the last one stands for those that are missing
   */
  static byte[] columns(boolean doubles, int rows) {
    PackingCode code = new PackingCode(doubles);
    code.writeColumns(rows);
    return code.to.bytes();
  }

  private void writeColumns(int rows) {
    RowPlaces places = new RowPlaces(FROM, STEPS);
    places.writeSteps(to);
    int next = to.here();
    square.write(
        i -> places.of(Math.min(i, rows - 1)), i -> Address.of(INTO, i * PanelSums.PANEL_BYTES));
    to.addNumber(FROM, VECTOR_BYTES);
    to.addNumber(INTO, square.side() * PanelSums.PANEL_BYTES);
    repeat(COUNT, next);
    to.returnToCaller();
  }

  /**
   * Squares of halves of a panel's rows, one below the other, whose columns become rows. The fourth
   * argument is how many bytes it is from one of these to the next.
   *
   * @param columns that are written, the first ones
   */
  static byte[] planes(boolean doubles, int columns) {
    PackingCode code = new PackingCode(doubles);
    code.writePlanes(columns);
    return code.to.bytes();
  }

  private void writePlanes(int columns) {
    RowPlaces places = new RowPlaces(INTO, STEPS);
    places.writeSteps(to);
    int next = to.here();
    square.write(
        i -> Address.of(FROM, i * PanelSums.PANEL_BYTES), i -> i < columns ? places.of(i) : null);
    to.addNumber(FROM, square.side() * PanelSums.PANEL_BYTES);
    to.addNumber(INTO, VECTOR_BYTES);
    repeat(COUNT, next);
    to.returnToCaller();
  }

  /**
   * Rows of so many bytes each, 32 at least. The fifth argument is how many bytes it is from row to
   * row of what is written, the sixth how many a row has.
   */
  static byte[] copies() {
    PackingCode code = new PackingCode(false);
    code.writeCopies();
    return code.to.bytes();
  }

  private void writeCopies() {
    RowVectors.writeCount(to, R11, R9);
    int row = to.here();
    to.move(R10, R11);
    RowVectors.writeLoop(to, R10, R9, RAX, PackingCode::copyVector);
    to.add(FROM, STEP);
    to.add(INTO, R8);
    repeat(COUNT, row);
    to.returnToCaller();
  }

  private static void copyVector(Assembler to, int index, int bytes) {
    to.loadVector(0, Address.of(FROM, index, 1).plus(bytes));
    to.storeVector(Address.of(INTO, index, 1).plus(bytes), 0);
  }

  private void repeat(int counter, int target) {
    to.decrement(counter);
    to.jumpBackUnlessZero(target);
  }
}
