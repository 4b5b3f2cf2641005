package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F3A;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_66;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_NONE;

import java.util.function.IntFunction;

/** Writes what transposes a square of as many rows as a vector of 32 bytes has cells. */
final class SquareCode {
  private static final int HALF_BYTES = 16;

  /** The register that a column is made in; those below it are lost, too. */
  private static final int COLUMN = 12;

  private final Assembler to;
  private final boolean doubles;

  SquareCode(Assembler to, boolean doubles) {
    this.to = to;
    this.doubles = doubles;
  }

  /** Rows and columns of a square: a vector's cells. */
  static int side(boolean doubles) {
    return RowVectors.BYTES / (doubles ? Double.BYTES : Float.BYTES);
  }

  int side() {
    return side(doubles);
  }

  /**
   * Transposes a square. All of it is read before the first column is written.
   *
   * @param row where a row of it begins
   * @param column where a column of it goes, or null
   */
  void write(IntFunction<Address> row, IntFunction<Address> column) {
    int half = side() / 2;
    // The first half of the vectors: the first half of the cells of rows i and i + half; the second
    // half of the vectors: the rest of these rows.
    for (int i = 0; i < side(); i++) {
      int at = i / half * HALF_BYTES;
      Address upper = row.apply(i % half).plus(at);
      Address lower = row.apply(i % half + half).plus(at);
      to.vector(MAP_0F, PREFIX_NONE, false, 0x10, i, 0, upper); // vmovups
      to.vector(MAP_0F3A, PREFIX_66, true, 0x18, i, i, lower); // vinsertf128
      to.control(1);
    }
    for (int first = 0; first < side(); first += half) {
      if (doubles) {
        transposeDoubles(first, column);
      } else {
        transposeFloats(first, column);
      }
    }
  }

  /** Of four vectors, the cells 0 of all, then the cells 1, and so on: four columns. */
  private void transposeFloats(int first, IntFunction<Address> column) {
    for (int i = 0; i < 4; i += 2) {
      int one = first + i;
      to.vector(MAP_0F, PREFIX_NONE, true, 0x14, 8 + i, one, one + 1); // vunpcklps
      to.vector(MAP_0F, PREFIX_NONE, true, 0x15, 9 + i, one, one + 1); // vunpckhps
    }
    for (int i = 0; i < 4; i++) {
      int pair = 8 + i / 2;
      // vunpcklpd, vunpckhpd
      to.vector(MAP_0F, PREFIX_66, true, 0x14 + i % 2, COLUMN, pair, pair + 2);
      store(column.apply(first + i));
    }
  }

  /** Of two vectors, the cells 0 of both, then the cells 1: two columns. */
  private void transposeDoubles(int first, IntFunction<Address> column) {
    for (int i = 0; i < 2; i++) {
      // vunpcklpd, vunpckhpd
      to.vector(MAP_0F, PREFIX_66, true, 0x14 + i, COLUMN, first, first + 1);
      store(column.apply(first + i));
    }
  }

  private void store(Address column) {
    if (column != null) {
      to.storeVector(column, COLUMN);
    }
  }
}
