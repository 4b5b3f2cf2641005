package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.DeviceKernels;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.operation.Operation;

/** Operations that move cells and change none. */
public final class ShapeKernels {
  private static final int GROUP = 256;
  private static final int SQUARE_OF_GROUP = 32;
  private static final int SQUARE_OF_THREAD = 16;

  /** 128 MiB of doubles, nearly all of them zero. */
  private static final long LARGEST_DIAGONAL = 4096;

  private ShapeKernels() {}

  public static void register(DeviceKernels.Builder kernels) {
    kernels.add("t", new Transpose());
    kernels.add("rev", new Reverse());
    kernels.add("roll", new Roll());
    kernels.add("diag", new Diagonal());
    kernels.add("rightIndex", new RightIndex());
    kernels.add("leftIndex", new LeftIndex());
    kernels.add("cbind", new Bind(true));
    kernels.add("rbind", new Bind(false));
  }

  /** Writes the transpose of a matrix into another of the transposed shape. */
  static void transpose(DeviceMatrix x, DeviceMatrix out, KernelCall call) {
    if (x.rows() == 1 || x.cols() == 1) {
      call.backend().copy(x.buffer(), 0, out.buffer(), 0, x.bytes());
    } else if (call.isProcessor()) {
      call.run(
          "shapes/transpose_squares",
          squares(x, SQUARE_OF_THREAD),
          out.buffer(),
          x.buffer(),
          x.rows(),
          x.cols());
    } else {
      long groups = Math.min(squares(x, SQUARE_OF_GROUP), Integer.MAX_VALUE);
      call.runGroups(
          "shapes/transpose_groups", groups, GROUP, out.buffer(), x.buffer(), x.rows(), x.cols());
    }
  }

  private static long squares(DeviceMatrix x, int edge) {
    return ((x.rows() + edge - 1) / edge) * ((x.cols() + edge - 1) / edge);
  }

  private record Transpose() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix;
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix x = call.matrix(0);
      DeviceMatrix out = call.result(x.cols(), x.rows());
      transpose(x, out, call);
      return new DeviceOperand[] {out};
    }
  }

  private record Reverse() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix;
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix x = call.matrix(0);
      DeviceMatrix out = call.result(x.rows(), x.cols());
      new Rectangle(x, x.rows() - 1, 0).copyUpwardsTo(Rectangle.all(out), x.rows(), call);
      return new DeviceOperand[] {out};
    }
  }

  /** Every row moves down by the shift; those that fall out come in at the top. */
  private record Roll() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix && Bounds.isWhole(inputs[1]);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix x = call.matrix(0);
      long shift = Math.floorMod(call.scalar(1).asLong(), x.rows());
      long stay = x.rows() - shift;
      DeviceMatrix out = call.result(x.rows(), x.cols());
      Rectangle.all(x).copyTo(new Rectangle(out, shift, 0), stay, x.cols(), call);
      new Rectangle(x, stay, 0).copyTo(Rectangle.all(out), shift, x.cols(), call);
      return new DeviceOperand[] {out};
    }
  }

  /**
   * A square matrix gives its diagonal as a column, a column vector a diagonal matrix. Large ones
   * of these are left to the host, which keeps them compressed, without negative zeros; those that
   * are made here have none either.
   */
  private record Diagonal() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix x
          && (x.rows() == x.cols() || x.cols() == 1 && x.rows() <= LARGEST_DIAGONAL);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix x = call.matrix(0);
      long n = x.rows();
      if (x.cols() == n) {
        DeviceMatrix out = call.result(n, 1);
        call.run("shapes/of_diagonal", n, out.buffer(), x.buffer(), n);
        return new DeviceOperand[] {out};
      }
      DeviceMatrix out = call.result(n, n);
      call.backend().zero(out.buffer(), out.bytes());
      int keepsSigns = SparseMatrix.isWorthwhile(n, n, n) ? 0 : 1;
      call.run("shapes/diagonal", n, out.buffer(), x.buffer(), n, keepsSigns);
      return new DeviceOperand[] {out};
    }
  }
}
