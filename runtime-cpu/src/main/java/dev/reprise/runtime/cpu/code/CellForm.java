package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.Precision;

/** What cells are in memory and in registers. */
enum CellForm {
  /** Doubles, four at a time. */
  DOUBLES,
  /** Floats, that are doubles in registers. */
  WIDENED,
  /** Floats, eight at a time; for operations that need no doubles, without totals. */
  FLOATS;

  /** Doubles at a time. Four of their masks have as many bytes as eight of floats. */
  static final int LANES = 4;

  static final int LANE_BYTES = LANES * Double.BYTES;

  /** The form in which floats are computed as doubles. */
  static CellForm of(Precision precision) {
    return precision == Precision.FP64 ? DOUBLES : WIDENED;
  }

  /** Cells at a time. */
  int lanes() {
    return this == FLOATS ? 2 * LANES : LANES;
  }

  /** A number as the lanes in eight bytes have it. */
  long bits(double number) {
    if (this != FLOATS) {
      return Double.doubleToRawLongBits(number);
    }
    long one = Float.floatToRawIntBits((float) number) & 0xFFFFFFFFL;
    return one << Integer.SIZE | one;
  }

  /** Where the mask of the last of so many cells is; 0 when the groups are whole. */
  long maskPlace(long cells) {
    return cells % lanes() * LANE_BYTES;
  }
}
