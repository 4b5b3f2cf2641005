package dev.reprise.runtime.cpu.linalg;

import dev.reprise.runtime.cpu.KernelTable;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import java.util.Set;

/** Products and factorisations. */
public final class LinearAlgebraKernels {
  /** The opcodes of this family. */
  public static final Set<String> OPCODES =
      Set.of(
          "matmul",
          "tsmm",
          "mmchain",
          "solve",
          "inv",
          "det",
          "lu",
          "cholesky",
          "eigen",
          "svd",
          "qr");

  private LinearAlgebraKernels() {}

  /** Adds the kernels of this family. */
  public static void register(KernelTable.Builder table, Parallel parallel, LazyBlas blas) {
    table.add("matmul", new MatrixProduct(parallel, blas));
    table.add("tsmm", new SelfProduct(parallel, blas));
    table.add("mmchain", new ProductChain(parallel, blas));
    LuKernels lu = new LuKernels(blas);
    table.add("solve", lu::solve);
    table.add("inv", lu::inv);
    table.add("det", lu::det);
    table.add("lu", lu::lu);
    table.add("cholesky", new CholeskyKernel(blas));
    table.add("eigen", new EigenKernel(blas));
    table.add("svd", new SvdKernel(blas));
    table.add("qr", new QrKernel(blas));
    FourierKernel.register(table);
  }

  /** Adds the kernels from floats to floats. */
  public static void registerFloats(KernelTable.Builder table, Parallel parallel, LazyBlas blas) {
    table.add("matmul", new FloatProduct(parallel, blas));
  }

  /** Adds the kernels over compressed matrices. */
  public static void registerCompressed(KernelTable.Builder table, Parallel parallel) {
    SparseProducts products = new SparseProducts(parallel);
    products.register(table);
    table.add("mmchain", new SparseChain(parallel, products));
  }
}
