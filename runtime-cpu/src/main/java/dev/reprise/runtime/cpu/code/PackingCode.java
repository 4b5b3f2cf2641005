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
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F3A;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_66;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_F3;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_NONE;

/**
 * The machine code of {@link PanelPacking}: functions of the System V calling convention, whose
 * first four arguments are where to read, where to write, how often, and how many bytes it is from
 * row to row of what is read.
 */
final class PackingCode {
  static final int VECTOR_BYTES = 32;
  private static final int HALF_BYTES = 16;

  private static final int FROM = RDI;
  private static final int INTO = RSI;
  private static final int COUNT = RDX;
  private static final int STEP = RCX;

  private final Assembler to;
  private final boolean doubles;
  private final int cellBytes;

  private PackingCode(boolean doubles) {
    this.to = new Assembler(doubles);
    this.doubles = doubles;
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

  /** Rows and columns of a square that is transposed in registers: a vector's cells. */
  static int square(boolean doubles) {
    return VECTOR_BYTES / (doubles ? Double.BYTES : Float.BYTES);
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
    to.address(R8, Address.of(FROM, STEP, 4));
    to.address(R9, Address.of(STEP, STEP, 2));
    int square = square(doubles);
    int half = square / 2;
    int next = to.here();
    // The first half of the vectors: the first half of the cells of rows i and i + half; the second
    // half of the vectors: the rest of these rows.
    for (int i = 0; i < square; i++) {
      int at = i / half * HALF_BYTES;
      Address upper = row(Math.min(i % half, rows - 1)).plus(at);
      Address lower = row(Math.min(i % half + half, rows - 1)).plus(at);
      to.vector(MAP_0F, PREFIX_NONE, false, 0x10, i, 0, upper); // vmovups
      to.vector(MAP_0F3A, PREFIX_66, true, 0x18, i, i, lower); // vinsertf128
      to.control(1);
    }
    for (int first = 0; first < square; first += half) {
      if (doubles) {
        transposeDoubles(first);
      } else {
        transposeFloats(first);
      }
    }
    to.addNumber(FROM, VECTOR_BYTES);
    to.addNumber(R8, VECTOR_BYTES);
    to.addNumber(INTO, square * PanelSums.PANEL_BYTES);
    repeat(COUNT, next);
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
  private void transposeFloats(int first) {
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

  /** Of two vectors, the cells 0 of both, then the cells 1: two columns. */
  private void transposeDoubles(int first) {
    for (int i = 0; i < 2; i++) {
      to.vector(MAP_0F, PREFIX_66, true, 0x14 + i, 12, first, first + 1); // vunpcklpd, vunpckhpd
      to.storeVector(Address.of(INTO, (first + i) * PanelSums.PANEL_BYTES), 12);
    }
  }

  private void repeat(int counter, int target) {
    to.decrement(counter);
    to.jumpBackUnlessZero(target);
  }
}
