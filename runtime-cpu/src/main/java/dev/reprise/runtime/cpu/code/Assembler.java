package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F38;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_66;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_F2;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_F3;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_NONE;

/**
 * Writes the few instructions of x86-64, AVX2 and AVX-512 that code here consists of (Intel 64 and
 * IA-32 Architectures Software Developer's Manual, volume 2), in the {@link InstructionForms} that
 * they have. General registers and vector registers are given by their numbers, 0 to 15, those of
 * 64 bytes to 31.
 *
 * <p>Belongs to one thread.
 */
final class Assembler {
  static final int RAX = 0;
  static final int RCX = 1;
  static final int RDX = 2;
  static final int RBX = 3;
  static final int RSP = 4;
  static final int RBP = 5;
  static final int RSI = 6;
  static final int RDI = 7;
  static final int R8 = 8;
  static final int R9 = 9;
  static final int R10 = 10;
  static final int R11 = 11;
  static final int R12 = 12;
  static final int R13 = 13;
  static final int R14 = 14;
  static final int R15 = 15;

  private final InstructionForms forms = new InstructionForms();
  private final boolean doubles;
  private final VectorRegisters registers;

  /**
   * Writes for vector registers of 32 bytes.
   *
   * @param doubles whether the vector instructions are those of doubles, else of floats
   */
  Assembler(boolean doubles) {
    this(doubles, VectorRegisters.BYTES_32);
  }

  /**
   * @param doubles whether the vector instructions are those of doubles, else of floats
   * @param registers that instructions of whole vectors use
   */
  Assembler(boolean doubles, VectorRegisters registers) {
    this.doubles = doubles;
    this.registers = registers;
  }

  byte[] bytes() {
    return forms.bytes();
  }

  /** Where the next instruction begins. */
  int here() {
    return forms.here();
  }

  // ---- general registers

  void push(int register) {
    if (register >= 8) {
      forms.int8(0x41);
    }
    forms.int8(0x50 + (register & 7));
  }

  void pop(int register) {
    if (register >= 8) {
      forms.int8(0x41);
    }
    forms.int8(0x58 + (register & 7));
  }

  void move(int to, int from) {
    forms.general(0x89, from, to);
  }

  void load(int to, Address from) {
    forms.general(0x8B, to, from);
  }

  /** Four bytes, with their sign. */
  void loadInt(int to, Address from) {
    forms.general(0x63, to, from);
  }

  void store(Address to, int from) {
    forms.general(0x89, from, to);
  }

  /** {@code to = address}. */
  void address(int to, Address of) {
    forms.general(0x8D, to, of);
  }

  /** Says that the cells at the address, if there are any, will soon be read. */
  void prefetch(Address of) {
    forms.general0F(0x18, 1, of);
  }

  void add(int to, int from) {
    forms.general(0x01, from, to);
  }

  void add(int to, Address from) {
    forms.general(0x03, to, from);
  }

  void subtract(int to, Address from) {
    forms.general(0x2B, to, from);
  }

  void multiply(int to, int from) {
    forms.general0F(0xAF, to, from);
  }

  /** Subtracts without a result, for the jump that follows. */
  void compare(int one, int other) {
    forms.general(0x39, other, one);
  }

  /** The whole number that a cell is when its fraction is cut; of those too large the least one. */
  void truncate(int to, Address from) {
    forms.vex(MAP_0F, doubles ? PREFIX_F2 : PREFIX_F3, true, false, 0x2C, to, 0, from);
  }

  /** Whether a register is zero, for the jump that follows. */
  void test(int register) {
    forms.general(0x85, register, register);
  }

  void zero(int register) {
    forms.general(0x31, register, register);
  }

  void addNumber(int to, int number) {
    forms.general(0x81, 0, to);
    forms.int32(number);
  }

  /** {@code to &= number}; sets whether that is zero, for the jump that follows. */
  void andNumber(int to, int number) {
    forms.general(0x81, 4, to);
    forms.int32(number);
  }

  /** Whether none of a number's bits are set, for the jump that follows. */
  void testNumber(int register, int number) {
    forms.general(0xF7, 0, register);
    forms.int32(number);
  }

  /** Divides by a power of two, without sign; sets whether zero is left, if {@code bits} is not. */
  void shiftRight(int register, int bits) {
    forms.general(0xC1, 5, register);
    forms.int8(bits);
  }

  /** Multiplies with a power of two. */
  void shiftLeft(int register, int bits) {
    forms.general(0xC1, 4, register);
    forms.int8(bits);
  }

  void decrement(int register) {
    forms.general(0xFF, 1, register);
  }

  // ---- jumps

  /** Jumps back to {@code target} unless the last result was zero. */
  void jumpBackUnlessZero(int target) {
    forms.int8(0x0F);
    forms.int8(0x85);
    distanceTo(target);
  }

  /** Jumps back to {@code target} when the first one compared was not less, both without sign. */
  void jumpBackUnlessBelow(int target) {
    forms.int8(0x0F);
    forms.int8(0x83);
    distanceTo(target);
  }

  /**
   * Jumps to where {@link #landHere} is called with what this returns, when the last result was
   * zero.
   */
  int jumpIfZero() {
    return jumpIf(0x84);
  }

  /** Likewise, when the first one compared was not less, both without sign. */
  int jumpUnlessBelow() {
    return jumpIf(0x83);
  }

  private int jumpIf(int condition) {
    forms.int8(0x0F);
    forms.int8(condition);
    forms.int32(0);
    return here();
  }

  /** Likewise, always. */
  int jump() {
    forms.int8(0xE9);
    forms.int32(0);
    return here();
  }

  void jumpBack(int target) {
    forms.int8(0xE9);
    distanceTo(target);
  }

  private void distanceTo(int target) {
    forms.int32(target - (here() + Integer.BYTES));
  }

  void landHere(int jump) {
    forms.setDistance(jump);
  }

  void returnToCaller() {
    // vzeroupper: the code of others may use registers of half the size.
    forms.int8(0xC5);
    forms.int8(0xF8);
    forms.int8(0x77);
    forms.int8(0xC3);
  }

  // ---- whole vectors of cells

  void clear(int vector) {
    if (vector >= 16) {
      // An exclusive or of whole numbers: that of floats needs more than the base of AVX-512.
      vector64(MAP_0F, PREFIX_66, false, 0xEF, vector, vector, vector, 0);
    } else {
      forms.vex(MAP_0F, prefix(), false, true, 0x57, vector, vector, vector);
    }
  }

  void loadVector(int to, Address from) {
    cells(MAP_0F, prefix(), 0x10, to, 0, from);
  }

  void storeVector(Address to, int from) {
    cells(MAP_0F, prefix(), 0x11, from, 0, to);
  }

  /** One double; the rest of the vector becomes zeros. */
  void loadDouble(int to, Address from) {
    forms.vex(MAP_0F, PREFIX_F2, false, false, 0x10, to, 0, from);
  }

  void storeDouble(Address to, int from) {
    forms.vex(MAP_0F, PREFIX_F2, false, false, 0x11, from, 0, to);
  }

  /** {@code to = one + other} of one double. */
  void addDouble(int to, int one, Address other) {
    forms.vex(MAP_0F, PREFIX_F2, false, false, 0x58, to, one, other);
  }

  /** {@code sum = sum + one * other} of one double, rounded once. */
  void multiplyAddDouble(int sum, int one, Address other) {
    forms.vex(MAP_0F38, PREFIX_66, true, false, 0xB9, sum, one, other);
  }

  /** Four bytes; the rest of the vector becomes zeros. */
  void loadFloat(int to, Address from) {
    forms.vex(MAP_0F, PREFIX_F3, false, false, 0x10, to, 0, from);
  }

  void storeFloat(Address to, int from) {
    forms.vex(MAP_0F, PREFIX_F3, false, false, 0x11, from, 0, to);
  }

  void addVector(int to, int one, Address other) {
    cells(MAP_0F, prefix(), 0x58, to, one, other);
  }

  void addVector(int to, int one, int other) {
    cells(MAP_0F, prefix(), false, 0x58, to, one, other);
  }

  void multiplyVector(int to, int one, Address other) {
    cells(MAP_0F, prefix(), 0x59, to, one, other);
  }

  void multiplyVector(int to, int one, int other) {
    cells(MAP_0F, prefix(), false, 0x59, to, one, other);
  }

  /**
   * Cells whose mask has its highest bit set; zeros else, and what lies there is not touched.
   *
   * @param mask a vector register; of registers of 64 bytes one {@linkplain #maskOf of masks}
   */
  void loadMasked(int to, int mask, Address from) {
    if (registers == VectorRegisters.BYTES_64) {
      int lanes = InstructionForms.ZERO_OTHERS | mask;
      vector64(MAP_0F, prefix(), doubles, 0x10, to, 0, from, lanes);
    } else {
      vector(MAP_0F38, PREFIX_66, true, doubles ? 0x2D : 0x2C, to, mask, from);
    }
  }

  void storeMasked(Address to, int mask, int from) {
    if (registers == VectorRegisters.BYTES_64) {
      vector64(MAP_0F, prefix(), doubles, 0x11, from, 0, to, mask);
    } else {
      vector(MAP_0F38, PREFIX_66, true, doubles ? 0x2F : 0x2E, from, mask, to);
    }
  }

  /**
   * Which lanes of a register of 64 bytes have their highest bit set.
   *
   * @param mask 1 to 7: what the masks of such registers are known by
   */
  void maskOf(int mask, int lanes) {
    vector64(MAP_0F38, PREFIX_F3, doubles, 0x39, mask, 0, lanes, 0);
  }

  /** All of up to 16 lanes. */
  void maskOfAll(int mask) {
    forms.vex(MAP_0F, PREFIX_NONE, false, true, 0x46, mask, mask, mask);
  }

  /** Every cell of {@code to} is the one at the address. */
  void broadcast(int to, Address from) {
    cells(MAP_0F38, PREFIX_66, doubles ? 0x19 : 0x18, to, 0, from);
  }

  /** {@code sum = sum + one * other}, rounded once. */
  void multiplyAdd(int sum, int one, int other) {
    cells(MAP_0F38, PREFIX_66, doubles, 0xB8, sum, one, other);
  }

  /** Likewise, of registers of 64 bytes and the one cell at the address. */
  void multiplyAddRepeated(int sum, int one, Address cell) {
    vector64(MAP_0F38, PREFIX_66, doubles, 0xB8, sum, one, cell, InstructionForms.REPEAT);
  }

  /** An instruction of whole vector registers; with 32 bytes not all of doubles have the bit W. */
  private void cells(int map, int prefix, boolean w, int opcode, int register, int one, int other) {
    if (registers == VectorRegisters.BYTES_64) {
      vector64(map, prefix, doubles, opcode, register, one, other, 0);
    } else {
      forms.vex(map, prefix, w, true, opcode, register, one, other);
    }
  }

  /** As the other, with the last operand in memory. */
  private void cells(int map, int prefix, int opcode, int register, int one, Address other) {
    if (registers == VectorRegisters.BYTES_64) {
      vector64(map, prefix, doubles, opcode, register, one, other, 0);
    } else {
      forms.vex(map, prefix, false, true, opcode, register, one, other);
    }
  }

  private int prefix() {
    return doubles ? PREFIX_66 : PREFIX_NONE;
  }

  // ---- by opcode

  /**
   * A vector instruction of three registers; the second is 0 where there is none.
   *
   * @param isWhole of 256 bits, else of 128
   */
  void vector(int map, int prefix, boolean isWhole, int opcode, int register, int one, int other) {
    forms.vex(map, prefix, false, isWhole, opcode, register, one, other);
  }

  /** As the other, with the last operand in memory. */
  void vector(
      int map, int prefix, boolean isWhole, int opcode, int register, int one, Address other) {
    forms.vex(map, prefix, false, isWhole, opcode, register, one, other);
  }

  /** As the other, with the bit of instructions that says that lanes are doubles. */
  void doubles(int map, int prefix, int opcode, int register, int one, int other) {
    forms.vex(map, prefix, true, true, opcode, register, one, other);
  }

  /** As the other, with the last operand in memory. */
  void doubles(int map, int prefix, int opcode, int register, int one, Address other) {
    forms.vex(map, prefix, true, true, opcode, register, one, other);
  }

  /**
   * An instruction of registers of 64 bytes, or of masks; the second register is 0 where there is
   * none.
   *
   * @param ofDoubles whether lanes are doubles, or have their size
   * @param last a mask of lanes, 0 for all, with {@link InstructionForms#ZERO_OTHERS}
   */
  void vector64(
      int map,
      int prefix,
      boolean ofDoubles,
      int opcode,
      int register,
      int one,
      int other,
      int last) {
    int lanes = InstructionForms.WHOLE | last;
    forms.evex(map, prefix, ofDoubles, opcode, register, one, other, lanes);
  }

  /**
   * As the other, with the last operand in memory, which may be to {@link InstructionForms#REPEAT}.
   */
  void vector64(
      int map,
      int prefix,
      boolean ofDoubles,
      int opcode,
      int register,
      int one,
      Address other,
      int last) {
    int lanes = InstructionForms.WHOLE | last;
    forms.evex(map, prefix, ofDoubles, opcode, register, one, other, lanes);
  }

  /** Stores half of a register of 64 bytes. */
  void storeHalf64(Address to, int from) {
    forms.evex(MAP_0F, PREFIX_NONE, false, 0x11, from, 0, to, InstructionForms.HALF);
  }

  /** The last byte of some instructions of registers. */
  void control(int number) {
    forms.int8(number);
  }

  // ---- data behind the code

  /** Lets the address {@code ahead} of the instruction that ended at {@code end} be this place. */
  void pointTo(int end) {
    forms.setDistance(end);
  }

  /** What follows begins at a multiple of so many bytes, a power of two. */
  void align(int bytes) {
    while (here() % bytes != 0) {
      forms.int8(0);
    }
  }

  /** Cells that code reads, as doubles or as integers of half the size. */
  void data(long bits) {
    forms.int64(bits);
  }
}
