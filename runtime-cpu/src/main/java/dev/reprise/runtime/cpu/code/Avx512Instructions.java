package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F38;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F3A;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_66;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_F3;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_NONE;
import static dev.reprise.runtime.cpu.code.InstructionForms.REPEAT;
import static dev.reprise.runtime.cpu.code.InstructionForms.ZERO_OTHERS;

/**
 * Instructions of registers of 64 bytes. Numbers lie in memory once, or more often of which the
 * first is read; instructions repeat them. Which cells are there is in a register of masks, and
 * what comparisons find in another, from where it is brought to the lanes.
 */
final class Avx512Instructions implements VectorInstructions {
  // Registers of masks; 0 means all lanes.
  private static final int THERE = 1;
  private static final int FOUND = 2;
  private static final int NOT_REFUSED = 3;
  private static final int SURE = 4;

  /** The bit by which predicates differ from those that hold where they do not. */
  private static final int OPPOSITE = 4;

  /** One for each number of cells that do not fill a register, none included: of floats 0 to 15. */
  private static final int MASKS = 16;

  private static final int MOVE = 0x10;
  private static final int STORE = 0x11;
  private static final int CONVERT = 0x5A;

  private final Assembler to;
  private final CellForm form;
  private final boolean areDoubles;

  /** Of instructions on what registers hold. */
  private final int prefix;

  Avx512Instructions(Assembler to, CellForm form) {
    this.to = to;
    this.form = form;
    this.areDoubles = form != CellForm.FLOATS;
    this.prefix = areDoubles ? PREFIX_66 : PREFIX_NONE;
  }

  @Override
  public void cells(int opcode, int result, int one, int other) {
    to.vector64(MAP_0F, prefix, areDoubles, opcode, result, one, other, 0);
  }

  @Override
  public void cells(int opcode, int result, int one, Address number) {
    to.vector64(MAP_0F, prefix, areDoubles, opcode, result, one, number, REPEAT);
  }

  @Override
  public void doubles(int opcode, int result, int one, int other) {
    to.vector64(MAP_0F38, PREFIX_66, true, opcode, result, one, other, 0);
  }

  @Override
  public void doubles(int opcode, int result, int one, Address number) {
    to.vector64(MAP_0F38, PREFIX_66, true, opcode, result, one, number, REPEAT);
  }

  @Override
  public void load(int result, Address number) {
    int opcode = areDoubles ? 0x19 : 0x18;
    to.vector64(MAP_0F38, PREFIX_66, areDoubles, opcode, result, NONE, number, 0);
  }

  @Override
  public void compare(int result, int one, int predicate, int other) {
    find(one, predicate, other);
    bringFound(result);
  }

  @Override
  public void noteWhere(int note, int one, int predicate, int other, int spare) {
    // A comparison under a mask is both.
    int there = without(note);
    to.vector64(MAP_0F, PREFIX_66, true, 0xC2, there, one, other, there);
    to.control(predicate ^ OPPOSITE);
  }

  @Override
  public void noteSigns(int note, int register) {
    find(register);
    int there = without(note);
    masks(PREFIX_66, true, 0x42, there, FOUND, there);
  }

  @Override
  public void noteWithout(VectorCode code, int note, int register, Source bits) {
    int there = without(note);
    code.inTurns(group -> {
      int of = code.of(group, register);
      Address at = code.numbers().place(bits);
      to.vector64(MAP_0F38, PREFIX_66, true, 0x27, there, of, at, REPEAT | there);
      code.numbers().wasRead(bits);
    });
  }

  @Override
  public void clearNotes(int note) {
    int there = without(note);
    masks(PREFIX_NONE, true, 0x46, there, there, there);
  }

  @Override
  public void testNotes(int note) {
    masks(PREFIX_66, false, 0x44, FOUND, NONE, without(note));
    masks(PREFIX_66, false, 0x98, FOUND, NONE, FOUND);
  }

  @Override
  public void moveNotes(int general, int note) {
    masks(PREFIX_66, false, 0x44, FOUND, NONE, without(note));
    masks(PREFIX_66, false, 0x93, general, NONE, FOUND);
  }

  /** Lanes of doubles where nothing is noted. */
  private static int without(int note) {
    return note == CellCode.REFUSED ? NOT_REFUSED : SURE;
  }

  /** An instruction of registers of masks. */
  private void masks(int prefix, boolean hasTwo, int opcode, int result, int one, int other) {
    to.vector(MAP_0F, prefix, hasTwo, opcode, result, one, other);
  }

  @Override
  public void chooseWhere(
      int result, int one, int other, int compared, int predicate, int with, int spare) {
    find(compared, predicate, with);
    to.vector64(MAP_0F38, PREFIX_66, areDoubles, 0x65, result, one, other, FOUND);
  }

  @Override
  public void clearWhere(int result, int one, int predicate, int other, int spare) {
    find(one, predicate ^ OPPOSITE, other);
    to.vector64(MAP_0F, prefix, areDoubles, MOVE, result, NONE, result, ZERO_OTHERS | FOUND);
  }

  private void find(int one, int predicate, int other) {
    to.vector64(MAP_0F, prefix, areDoubles, 0xC2, FOUND, one, other, 0);
    to.control(predicate);
  }

  @Override
  public void larger(int result, int one, int other) {
    doubles(0x37, FOUND, one, other);
    bringFound(result);
  }

  @Override
  public void findEqual(int result, int one, Address number) {
    doubles(0x29, FOUND, one, number);
  }

  @Override
  public void bringFound(int result) {
    to.vector64(MAP_0F38, PREFIX_F3, areDoubles, 0x38, result, NONE, FOUND, 0);
  }

  /** Which lanes have their highest bit set. */
  private void find(int register) {
    to.vector64(MAP_0F38, PREFIX_F3, areDoubles, 0x39, FOUND, NONE, register, 0);
  }

  @Override
  public void round(int result, int of, int direction) {
    int opcode = areDoubles ? 0x09 : 0x08;
    to.vector64(MAP_0F3A, PREFIX_66, areDoubles, opcode, result, NONE, of, 0);
    to.control(direction);
  }

  @Override
  public void shift(int operation, int result, int of, int bits) {
    // The operation stands where others have their result.
    to.vector64(MAP_0F, PREFIX_66, true, 0x73, operation, result, of, 0);
    to.control(bits);
  }

  @Override
  public void weave(int result, int one, int other, boolean last) {
    // Two pairs of one, by their numbers in two bits each, and two of the other, then in turns.
    joinPairs(result, one, other, last ? 0xEE : 0x44);
    joinPairs(result, result, result, 0xD8);
  }

  private void joinPairs(int result, int one, int other, int which) {
    to.vector64(MAP_0F3A, PREFIX_66, true, 0x43, result, one, other, 0);
    to.control(which);
  }

  @Override
  public void widen(int register) {
    to.vector64(MAP_0F, PREFIX_NONE, false, CONVERT, register, NONE, register, 0);
  }

  @Override
  public void narrow(int register) {
    to.vector64(MAP_0F, PREFIX_66, true, CONVERT, register, NONE, register, 0);
  }

  @Override
  public void repeatCell(int register, Address cell) {
    if (form == CellForm.WIDENED) {
      to.vector64(MAP_0F, PREFIX_NONE, false, CONVERT, register, NONE, cell, REPEAT);
    } else {
      load(register, cell);
    }
  }

  @Override
  public void read(int register, Address cells, CellForm of) {
    read(register, cells, of, 0);
  }

  @Override
  public void readThere(int register, Address cells, CellForm of) {
    read(register, cells, of, ZERO_OTHERS | THERE);
  }

  private void read(int register, Address cells, CellForm of, int lanes) {
    // Of whole vectors a load, of floats that become doubles one that widens.
    int opcode = of == CellForm.WIDENED ? CONVERT : MOVE;
    boolean ofDoubles = of == CellForm.DOUBLES;
    to.vector64(
        MAP_0F,
        ofDoubles ? PREFIX_66 : PREFIX_NONE,
        ofDoubles,
        opcode,
        register,
        NONE,
        cells,
        lanes);
  }

  @Override
  public void write(Address cells, int register, CellForm of) {
    if (of == CellForm.WIDENED) {
      narrow(register);
      to.storeHalf64(cells, register);
    } else {
      write(cells, register, of == CellForm.DOUBLES, 0);
    }
  }

  @Override
  public void writeThere(Address cells, int register, CellForm of) {
    if (of == CellForm.WIDENED) {
      narrow(register);
    }
    // Of half a register: the mask has none of the other half's lanes.
    write(cells, register, of == CellForm.DOUBLES, THERE);
  }

  private void write(Address cells, int register, boolean ofDoubles, int lanes) {
    to.vector64(
        MAP_0F,
        ofDoubles ? PREFIX_66 : PREFIX_NONE,
        ofDoubles,
        STORE,
        register,
        NONE,
        cells,
        lanes);
  }

  @Override
  public void loadMasks(Address at) {
    to.vector(MAP_0F, PREFIX_NONE, false, 0x90, THERE, NONE, at);
  }

  @Override
  public void writeMasks() {
    for (int cells = 0; cells < MASKS; cells++) {
      to.data((1L << cells) - 1);
    }
  }

  @Override
  public void keepThere(int register) {
    to.vector64(MAP_0F, prefix, areDoubles, MOVE, register, NONE, register, ZERO_OTHERS | THERE);
  }

  @Override
  public void takeThere(int result, int from) {
    to.vector64(MAP_0F, prefix, areDoubles, MOVE, result, NONE, from, THERE);
  }

  @Override
  public void separateGroups(int first, int second) {
    // Its result is the operand that is the last one of others.
    to.vector64(MAP_0F3A, PREFIX_66, true, 0x1B, first, NONE, second, 0);
    to.control(1);
  }

  @Override
  public void writeNumber(long bits) {
    to.data(bits);
  }
}
