package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.DeviceSparse;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.DeviceKernels;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.gpu.kernel.Gemm.Block;
import dev.reprise.runtime.gpu.kernel.VectorProducts.Columns;
import dev.reprise.runtime.operation.Operation;

/** {@code matmul}, {@code tsmm}, {@code mmchain}. */
public final class ProductKernels {
  /** Up to so many columns a GPU's product is limited by the reading of the other operand. */
  private static final long FEW_COLUMNS = 8;

  private ProductKernels() {}

  public static void register(DeviceKernels.Builder kernels) {
    kernels.add("matmul", new Product());
    kernels.add("tsmm", new SelfProduct());
    kernels.add("mmchain", new ProductChain());
  }

  /** op(A) op(B), where attributes {@code ta}, {@code tb} transpose an operand. */
  private record Product() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix a
          && inputs[1] instanceof DeviceMatrix b
          && (operation.attributes().isSet("ta") ? a.rows() : a.cols())
              == (operation.attributes().isSet("tb") ? b.cols() : b.rows());
    }

    @Override
    public boolean supportsCompressed(Operation operation, DeviceOperand[] inputs) {
      return SparseProducts.supports(operation, inputs);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      if (call.isSparse(0) || call.isSparse(1)) {
        return new DeviceOperand[] {SparseProducts.multiply(call)};
      }
      DeviceMatrix a = call.matrix(0);
      DeviceMatrix b = call.matrix(1);
      boolean ta = call.operation().attributes().isSet("ta");
      boolean tb = call.operation().attributes().isSet("tb");
      long m = ta ? a.cols() : a.rows();
      long n = tb ? b.rows() : b.cols();
      DeviceMatrix c = call.result(m, n);
      if (n == 1 || n <= FEW_COLUMNS && !call.isProcessor()) {
        Columns columns = new Columns(b.buffer(), (int) n, tb ? 1 : n, tb ? b.cols() : 1);
        VectorProducts.multiply(call, a, ta, columns, c.buffer());
      } else if (m == 1) {
        VectorProducts.multiply(call, b, !tb, Columns.one(a.buffer()), c.buffer());
      } else {
        long k = ta ? a.rows() : a.cols();
        boolean turned = tb && call.isProcessor();
        DeviceMatrix right = turned ? transposed(b, call) : b;
        Gemm.multiply(call, ta, tb && !turned, m, n, k, Block.all(a), Block.all(right), c.buffer());
      }
      return new DeviceOperand[] {c};
    }
  }

  /** A processor reads neighbouring cells of a row of the right operand at once. */
  private static DeviceMatrix transposed(DeviceMatrix x, KernelCall call) {
    DeviceBuffer buffer = call.scratch(x.bytes());
    DeviceMatrix out = new DeviceMatrix(x.cols(), x.rows(), x.precision(), buffer);
    ShapeKernels.transpose(x, out, call);
    return out;
  }

  /** t(X) X, with attribute {@code right} X t(X). */
  private record SelfProduct() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix;
    }

    @Override
    public boolean supportsCompressed(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceSparse x
          && SparseProducts.supportsSquare(x, operation.attributes().isSet("right"));
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      boolean right = call.operation().attributes().isSet("right");
      if (call.isSparse(0)) {
        return new DeviceOperand[] {SparseProducts.square(call, call.sparse(0), right)};
      }
      DeviceMatrix x = call.matrix(0);
      long n = right ? x.rows() : x.cols();
      DeviceMatrix c = call.result(n, n);
      if (n == 1) {
        VectorProducts.multiply(call, x, !right, Columns.one(x.buffer()), c.buffer());
      } else {
        boolean turned = right && call.isProcessor();
        DeviceMatrix operand = turned ? transposed(x, call) : x;
        long k = right ? x.cols() : x.rows();
        Gemm.square(call, !right || turned, n, k, Block.all(operand), c.buffer());
      }
      return new DeviceOperand[] {c};
    }
  }

  /** t(X) (X v), with attribute {@code with} t(X) (w * (X v)) or t(X) (X v - w). */
  private record ProductChain() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix x
          && inputs[1] instanceof DeviceMatrix v
          && v.rows() == x.cols()
          && v.cols() == 1
          && isCombined(operation.attributes().get("with"), x.rows(), inputs[2]);
    }

    private static boolean isCombined(String with, long rows, DeviceOperand w) {
      if (with == null) {
        return Bounds.isAbsent(w);
      }
      return (with.equals("*") || with.equals("-"))
          && w instanceof DeviceMatrix column
          && column.rows() == rows
          && column.cols() == 1;
    }

    @Override
    public boolean supportsCompressed(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceSparse x
          && Compressed.isTransposable(x)
          && inputs[1] instanceof DeviceMatrix v
          && v.rows() == x.cols()
          && v.cols() == 1
          && isCombined(operation.attributes().get("with"), x.rows(), inputs[2]);
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      if (call.isSparse(0)) {
        return compressed(call);
      }
      DeviceMatrix x = call.matrix(0);
      DeviceMatrix v = call.matrix(1);
      DeviceMatrix out = call.result(x.cols(), 1);
      DeviceBuffer middle = call.scratch(x.rows() * x.precision().bytesPerCell());
      VectorProducts.multiply(call, x, false, Columns.one(v.buffer()), middle);
      combine(call, middle, x.rows());
      VectorProducts.multiply(call, x, true, Columns.one(middle), out.buffer());
      return new DeviceOperand[] {out};
    }

    private static DeviceOperand[] compressed(KernelCall call) {
      DeviceSparse x = call.sparse(0);
      DeviceMatrix out = call.result(x.cols(), 1);
      DeviceMatrix middle =
          new DeviceMatrix(
              x.rows(), 1, x.precision(), call.scratch(x.rows() * x.precision().bytesPerCell()));
      SparseProducts.times(call, x, false, call.matrix(1), true, middle.buffer());
      combine(call, middle.buffer(), x.rows());
      SparseProducts.times(call, x, true, middle, true, out.buffer());
      return new DeviceOperand[] {out};
    }

    private static void combine(KernelCall call, DeviceBuffer middle, long rows) {
      String with = call.operation().attributes().get("with");
      if (with != null) {
        String kernel = with.equals("*") ? "vectors/weigh" : "vectors/lessen";
        call.run(kernel, rows, middle, call.matrix(2).buffer(), rows);
      }
    }
  }
}
