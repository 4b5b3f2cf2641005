package dev.reprise.runtime.cpu.code;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Writes the few instructions of x86-64, AVX2 and AVX-512 that {@link PanelCode} and {@link
 * CellCode} consist of (Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2).
 * General registers and vector registers are given by their numbers, 0 to 15, those of 64 bytes to
 * 31.
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

  /** Opcode maps of VEX instructions: those that begin with 0F, with 0F 38 and with 0F 3A. */
  static final int MAP_0F = 1;

  static final int MAP_0F38 = 2;
  static final int MAP_0F3A = 3;

  /** More than the largest code, of expressions with as many functions as there may be. */
  static final int MOST_BYTES = 1 << 17;

  static final int PREFIX_NONE = 0;
  static final int PREFIX_66 = 1;
  static final int PREFIX_F3 = 2;
  static final int PREFIX_F2 = 3;

  /**
   * Of the last byte of the EVEX form, beside the number of a mask: other lanes become zeros, and
   * the operand in memory is one cell for all lanes.
   */
  static final int ZERO_OTHERS = 0x80;

  static final int REPEAT = 0x10;

  // Likewise, how much of a register of 64 bytes.
  private static final int WHOLE = 2 << 5;
  private static final int HALF = 1 << 5;

  /** A base that stands for the place behind the instruction, to which a displacement counts. */
  private static final int NEXT_INSTRUCTION = -1;

  private final ByteBuffer code = ByteBuffer.allocate(MOST_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final boolean doubles;
  private final boolean isWide;

  /**
   * Writes for vector registers of 32 bytes.
   *
   * @param doubles whether the vector instructions are those of doubles, else of floats
   */
  Assembler(boolean doubles) {
    this(doubles, false);
  }

  /**
   * @param doubles whether the vector instructions are those of doubles, else of floats
   * @param isWide whether vector registers are those of 64 bytes (AVX-512), else of 32
   */
  Assembler(boolean doubles, boolean isWide) {
    this.doubles = doubles;
    this.isWide = isWide;
  }

  /** An address: base, plus index times scale where there is an index, plus displacement. */
  record Address(int base, int index, int scale, int displacement) {
    static Address of(int base) {
      return new Address(base, -1, 1, 0);
    }

    static Address of(int base, int displacement) {
      return new Address(base, -1, 1, displacement);
    }

    /** Base + scale * index, for a scale of 1, 2, 4 or 8. */
    static Address of(int base, int index, int scale) {
      return new Address(base, index, scale, 0);
    }

    /** So far behind the end of the instruction, or to be {@linkplain #pointTo set} later. */
    static Address ahead(int displacement) {
      return new Address(NEXT_INSTRUCTION, -1, 1, displacement);
    }

    Address plus(int bytes) {
      return new Address(base, index, scale, displacement + bytes);
    }

    private int indexBit() {
      return index >= 8 ? 1 : 0;
    }

    private int baseBit() {
      return base >= 8 ? 1 : 0;
    }
  }

  byte[] bytes() {
    return Arrays.copyOf(code.array(), here());
  }

  /** Where the next instruction begins. */
  int here() {
    return code.position();
  }

  void push(int register) {
    if (register >= 8) {
      int8(0x41);
    }
    int8(0x50 + (register & 7));
  }

  void pop(int register) {
    if (register >= 8) {
      int8(0x41);
    }
    int8(0x58 + (register & 7));
  }

  void move(int to, int from) {
    general(0x89, from, to);
  }

  void load(int to, Address from) {
    general(0x8B, to, from);
  }

  void store(Address to, int from) {
    general(0x89, from, to);
  }

  /** {@code to = address}. */
  void address(int to, Address of) {
    general(0x8D, to, of);
  }

  void add(int to, int from) {
    general(0x01, from, to);
  }

  void add(int to, Address from) {
    general(0x03, to, from);
  }

  void multiply(int to, int from) {
    rex(1, to >> 3, 0, from >> 3);
    int8(0x0F);
    int8(0xAF);
    int8(0xC0 | (to & 7) << 3 | from & 7);
  }

  /** Subtracts without a result, for the jump that follows. */
  void compare(int one, int other) {
    general(0x39, other, one);
  }

  /** The whole number that a cell is when its fraction is cut; of those too large the least one. */
  void truncate(int to, Address from) {
    vex(
        MAP_0F,
        doubles ? PREFIX_F2 : PREFIX_F3,
        true,
        false,
        to,
        0,
        from.indexBit(),
        from.baseBit());
    int8(0x2C);
    modrm(to, from);
  }

  /** Whether a register is zero, for the jump that follows. */
  void test(int register) {
    general(0x85, register, register);
  }

  void zero(int register) {
    general(0x31, register, register);
  }

  void addNumber(int to, int number) {
    rex(1, 0, 0, to >> 3);
    int8(0x81);
    int8(0xC0 | to & 7);
    int32(number);
  }

  /** {@code to &= number}; sets whether that is zero, for the jump that follows. */
  void andNumber(int to, int number) {
    rex(1, 0, 0, to >> 3);
    int8(0x81);
    int8(0xC0 | 4 << 3 | to & 7);
    int32(number);
  }

  /** Whether none of a number's bits are set, for the jump that follows. */
  void testNumber(int register, int number) {
    rex(1, 0, 0, register >> 3);
    int8(0xF7);
    int8(0xC0 | register & 7);
    int32(number);
  }

  /** Divides by a power of two, without sign; sets whether zero is left, if {@code bits} is not. */
  void shiftRight(int register, int bits) {
    rex(1, 0, 0, register >> 3);
    int8(0xC1);
    int8(0xC0 | 5 << 3 | register & 7);
    int8(bits);
  }

  /** Multiplies with a power of two. */
  void shiftLeft(int register, int bits) {
    rex(1, 0, 0, register >> 3);
    int8(0xC1);
    int8(0xC0 | 4 << 3 | register & 7);
    int8(bits);
  }

  void decrement(int register) {
    rex(1, 0, 0, register >> 3);
    int8(0xFF);
    int8(0xC0 | 1 << 3 | register & 7);
  }

  /** Jumps back to {@code target} unless the last result was zero. */
  void jumpBackUnlessZero(int target) {
    int8(0x0F);
    int8(0x85);
    int32(target - (here() + 4));
  }

  /**
   * Jumps to where {@link #landHere} is called with what this returns, when the last result was
   * zero.
   */
  int jumpIfZero() {
    int8(0x0F);
    int8(0x84);
    int32(0);
    return here();
  }

  /** Likewise, when the first one compared was not less, both without sign. */
  int jumpUnlessBelow() {
    int8(0x0F);
    int8(0x83);
    int32(0);
    return here();
  }

  /** Likewise, always. */
  int jump() {
    int8(0xE9);
    int32(0);
    return here();
  }

  void jumpBack(int target) {
    int8(0xE9);
    int32(target - (here() + 4));
  }

  void landHere(int jump) {
    code.putInt(jump - Integer.BYTES, here() - jump);
  }

  void returnToCaller() {
    // vzeroupper: the code of others may use registers of half the size.
    int8(0xC5);
    int8(0xF8);
    int8(0x77);
    int8(0xC3);
  }

  void clear(int vector) {
    if (vector >= 16) {
      // An exclusive or of whole numbers: that of floats needs more than the base of AVX-512.
      vector64(MAP_0F, PREFIX_66, false, 0xEF, vector, vector, vector, 0);
      return;
    }
    vex(MAP_0F, prefix(), false, true, vector, vector, 0, vector >> 3);
    int8(0x57);
    int8(0xC0 | (vector & 7) << 3 | vector & 7);
  }

  void loadVector(int to, Address from) {
    cells(MAP_0F, prefix(), 0x10, to, 0, from);
  }

  void storeVector(Address to, int from) {
    cells(MAP_0F, prefix(), 0x11, from, 0, to);
  }

  void addVector(int to, int one, Address other) {
    cells(MAP_0F, prefix(), 0x58, to, one, other);
  }

  void addVector(int to, int one, int other) {
    cells(MAP_0F, prefix(), false, 0x58, to, one, other);
  }

  /** Cells whose mask has its highest bit set; zeros else, and what lies there is not touched. */
  void loadMasked(int to, int mask, Address from) {
    vector(MAP_0F38, PREFIX_66, true, doubles ? 0x2D : 0x2C, to, mask, from);
  }

  void storeMasked(Address to, int mask, int from) {
    vector(MAP_0F38, PREFIX_66, true, doubles ? 0x2F : 0x2E, from, mask, to);
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
    vex(MAP_0F, PREFIX_NONE, false, true, mask, mask, 0, 0);
    int8(0x46);
    int8(0xC0 | mask << 3 | mask);
  }

  /** As {@link #loadMasked}, of 64 bytes. */
  void loadMaskedWide(int to, int mask, Address from) {
    vector64(MAP_0F, prefix(), doubles, 0x10, to, 0, from, ZERO_OTHERS | mask);
  }

  /** As {@link #storeMasked}, of 64 bytes. */
  void storeMaskedWide(Address to, int mask, int from) {
    vector64(MAP_0F, prefix(), doubles, 0x11, from, 0, to, mask);
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
    vector64(MAP_0F38, PREFIX_66, doubles, 0xB8, sum, one, cell, REPEAT);
  }

  /** An instruction of whole vector registers. */
  private void cells(
      int map, int prefix, boolean wide, int opcode, int register, int one, int other) {
    if (isWide) {
      vector64(map, prefix, doubles, opcode, register, one, other, 0);
      return;
    }
    vex(map, prefix, wide, true, register, one, 0, other >> 3);
    int8(opcode);
    int8(0xC0 | (register & 7) << 3 | other & 7);
  }

  /** As the other, with the last operand in memory. */
  private void cells(int map, int prefix, int opcode, int register, int one, Address other) {
    if (isWide) {
      vector64(map, prefix, doubles, opcode, register, one, other, 0);
      return;
    }
    vex(map, prefix, false, true, register, one, other.indexBit(), other.baseBit());
    int8(opcode);
    modrm(register, other);
  }

  /**
   * An instruction of registers of 64 bytes, or of masks; the second register is 0 where there is
   * none.
   *
   * @param wide whether lanes are doubles, or have their size
   * @param last a mask of lanes, 0 for all, with {@link #ZERO_OTHERS}
   */
  void vector64(
      int map, int prefix, boolean wide, int opcode, int register, int one, int other, int last) {
    evex(map, prefix, wide, register, one, other >> 4, other >> 3, WHOLE | last);
    int8(opcode);
    int8(0xC0 | (register & 7) << 3 | other & 7);
  }

  /** As the other, with the last operand in memory, which may be to {@link #REPEAT}. */
  void vector64(
      int map,
      int prefix,
      boolean wide,
      int opcode,
      int register,
      int one,
      Address other,
      int last) {
    evex(map, prefix, wide, register, one, other.indexBit(), other.baseBit(), WHOLE | last);
    int8(opcode);
    modrm(register, other);
  }

  /** Stores half of a register of 64 bytes. */
  void storeHalf64(Address to, int from) {
    evex(MAP_0F, PREFIX_NONE, false, from, 0, to.indexBit(), to.baseBit(), HALF);
    int8(0x11);
    modrm(from, to);
  }

  /**
   * A vector instruction of three registers; the second is 0 where there is none.
   *
   * @param isWhole of 256 bits, else of 128
   */
  void vector(int map, int prefix, boolean isWhole, int opcode, int register, int one, int other) {
    vex(map, prefix, false, isWhole, register, one, 0, other >> 3);
    int8(opcode);
    int8(0xC0 | (register & 7) << 3 | other & 7);
  }

  /** As the other, with the last operand in memory. */
  void vector(
      int map, int prefix, boolean isWhole, int opcode, int register, int one, Address other) {
    vex(map, prefix, false, isWhole, register, one, other.indexBit(), other.baseBit());
    int8(opcode);
    modrm(register, other);
  }

  /** As the other, with the bit of instructions that says that lanes are doubles. */
  void doubles(int map, int prefix, int opcode, int register, int one, int other) {
    vex(map, prefix, true, true, register, one, 0, other >> 3);
    int8(opcode);
    int8(0xC0 | (register & 7) << 3 | other & 7);
  }

  /** As the other, with the last operand in memory. */
  void doubles(int map, int prefix, int opcode, int register, int one, Address other) {
    vex(map, prefix, true, true, register, one, other.indexBit(), other.baseBit());
    int8(opcode);
    modrm(register, other);
  }

  /** The last byte of some instructions of registers. */
  void control(int number) {
    int8(number);
  }

  /** Lets the address {@code ahead} of the instruction that ended at {@code end} be this place. */
  void pointTo(int end) {
    code.putInt(end - Integer.BYTES, here() - end);
  }

  /** What follows begins at a multiple of so many bytes, a power of two. */
  void align(int bytes) {
    while (here() % bytes != 0) {
      int8(0);
    }
  }

  /** Cells that code reads, as doubles or as integers of half the size. */
  void data(long bits) {
    code.putLong(bits);
  }

  private int prefix() {
    return doubles ? PREFIX_66 : PREFIX_NONE;
  }

  private void general(int opcode, int register, int other) {
    rex(1, register >> 3, 0, other >> 3);
    int8(opcode);
    int8(0xC0 | (register & 7) << 3 | other & 7);
  }

  private void general(int opcode, int register, Address at) {
    rex(1, register >> 3, at.indexBit(), at.baseBit());
    int8(opcode);
    modrm(register, at);
  }

  private void rex(int wide, int register, int index, int base) {
    int8(0x40 | wide << 3 | register << 2 | index << 1 | base);
  }

  /** The three-byte form; bits of registers and the second source are inverted. */
  private void vex(
      int map,
      int prefix,
      boolean wide,
      boolean isWhole,
      int register,
      int source,
      int index,
      int base) {
    int8(0xC4);
    int8((~(register >> 3) & 1) << 7 | (~index & 1) << 6 | (~base & 1) << 5 | map);
    int8((wide ? 0x80 : 0) | (~source & 15) << 3 | (isWhole ? 1 : 0) << 2 | prefix);
  }

  /**
   * The form of registers of 64 bytes. Displacements of 32 bits, and here are no others, count
   * bytes as in other instructions.
   *
   * @param last a mask of lanes, 0 for all, with {@link #ZERO_OTHERS} or {@link #REPEAT}, and with
   *     how much of registers
   */
  private void evex(
      int map, int prefix, boolean wide, int register, int source, int index, int base, int last) {
    int8(0x62);
    int fifth = (~(register >> 4) & 1) << 4;
    int8((~(register >> 3) & 1) << 7 | (~index & 1) << 6 | (~base & 1) << 5 | fifth | map);
    int8((wide ? 0x80 : 0) | (~source & 15) << 3 | 1 << 2 | prefix);
    int8((~(source >> 4) & 1) << 3 | last);
  }

  private void modrm(int register, Address at) {
    int low = (register & 7) << 3;
    if (at.base == NEXT_INSTRUCTION) {
      int8(low | RBP);
      int32(at.displacement);
      return;
    }
    boolean hasIndex = at.index >= 0;
    boolean needsSib = hasIndex || (at.base & 7) == RSP;
    int8(0x80 | low | (needsSib ? RSP : at.base & 7));
    if (needsSib) {
      int scale = Integer.numberOfTrailingZeros(at.scale);
      int8(scale << 6 | (hasIndex ? at.index & 7 : RSP) << 3 | at.base & 7);
    }
    int32(at.displacement);
  }

  private void int32(int value) {
    code.putInt(value);
  }

  private void int8(int value) {
    code.put((byte) value);
  }
}
