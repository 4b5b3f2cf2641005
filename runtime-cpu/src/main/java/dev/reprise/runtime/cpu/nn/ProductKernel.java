package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.blas.CellProducts;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.operation.Operation;

/**
 * A kernel of matrices of one precision that multiplies some of them. It passes where there are no
 * products of such cells. For any thread.
 */
abstract class ProductKernel implements Kernel {
  final Parallel parallel;
  final Precision precision;
  private final LazyBlas blas;

  ProductKernel(Parallel parallel, LazyBlas blas, Precision precision) {
    this.parallel = parallel;
    this.blas = blas;
    this.precision = precision;
  }

  @Override
  public final Operand[] run(Operation operation, Operand[] inputs, ExecutionContext context) {
    CellProducts products = CellProducts.of(precision, blas.get());
    return products == null ? null : run(operation, inputs, products, context);
  }

  /** As {@link Kernel#run}, with products of the precision. */
  abstract Operand[] run(
      Operation operation, Operand[] inputs, CellProducts products, ExecutionContext context);
}
