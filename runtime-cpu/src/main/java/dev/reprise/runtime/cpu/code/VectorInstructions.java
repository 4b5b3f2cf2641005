package dev.reprise.runtime.cpu.code;

/**
 * The instructions that {@link VectorCode} and {@link CellCode} consist of, which differ with the
 * size of registers. Each works on the lanes of one form; vector registers are given by their
 * numbers. What a comparison finds is all bits of a lane, or none.
 */
interface VectorInstructions {
  /** In place of a source that an instruction does not have; the encoding is that of register 0. */
  int NONE = 32;

  /** An instruction of the opcode map 0F, of lanes of the form. */
  void cells(int opcode, int result, int one, int other);

  /** As the other, of a number in memory for all lanes. */
  void cells(int opcode, int result, int one, Address number);

  /** An instruction of the opcode map 0F 38, of doubles whatever the form. */
  void doubles(int opcode, int result, int one, int other);

  /** As the other, of a number in memory for all lanes. */
  void doubles(int opcode, int result, int one, Address number);

  /** Every lane becomes the number in memory. */
  void load(int result, Address number);

  /** By the number of a predicate. */
  void compare(int result, int one, int predicate, int other);

  /** Of whole numbers of 64 bits. */
  void larger(int result, int one, int other);

  /**
   * Finds where whole numbers of 64 bits are a number in memory; the next instruction is to {@link
   * #bringFound bring} it to the lanes of the same register.
   */
  void findEqual(int result, int one, Address number);

  /** What was found last becomes what lanes of a register hold. */
  void bringFound(int result);

  /**
   * Notes where a comparison of doubles holds.
   *
   * @param note {@link CellCode#REFUSED} or {@link CellCode#UNSURE}
   * @param spare is lost
   */
  void noteWhere(int note, int one, int predicate, int other, int spare);

  /** Notes where a double has its highest bit. */
  void noteSigns(int note, int register);

  /**
   * Notes where doubles have none of some bits; the register is lost.
   *
   * @param code of which these are the instructions: here it may take several, each in turns
   */
  void noteWithout(VectorCode code, int note, int register, Source bits);

  /** Nothing is noted yet. */
  void clearNotes(int note);

  /** Whether nothing is noted, for the jump that follows. */
  void testNotes(int note);

  /** Lets a general register be other than 0 where something is noted. */
  void moveNotes(int general, int note);

  /** Of each lane {@code other} where a comparison of lanes holds, else {@code one}. */
  void chooseWhere(
      int result, int one, int other, int compared, int predicate, int with, int spare);

  /** Lanes become zeros where a comparison holds. */
  void clearWhere(int result, int one, int predicate, int other, int spare);

  /** To whole numbers, by a direction of the instruction. */
  void round(int result, int of, int direction);

  /** Shifts whole numbers of 64 bits, by an operation of the instruction. */
  void shift(int operation, int result, int of, int bits);

  /** In pairs of lanes: the first halves' pairs, one of each in turns, or those of the last. */
  void weave(int result, int one, int other, boolean last);

  /** Floats of half a register become doubles. */
  void widen(int register);

  /** Doubles become floats of half a register. */
  void narrow(int register);

  /** Every lane becomes the cell in memory. */
  void repeatCell(int register, Address cell);

  /** Reads cells of a form: whole registers of doubles, or of the instructions' own. */
  void read(int register, Address cells, CellForm of);

  /** As the other, only those that are there; other lanes become zeros. */
  void readThere(int register, Address cells, CellForm of);

  /** Writes what {@link #read} reads; floats that are doubles are lost. */
  void write(Address cells, int register, CellForm of);

  /** As the other, only those that are there. */
  void writeThere(Address cells, int register, CellForm of);

  /** Which cells are there, as masks in memory tell. */
  void loadMasks(Address at);

  /** Data behind the code: masks by the number of cells, from none on. */
  void writeMasks();

  /** Lanes of doubles without a cell become zeros. */
  void keepThere(int register);

  /** Lanes of doubles become those of another register where there is a cell. */
  void takeThere(int result, int from);

  /**
   * Brings the second of two groups of four lanes of totals to a register of its own, unless it is
   * there, and not in the one of the first group, in any case.
   */
  void separateGroups(int first, int second);

  /** Data behind the code: a number in the form in which instructions read it. */
  void writeNumber(long bits);
}
