package dev.reprise.runtime.cpu.cell;

/** Steps over registers of doubles. */
final class DoubleSteps extends BlockSteps {

  @Override
  public BlockStep unary(String opcode, int x, int out) {
    UnaryLoop loop = Loops.unary().get(opcode);
    return new BlockStep() {
      @Override
      public void run(Registers r, int n) {
        loop.array(r.doubles[x], r.doubles[out], n);
      }
    };
  }

  @Override
  public BlockStep binary(String opcode, int x, int y, int out) {
    BinaryLoop loop = Loops.binary().get(opcode);
    return new BlockStep() {
      @Override
      public void run(Registers r, int n) {
        loop.arrays(r.doubles[x], r.doubles[y], r.doubles[out], n);
      }
    };
  }

  @Override
  public BlockStep scalarRight(String opcode, int x, int scalar, int out) {
    BinaryLoop loop = Loops.binary().get(opcode);
    return new BlockStep() {
      @Override
      public void run(Registers r, int n) {
        loop.arrayScalar(r.doubles[x], r.scalars[scalar], r.doubles[out], n);
      }
    };
  }

  @Override
  public BlockStep scalarLeft(String opcode, int scalar, int y, int out) {
    BinaryLoop loop = Loops.binary().get(opcode);
    return new BlockStep() {
      @Override
      public void run(Registers r, int n) {
        loop.scalarArray(r.scalars[scalar], r.doubles[y], r.doubles[out], n);
      }
    };
  }

  @Override
  public BlockStep choose(int test, int yes, int no, int out) {
    return new BlockStep() {
      @Override
      public void run(Registers r, int n) {
        IfElseKernel.choose(r.doubles[test], r.doubles[yes], r.doubles[no], r.doubles[out], n);
      }
    };
  }
}
