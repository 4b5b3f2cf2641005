package dev.reprise.runtime.cpu.code;

/** An address: base, plus index times scale where there is an index, plus displacement. */
record Address(int base, int index, int scale, int displacement) {
  /** A base that stands for the place behind the instruction, to which a displacement counts. */
  private static final int NEXT_INSTRUCTION = -1;

  private static final int NO_INDEX = -1;

  static Address of(int base) {
    return new Address(base, NO_INDEX, 1, 0);
  }

  static Address of(int base, int displacement) {
    return new Address(base, NO_INDEX, 1, displacement);
  }

  /** Base + scale * index, for a scale of 1, 2, 4 or 8. */
  static Address of(int base, int index, int scale) {
    return new Address(base, index, scale, 0);
  }

  /**
   * So far behind the end of the instruction, or to be {@linkplain Assembler#pointTo set} later.
   */
  static Address ahead(int displacement) {
    return new Address(NEXT_INSTRUCTION, NO_INDEX, 1, displacement);
  }

  Address plus(int bytes) {
    return new Address(base, index, scale, displacement + bytes);
  }

  boolean isAhead() {
    return base == NEXT_INSTRUCTION;
  }

  boolean hasIndex() {
    return index != NO_INDEX;
  }

  /** The bit of the index that the last bytes of an instruction have no room for. */
  int indexBit() {
    return index >= 8 ? 1 : 0;
  }

  /** Likewise of the base. */
  int baseBit() {
    return base >= 8 ? 1 : 0;
  }
}
