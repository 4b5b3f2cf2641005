package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.MAP_0F;
import static dev.reprise.runtime.cpu.code.Assembler.MAP_0F3A;
import static dev.reprise.runtime.cpu.code.Assembler.PREFIX_66;
import static dev.reprise.runtime.cpu.code.Assembler.PREFIX_F3;
import static dev.reprise.runtime.cpu.code.Assembler.PREFIX_NONE;
import static dev.reprise.runtime.cpu.code.Assembler.R10;
import static dev.reprise.runtime.cpu.code.Assembler.R11;
import static dev.reprise.runtime.cpu.code.Assembler.R8;
import static dev.reprise.runtime.cpu.code.Assembler.R9;
import static dev.reprise.runtime.cpu.code.Assembler.RAX;
import static dev.reprise.runtime.cpu.code.Assembler.RCX;
import static dev.reprise.runtime.cpu.code.Assembler.RDI;
import static dev.reprise.runtime.cpu.code.Assembler.RDX;
import static dev.reprise.runtime.cpu.code.Assembler.RSI;

import dev.reprise.runtime.cpu.code.Assembler.Address;

/**
 * The machine code of {@link PanelPacking}: functions of the System V calling convention, whose
 * first four arguments are where to read, where to write, how often, and how many bytes it is from
 * row to row of what is read.
 */
final class PackingCode {
  /** Rows and columns of a square of floats that is transposed in registers. */
  static final int SQUARE = 8;

  private static final int VECTOR_BYTES = 32;
  private static final int HALF_BYTES = 16;

  private static final int FROM = RDI;
  private static final int INTO = RSI;
  private static final int COUNT = RDX;
  private static final int STEP = RCX;

  private final Assembler to = new Assembler(false);

  private PackingCode() {}

  /**
   * Rows of 64 bytes. The fifth argument is where a mask lies: cells without are not read and
   * become zeros.
   */
  static byte[] rows() {
    PackingCode code = new PackingCode();
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
   * Strips of some floats of a row that lie side by side. The fifth argument is how many strips
   * there are, the sixth how many bytes it is from strip to strip.
   *
   * @param cells of a strip's row: 1 to 6
   */
  static byte[] strips(int cells) {
    PackingCode code = new PackingCode();
    code.writeStrips(cells);
    return code.to.bytes();
  }

  private void writeStrips(int cells) {
    int row = to.here();
    to.move(R10, FROM);
    to.move(R11, INTO);
    to.move(RAX, R8);
    int strip = to.here();
    copy(cells);
    to.addNumber(R10, cells * Float.BYTES);
    to.add(R11, R9);
    repeat(RAX, strip);
    to.add(FROM, STEP);
    to.addNumber(INTO, PanelPacking.STRIP_ROW_BYTES);
    repeat(COUNT, row);
    to.returnToCaller();
  }

  /** Copies no more than these cells, since nothing may lie behind the last row. */
  private void copy(int cells) {
    int cell = 0;
    for (int part = 4; part > 0; part /= 2) {
      if (cells - cell >= part) {
        copyPart(part, cell * Float.BYTES);
        cell += part;
      }
    }
  }

  private void copyPart(int cells, int at) {
    Address from = Address.of(R10, at);
    Address into = Address.of(R11, at);
    switch (cells) {
      case 4 -> {
        to.vector(MAP_0F, PREFIX_NONE, false, 0x10, 0, 0, from); // vmovups
        to.vector(MAP_0F, PREFIX_NONE, false, 0x11, 0, 0, into);
      }
      case 2 -> {
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
   * Squares of eight rows of floats, one beside the other, whose columns become halves of rows of a
   * panel.
   *
   * @param rows that there are; the last one stands for those that are missing
   */
  static byte[] columns(int rows) {
    PackingCode code = new PackingCode();
    code.writeColumns(rows);
    return code.to.bytes();
  }

  private void writeColumns(int rows) {
    to.address(R8, Address.of(FROM, STEP, 4));
    to.address(R9, Address.of(STEP, STEP, 2));
    int square = to.here();
    // Vectors 0 to 3: cells 0 to 3 of rows i and i + 4; vectors 4 to 7: their cells 4 to 7.
    for (int i = 0; i < SQUARE; i++) {
      int cell = i / 4 * HALF_BYTES;
      Address upper = row(Math.min(i % 4, rows - 1)).plus(cell);
      Address lower = row(Math.min(i % 4 + 4, rows - 1)).plus(cell);
      to.vector(MAP_0F, PREFIX_NONE, false, 0x10, i, 0, upper); // vmovups
      to.vector(MAP_0F3A, PREFIX_66, true, 0x18, i, i, lower); // vinsertf128
      to.control(1);
    }
    transpose(0);
    transpose(4);
    to.addNumber(FROM, VECTOR_BYTES);
    to.addNumber(R8, VECTOR_BYTES);
    to.addNumber(INTO, SQUARE * PanelSums.PANEL_BYTES);
    repeat(COUNT, square);
    to.returnToCaller();
  }

  private static Address row(int i) {
    int base = i < 4 ? FROM : R8;
    return switch (i % 4) {
      case 0 -> Address.of(base);
      case 3 -> Address.of(base, R9, 1);
      default -> Address.of(base, STEP, i % 4);
    };
  }

  /** Of four vectors, the cells 0 of all, then the cells 1, and so on: four columns. */
  private void transpose(int first) {
    for (int i = 0; i < 4; i += 2) {
      int one = first + i;
      to.vector(MAP_0F, PREFIX_NONE, true, 0x14, 8 + i, one, one + 1); // vunpcklps
      to.vector(MAP_0F, PREFIX_NONE, true, 0x15, 9 + i, one, one + 1); // vunpckhps
    }
    for (int i = 0; i < 4; i++) {
      int pair = 8 + i / 2;
      to.vector(MAP_0F, PREFIX_66, true, 0x14 + i % 2, 12, pair, pair + 2); // vunpcklpd, vunpckhpd
      to.storeVector(Address.of(INTO, (first + i) * PanelSums.PANEL_BYTES), 12);
    }
  }

  private void repeat(int counter, int target) {
    to.decrement(counter);
    to.jumpBackUnlessZero(target);
  }
}
