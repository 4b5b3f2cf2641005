package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.Precision;

/** What cells are in memory and in registers. */
enum CellForm {
  /** Doubles. */
  DOUBLES,
  /** Floats, that are doubles in registers. */
  WIDENED,
  /** Floats, twice as many at a time; for operations that need no doubles, without totals. */
  FLOATS;

  /** The form in which floats are computed as doubles. */
  static CellForm of(Precision precision) {
    return precision == Precision.FP64 ? DOUBLES : WIDENED;
  }

  /** A number as the lanes in eight bytes have it. */
  long bits(double number) {
    if (this != FLOATS) {
      return Double.doubleToRawLongBits(number);
    }
    long one = Float.floatToRawIntBits((float) number) & 0xFFFFFFFFL;
    return one << Integer.SIZE | one;
  }
}
