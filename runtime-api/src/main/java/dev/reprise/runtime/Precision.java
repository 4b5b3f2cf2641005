package dev.reprise.runtime;

/** The floating-point width of a matrix; always part of a lineage key. */
public enum Precision {
  FP64(8),
  FP32(4);

  private final int bytesPerCell;

  Precision(int bytesPerCell) {
    this.bytesPerCell = bytesPerCell;
  }

  public int bytesPerCell() {
    return bytesPerCell;
  }
}
