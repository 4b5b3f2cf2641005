package dev.reprise.runtime.cpu.code;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The forms in which instructions of x86-64 are written: which bytes say what is done, with what
 * registers, and where memory is (Intel 64 and IA-32 Architectures Software Developer's Manual,
 * volume 2, chapter 2). {@link Assembler} says which instructions there are.
 *
 * <pre>
 *   general registers   REX   opcode  operands
 *   up to 32 bytes      VEX   opcode  operands
 *   64 bytes, masks     EVEX  opcode  operands
 * </pre>
 *
 * <p>An instruction has up to three operands: a register, then one that some do not have, for which
 * 0 is written, then a register or an address. The bit W says that lanes are doubles, or have their
 * size, or that a general register is meant as a whole. Belongs to one thread.
 */
final class InstructionForms {
  /** Opcode maps of VEX instructions: those that begin with 0F, with 0F 38 and with 0F 3A. */
  static final int MAP_0F = 1;

  static final int MAP_0F38 = 2;
  static final int MAP_0F3A = 3;

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
  static final int WHOLE = 2 << 5;
  static final int HALF = 1 << 5;

  /** More than the largest code, of expressions with as many functions as there may be. */
  static final int MOST_BYTES = 1 << 17;

  private final ByteBuffer code = ByteBuffer.allocate(MOST_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  byte[] bytes() {
    return Arrays.copyOf(code.array(), here());
  }

  /** Where the next instruction begins. */
  int here() {
    return code.position();
  }

  void int8(int value) {
    code.put((byte) value);
  }

  void int32(int value) {
    code.putInt(value);
  }

  void int64(long value) {
    code.putLong(value);
  }

  /** Lets the distance with which an instruction ended, at {@code end}, be that to here. */
  void setDistance(int end) {
    code.putInt(end - Integer.BYTES, here() - end);
  }

  /** An instruction of two whole general registers, or of one and an operation in place of one. */
  void general(int opcode, int register, int other) {
    rex(register >> 3, 0, other >> 3);
    int8(opcode);
    operands(register, other);
  }

  void general(int opcode, int register, Address other) {
    rex(register >> 3, other.indexBit(), other.baseBit());
    int8(opcode);
    operands(register, other);
  }

  /** Of the opcodes that begin with 0F. */
  void general0F(int opcode, int register, int other) {
    rex(register >> 3, 0, other >> 3);
    int8(0x0F);
    int8(opcode);
    operands(register, other);
  }

  /** Likewise, with an operation in place of the register, and the other operand in memory. */
  void general0F(int opcode, int operation, Address other) {
    rex(0, other.indexBit(), other.baseBit());
    int8(0x0F);
    int8(opcode);
    operands(operation, other);
  }

  /**
   * @param isWhole whether registers are of 32 bytes, else of 16
   */
  void vex(
      int map,
      int prefix,
      boolean w,
      boolean isWhole,
      int opcode,
      int register,
      int one,
      int other) {
    beginVex(map, prefix, w, isWhole, register, one, 0, other >> 3);
    int8(opcode);
    operands(register, other);
  }

  void vex(
      int map,
      int prefix,
      boolean w,
      boolean isWhole,
      int opcode,
      int register,
      int one,
      Address other) {
    beginVex(map, prefix, w, isWhole, register, one, other.indexBit(), other.baseBit());
    int8(opcode);
    operands(register, other);
  }

  /**
   * @param last a mask of lanes, 0 for all, with {@link #ZERO_OTHERS}, and with how much of
   *     registers
   */
  void evex(
      int map, int prefix, boolean w, int opcode, int register, int one, int other, int last) {
    beginEvex(map, prefix, w, register, one, other >> 4, other >> 3, last);
    int8(opcode);
    operands(register, other);
  }

  /** As the other; the operand in memory may be to {@link #REPEAT}. */
  void evex(
      int map, int prefix, boolean w, int opcode, int register, int one, Address other, int last) {
    beginEvex(map, prefix, w, register, one, other.indexBit(), other.baseBit(), last);
    int8(opcode);
    operands(register, other);
  }

  private void rex(int register, int index, int base) {
    int8(0x48 | register << 2 | index << 1 | base);
  }

  /** The three-byte form; bits of registers and the second source are inverted. */
  private void beginVex(
      int map,
      int prefix,
      boolean w,
      boolean isWhole,
      int register,
      int source,
      int index,
      int base) {
    int8(0xC4);
    int8((~(register >> 3) & 1) << 7 | (~index & 1) << 6 | (~base & 1) << 5 | map);
    int8((w ? 0x80 : 0) | (~source & 15) << 3 | (isWhole ? 1 : 0) << 2 | prefix);
  }

  /** Displacements of 32 bits, and here are no others, count bytes as in other instructions. */
  private void beginEvex(
      int map, int prefix, boolean w, int register, int source, int index, int base, int last) {
    int8(0x62);
    int fifth = (~(register >> 4) & 1) << 4;
    int8((~(register >> 3) & 1) << 7 | (~index & 1) << 6 | (~base & 1) << 5 | fifth | map);
    int8((w ? 0x80 : 0) | (~source & 15) << 3 | 1 << 2 | prefix);
    int8((~(source >> 4) & 1) << 3 | last);
  }

  private void operands(int register, int other) {
    int8(0xC0 | (register & 7) << 3 | other & 7);
  }

  private void operands(int register, Address at) {
    int low = (register & 7) << 3;
    if (at.isAhead()) {
      // Without a register as base: RBP's number says so.
      int8(low | Assembler.RBP);
      int32(at.displacement());
      return;
    }
    int base = at.base() & 7;
    boolean needsSib = at.hasIndex() || base == Assembler.RSP;
    int8(0x80 | low | (needsSib ? Assembler.RSP : base));
    if (needsSib) {
      int scale = Integer.numberOfTrailingZeros(at.scale());
      int8(scale << 6 | (at.hasIndex() ? at.index() & 7 : Assembler.RSP) << 3 | base);
    }
    int32(at.displacement());
  }
}
