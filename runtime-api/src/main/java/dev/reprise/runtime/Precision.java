package dev.reprise.runtime;

/** The floating-point width of a matrix; always part of a lineage key. */
public enum Precision {
  /** Doubles. */
  FP64(8),
  /** Floats. */
  FP32(4);

  private final int bytesPerCell;

  Precision(int bytesPerCell) {
    this.bytesPerCell = bytesPerCell;
  }

  /** {@return bytes of one cell} */
  public int bytesPerCell() {
    return bytesPerCell;
  }
}
