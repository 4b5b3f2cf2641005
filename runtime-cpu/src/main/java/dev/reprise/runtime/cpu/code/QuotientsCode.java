package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.RAX;
import static dev.reprise.runtime.cpu.code.Assembler.RDI;
import static dev.reprise.runtime.cpu.code.Assembler.RDX;
import static dev.reprise.runtime.cpu.code.Assembler.RSI;
import static dev.reprise.runtime.cpu.code.InstructionForms.MAP_0F;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_66;
import static dev.reprise.runtime.cpu.code.InstructionForms.PREFIX_F2;

/**
 * The machine code of {@link Quotients}: a function of the System V calling convention that is
 * given where the cells and the divisor are, and how many cells there are.
 */
final class QuotientsCode {
  private static final int LANES = 4;

  private static final int CELL = 0;
  private static final int DIVISOR = 1;

  private static final int LOAD = 0x10;
  private static final int STORE = 0x11;
  private static final int ROOT = 0x51;
  private static final int DIVIDE = 0x5E;

  private final Assembler to = new Assembler(true);
  private final boolean roots;

  private QuotientsCode(boolean roots) {
    this.roots = roots;
  }

  static byte[] of(boolean roots) {
    return new QuotientsCode(roots).write();
  }

  private byte[] write() {
    to.broadcast(DIVISOR, Address.of(RSI));
    to.move(RAX, RDX);
    to.shiftRight(RAX, Integer.numberOfTrailingZeros(LANES));
    writeLoop(LANES);
    to.move(RAX, RDX);
    to.andNumber(RAX, LANES - 1);
    writeLoop(1);
    to.zero(RAX);
    to.returnToCaller();
    return to.bytes();
  }

  /** As many times as a register says, which may be zero. */
  private void writeLoop(int lanes) {
    boolean isWhole = lanes > 1;
    int prefix = isWhole ? PREFIX_66 : PREFIX_F2;
    int none = to.jumpIfZero();
    int loop = to.here();
    to.vector(MAP_0F, prefix, isWhole, LOAD, CELL, 0, Address.of(RDI));
    to.vector(MAP_0F, prefix, isWhole, DIVIDE, CELL, CELL, DIVISOR);
    if (roots) {
      // Of one cell, the others of the register come with it.
      to.vector(MAP_0F, prefix, isWhole, ROOT, CELL, isWhole ? 0 : CELL, CELL);
    }
    to.vector(MAP_0F, prefix, isWhole, STORE, CELL, 0, Address.of(RDI));
    to.addNumber(RDI, lanes * Double.BYTES);
    to.decrement(RAX);
    to.jumpBackUnlessZero(loop);
    to.landHere(none);
  }
}
