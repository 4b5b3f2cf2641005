package dev.reprise.runtime.cpu.cell;

/** Steps over registers of floats; each rounds its results, as the kernels over floats do. */
final class FloatSteps extends BlockSteps {

  @Override
  public BlockStep unary(String opcode, int x, int out) {
    FloatUnary loop = FloatLoops.unary().get(opcode);
    return new BlockStep() {
      @Override
      public void run(Registers r, int n) {
        loop.array(r.floats[x], r.floats[out], n, r.wide);
      }
    };
  }

  @Override
  public BlockStep binary(String opcode, int x, int y, int out) {
    FloatBinary loop = FloatLoops.binary().get(opcode);
    return new BlockStep() {
      @Override
      public void run(Registers r, int n) {
        loop.arrays(r.floats[x], r.floats[y], r.floats[out], n, r.wide);
      }
    };
  }

  @Override
  public BlockStep scalarRight(String opcode, int x, int scalar, int out) {
    FloatBinary loop = FloatLoops.binary().get(opcode);
    return new BlockStep() {
      @Override
      public void run(Registers r, int n) {
        loop.arrayScalar(r.floats[x], r.scalars[scalar], r.floats[out], n, r.wide);
      }
    };
  }

  @Override
  public BlockStep scalarLeft(String opcode, int scalar, int y, int out) {
    FloatBinary loop = FloatLoops.binary().get(opcode);
    return new BlockStep() {
      @Override
      public void run(Registers r, int n) {
        loop.scalarArray(r.scalars[scalar], r.floats[y], r.floats[out], n, r.wide);
      }
    };
  }

  @Override
  public BlockStep choose(int test, int yes, int no, int out) {
    return new BlockStep() {
      @Override
      public void run(Registers r, int n) {
        choose(r.floats[test], r.floats[yes], r.floats[no], r.floats[out], n);
      }
    };
  }

  private static void choose(float[] test, float[] yes, float[] no, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = test[i] != 0 ? yes[i] : no[i];
    }
  }
}
