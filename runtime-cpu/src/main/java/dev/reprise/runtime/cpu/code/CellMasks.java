package dev.reprise.runtime.cpu.code;

/**
 * Which of the last cells there are, for {@link Avx2Instructions}: data behind the code, by the
 * number of these cells.
 */
final class CellMasks {
  private static final int LANES = VectorRegisters.BYTES_32.doubles();

  /** Masks of floats lie so far behind those of doubles. */
  static final int FLOAT_MASKS = LANES * VectorRegisters.BYTES_32.bytes();

  private CellMasks() {}

  /** Writes those that cells of a form need. */
  static void write(Assembler to, CellForm form) {
    if (form == CellForm.FLOATS) {
      writeFloatMasks(to, 2 * LANES);
    } else {
      writeDoubleMasks(to);
      writeFloatMasks(to, LANES);
    }
  }

  /** For each number of cells from 0 on, all bits of as many doubles. */
  private static void writeDoubleMasks(Assembler to) {
    for (int cells = 0; cells < LANES; cells++) {
      for (int i = 0; i < LANES; i++) {
        to.data(i < cells ? -1 : 0);
      }
    }
  }

  /** Likewise of floats, each of which has the bytes of four doubles. */
  private static void writeFloatMasks(Assembler to, int most) {
    for (int cells = 0; cells < most; cells++) {
      for (int i = 0; i < LANES; i++) {
        long low = 2 * i < cells ? 0xFFFFFFFFL : 0;
        long high = 2 * i + 1 < cells ? 0xFFFFFFFF00000000L : 0;
        to.data(low | high);
      }
    }
  }
}
