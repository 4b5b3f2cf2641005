package dev.reprise.runtime.cpu.cell;

import java.util.Set;

/**
 * Steps that run the loops of the element-wise kernels, so that a chain of steps gives the same
 * bits as a chain of kernels. Operands are numbers of registers, or of scalars where the names say
 * so.
 */
public final class BlockSteps {
  private BlockSteps() {}

  /** Opcodes of one operand that there are steps for. */
  public static Set<String> unary() {
    return Loops.unary().keySet();
  }

  /** Opcodes of two operands that there are steps for. */
  public static Set<String> binary() {
    return Loops.binary().keySet();
  }

  public static BlockStep unary(String opcode, int x, int out) {
    UnaryLoop loop = Loops.unary().get(opcode);
    return new BlockStep() {
      @Override
      public void run(double[][] registers, double[] scalars, int n) {
        loop.array(registers[x], registers[out], n);
      }
    };
  }

  public static BlockStep binary(String opcode, int x, int y, int out) {
    BinaryLoop loop = Loops.binary().get(opcode);
    return new BlockStep() {
      @Override
      public void run(double[][] registers, double[] scalars, int n) {
        loop.arrays(registers[x], registers[y], registers[out], n);
      }
    };
  }

  public static BlockStep scalarRight(String opcode, int x, int scalar, int out) {
    BinaryLoop loop = Loops.binary().get(opcode);
    return new BlockStep() {
      @Override
      public void run(double[][] registers, double[] scalars, int n) {
        loop.arrayScalar(registers[x], scalars[scalar], registers[out], n);
      }
    };
  }

  public static BlockStep scalarLeft(String opcode, int scalar, int y, int out) {
    BinaryLoop loop = Loops.binary().get(opcode);
    return new BlockStep() {
      @Override
      public void run(double[][] registers, double[] scalars, int n) {
        loop.scalarArray(scalars[scalar], registers[y], registers[out], n);
      }
    };
  }

  public static BlockStep choose(int test, int yes, int no, int out) {
    return new BlockStep() {
      @Override
      public void run(double[][] registers, double[] scalars, int n) {
        IfElseKernel.choose(registers[test], registers[yes], registers[no], registers[out], n);
      }
    };
  }
}
