package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.Precision;
import jcuda.Pointer;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;

/**
 * The routines of cuBLAS in one precision, which differ by their names alone. All give a status;
 * arguments are in cuBLAS's order, matrices by columns.
 */
record CublasRoutines(Gemm gemm, Gemv gemv, Syrk syrk) {
  private static final CublasRoutines DOUBLES =
      new CublasRoutines(JCublas2::cublasDgemm, JCublas2::cublasDgemv, JCublas2::cublasDsyrk);

  private static final CublasRoutines FLOATS =
      new CublasRoutines(JCublas2::cublasSgemm, JCublas2::cublasSgemv, JCublas2::cublasSsyrk);

  static CublasRoutines of(Precision precision) {
    return precision == Precision.FP64 ? DOUBLES : FLOATS;
  }

  /** {@code C = alpha op(A) op(B) + beta C}, of m x n cells and k terms. */
  interface Gemm {
    int call(
        cublasHandle handle,
        int operationA,
        int operationB,
        int m,
        int n,
        int k,
        Pointer alpha,
        Pointer a,
        int strideA,
        Pointer b,
        int strideB,
        Pointer beta,
        Pointer c,
        int strideC);
  }

  /** {@code y = alpha op(A) x + beta y}, A of m x n cells. */
  interface Gemv {
    int call(
        cublasHandle handle,
        int operation,
        int m,
        int n,
        Pointer alpha,
        Pointer a,
        int strideA,
        Pointer x,
        int stepX,
        Pointer beta,
        Pointer y,
        int stepY);
  }

  /** {@code C = alpha op(A) t(op(A)) + beta C}, one triangle of n x n cells, k terms. */
  interface Syrk {
    int call(
        cublasHandle handle,
        int triangle,
        int operation,
        int n,
        int k,
        Pointer alpha,
        Pointer a,
        int strideA,
        Pointer beta,
        Pointer c,
        int strideC);
  }
}
