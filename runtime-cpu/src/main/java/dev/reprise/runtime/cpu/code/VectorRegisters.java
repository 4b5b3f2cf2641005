package dev.reprise.runtime.cpu.code;

/** Which vector registers code for cells uses: what follows from their size. */
enum VectorRegisters {
  /** Of AVX2. */
  BYTES_32(4, 32, 2),
  /** Of AVX-512. */
  BYTES_64(8, 8, 4);

  /** Two groups of {@link #BYTES_64}. */
  private static final int SHORT_ROW = 16;

  private final int doubles;
  private final int maskBytes;
  private final int turns;

  VectorRegisters(int doubles, int maskBytes, int turns) {
    this.doubles = doubles;
    this.maskBytes = maskBytes;
    this.turns = turns;
  }

  /** Looked at once. */
  private static final class Machine {
    static final VectorRegisters LARGEST =
        ExecutableMemory.canBeRunIn64Bytes() ? BYTES_64 : BYTES_32;
  }

  /** The largest ones that the machine has. */
  static VectorRegisters largest() {
    return Machine.LARGEST;
  }

  /** Those that take the least time for rows of so many cells: large ones need several groups. */
  static VectorRegisters of(long cells) {
    return cells < SHORT_ROW ? BYTES_32 : largest();
  }

  /** How many doubles one holds. */
  int doubles() {
    return doubles;
  }

  int bytes() {
    return doubles * Double.BYTES;
  }

  /** Cells of a form at a time. */
  int lanes(CellForm form) {
    return form == CellForm.FLOATS ? 2 * doubles : doubles;
  }

  /**
   * How many groups of cells have registers when their instructions take turns: the more, the fewer
   * wait for those before them.
   */
  int turns() {
    return turns;
  }

  /** From a mask of the last cells to that of one cell more. */
  int maskBytes() {
    return maskBytes;
  }

  /** Whether one has the totals of two groups of four cells. */
  boolean hasBothTotals() {
    return this == BYTES_64;
  }

  /** Where the mask of the last of so many cells is; 0 when the groups are whole. */
  long maskPlace(CellForm form, long cells) {
    return cells % lanes(form) * maskBytes;
  }

  /** The instructions, of which each group of cells has one of its own. */
  VectorInstructions instructions(Assembler to, CellForm form) {
    return this == BYTES_64 ? new Avx512Instructions(to, form) : new Avx2Instructions(to, form);
  }
}
