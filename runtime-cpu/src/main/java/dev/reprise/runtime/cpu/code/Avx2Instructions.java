package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F38;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F3A;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_66;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_NONE;

/**
 * Instructions of registers of 32 bytes. Numbers lie in memory once for each lane; masks are
 * registers.
 */
final class Avx2Instructions implements VectorInstructions {
  /** Which of the last cells there are, as doubles, and as cells of the precision. */
  private static final int DOUBLES_MASK = 13;

  private static final int MASK = 14;

  private static final int AND = 0x54;
  private static final int AND_NOT = 0x55;
  private static final int OR = 0x56;
  private static final int MOVE = 0x10;
  private static final int CONVERT = 0x5A;

  private final Assembler to;
  private final CellForm form;

  /** Of instructions on what registers hold. */
  private final int prefix;

  Avx2Instructions(Assembler to, CellForm form) {
    this.to = to;
    this.form = form;
    this.prefix = form == CellForm.FLOATS ? PREFIX_NONE : PREFIX_66;
  }

  @Override
  public void cells(int opcode, int result, int one, int other) {
    to.vector(MAP_0F, prefix, true, opcode, result, one, other);
  }

  @Override
  public void cells(int opcode, int result, int one, Address number) {
    to.vector(MAP_0F, prefix, true, opcode, result, one, number);
  }

  @Override
  public void doubles(int opcode, int result, int one, int other) {
    to.doubles(MAP_0F38, PREFIX_66, opcode, result, one, other);
  }

  @Override
  public void doubles(int opcode, int result, int one, Address number) {
    to.doubles(MAP_0F38, PREFIX_66, opcode, result, one, number);
  }

  @Override
  public void load(int result, Address number) {
    cells(MOVE, result, NONE, number);
  }

  @Override
  public void compare(int result, int one, int predicate, int other) {
    to.vector(MAP_0F, prefix, true, 0xC2, result, one, other);
    to.control(predicate);
  }

  @Override
  public void noteWhere(int note, int one, int predicate, int other, int spare) {
    compare(spare, one, predicate, other);
    noteSigns(note, spare);
  }

  @Override
  public void noteSigns(int note, int register) {
    cells(OR, note, note, register);
  }

  @Override
  public void noteWithout(VectorCode code, int note, int register, Source bits) {
    code.and(register, register, bits);
    code.equalZero(register, register);
    code.inTurns(group -> noteSigns(note, code.of(group, register)));
  }

  @Override
  public void clearNotes(int note) {
    to.clear(note);
  }

  @Override
  public void testNotes(int note) {
    to.vector(MAP_0F38, PREFIX_66, true, 0x17, note, NONE, note);
  }

  @Override
  public void moveNotes(int general, int note) {
    to.vector(MAP_0F, PREFIX_66, true, 0x50, general, 0, note);
  }

  @Override
  public void chooseWhere(
      int result, int one, int other, int compared, int predicate, int with, int spare) {
    compare(spare, compared, predicate, with);
    choose(result, one, other, spare);
  }

  @Override
  public void clearWhere(int result, int one, int predicate, int other, int spare) {
    compare(spare, one, predicate, other);
    cells(AND_NOT, result, spare, result);
  }

  @Override
  public void larger(int result, int one, int other) {
    to.vector(MAP_0F38, PREFIX_66, true, 0x37, result, one, other);
  }

  @Override
  public void findEqual(int result, int one, Address number) {
    doubles(0x29, result, one, number);
  }

  @Override
  public void bringFound(int result) {
    // Comparisons leave what they find in the lanes.
  }

  private void choose(int result, int one, int other, int mask) {
    int opcode = form == CellForm.FLOATS ? 0x4A : 0x4B;
    to.vector(MAP_0F3A, PREFIX_66, true, opcode, result, one, other);
    to.control(mask << 4);
  }

  @Override
  public void round(int result, int of, int direction) {
    int opcode = form == CellForm.FLOATS ? 0x08 : 0x09;
    to.vector(MAP_0F3A, PREFIX_66, true, opcode, result, NONE, of);
    to.control(direction);
  }

  @Override
  public void shift(int operation, int result, int of, int bits) {
    // The operation stands where others have their result.
    to.vector(MAP_0F, PREFIX_66, true, 0x73, operation, result, of);
    to.control(bits);
  }

  @Override
  public void weave(int result, int one, int other, boolean last) {
    to.vector(MAP_0F3A, PREFIX_66, true, 0x46, result, one, other);
    // In each half byte, the lower first: 0 and 1 are pairs of one, 2 and 3 the other's.
    to.control(last ? 0x31 : 0x20);
  }

  @Override
  public void widen(int register) {
    to.vector(MAP_0F, PREFIX_NONE, true, CONVERT, register, NONE, register);
  }

  @Override
  public void narrow(int register) {
    to.vector(MAP_0F, PREFIX_66, true, CONVERT, register, NONE, register);
  }

  @Override
  public void repeatCell(int register, Address cell) {
    if (form == CellForm.WIDENED) {
      to.vector(MAP_0F38, PREFIX_66, false, 0x18, register, NONE, cell);
      widen(register);
    } else {
      to.broadcast(register, cell);
    }
  }

  @Override
  public void read(int register, Address cells, CellForm of) {
    // Of whole vectors a load, of floats that become doubles one that widens.
    int opcode = of == CellForm.WIDENED ? CONVERT : MOVE;
    to.vector(MAP_0F, PREFIX_NONE, true, opcode, register, NONE, cells);
  }

  @Override
  public void readThere(int register, Address cells, CellForm of) {
    boolean isWhole = of != CellForm.WIDENED;
    int opcode = of == CellForm.DOUBLES ? 0x2D : 0x2C;
    to.vector(MAP_0F38, PREFIX_66, isWhole, opcode, register, mask(of), cells);
    if (!isWhole) {
      widen(register);
    }
  }

  @Override
  public void write(Address cells, int register, CellForm of) {
    boolean isWhole = of != CellForm.WIDENED;
    if (!isWhole) {
      narrow(register);
    }
    to.vector(MAP_0F, PREFIX_NONE, isWhole, 0x11, register, NONE, cells);
  }

  @Override
  public void writeThere(Address cells, int register, CellForm of) {
    boolean isWhole = of != CellForm.WIDENED;
    if (!isWhole) {
      narrow(register);
    }
    int opcode = of == CellForm.DOUBLES ? 0x2F : 0x2E;
    to.vector(MAP_0F38, PREFIX_66, isWhole, opcode, register, mask(of), cells);
  }

  private static int mask(CellForm of) {
    return of == CellForm.DOUBLES ? DOUBLES_MASK : MASK;
  }

  @Override
  public void loadMasks(Address at) {
    to.vector(MAP_0F, PREFIX_66, true, MOVE, DOUBLES_MASK, 0, at);
    Address floats = form == CellForm.WIDENED ? at.plus(CellMasks.FLOAT_MASKS) : at;
    to.vector(MAP_0F, PREFIX_66, true, MOVE, MASK, 0, floats);
  }

  @Override
  public void writeMasks() {
    CellMasks.write(to, form);
  }

  @Override
  public void keepThere(int register) {
    cells(AND, register, register, DOUBLES_MASK);
  }

  @Override
  public void takeThere(int result, int from) {
    choose(result, result, from, DOUBLES_MASK);
  }

  @Override
  public void separateGroups(int first, int second) {
    // Each group has had its register from the first cell on.
  }

  @Override
  public void writeNumber(long bits) {
    for (int i = 0; i < VectorRegisters.BYTES_32.doubles(); i++) {
      to.data(bits);
    }
  }
}
