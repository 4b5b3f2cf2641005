package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.Precision;
import java.util.Set;

/**
 * Steps that run the loops of the element-wise kernels, so that a chain of steps gives the same
 * bits as a chain of kernels. Operands are numbers of registers, or of scalars where the names say
 * so. Stateless.
 */
public abstract sealed class BlockSteps permits DoubleSteps, FloatSteps {
  private static final BlockSteps DOUBLES = new DoubleSteps();
  private static final BlockSteps FLOATS = new FloatSteps();

  BlockSteps() {}

  /** Steps over registers of that precision. */
  public static BlockSteps of(Precision precision) {
    return precision == Precision.FP32 ? FLOATS : DOUBLES;
  }

  /** Opcodes of one operand that there are steps for. */
  public static Set<String> unary() {
    return Loops.unary().keySet();
  }

  /** Opcodes of two operands that there are steps for. */
  public static Set<String> binary() {
    return Loops.binary().keySet();
  }

  public abstract BlockStep unary(String opcode, int x, int out);

  public abstract BlockStep binary(String opcode, int x, int y, int out);

  public abstract BlockStep scalarRight(String opcode, int x, int scalar, int out);

  public abstract BlockStep scalarLeft(String opcode, int scalar, int y, int out);

  public abstract BlockStep choose(int test, int yes, int no, int out);
}
