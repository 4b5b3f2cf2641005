package dev.reprise.runtime.cpu;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.sparse.Compression;
import dev.reprise.runtime.operation.Operation;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Lets every operation take matrices of every form. Most kernels are written for dense fp64
 * matrices; a few are written for compressed ones or for floats.
 *
 * <pre>
 *   all operands dense fp64, result fp64      the plain kernel
 *   a compressed operand                      the kernel for compressed ones, unless it passes
 *   all operands dense fp32, result fp32      the kernel for floats, unless it passes; doubles that
 *                                             it returns are rounded
 *   otherwise                                 operands converted, the plain kernel, result converted
 * </pre>
 *
 * <p>Products that round their operands take rounded copies, and then go one of these ways.
 *
 * <p>Which way is taken, and the form of the result, follow from the operation and the operands
 * alone. A kernel <em>passes</em> by returning null.
 */
final class Forms {
  /** Results that stay dense: they are about to be written into. */
  private static final Set<String> STAY_DENSE = Set.of("leftIndex", "matrix");

  private final Compression compression;
  private final KernelTable compressed;
  private final KernelTable floats;

  /**
   * Makes the chooser.
   *
   * @param compressed kernels that take a compressed matrix among dense fp64 ones
   * @param floats kernels that take dense fp32 matrices and scalars only
   */
  Forms(Compression compression, KernelTable compressed, KernelTable floats) {
    this.compression = compression;
    this.compressed = compressed;
    this.floats = floats;
  }

  Operand[] run(Kernel plain, Operation operation, Operand[] inputs, ExecutionContext context) {
    if (operation.products() != ProductPrecision.FULL) {
      try (Scratch scratch = new Scratch(context.allocator())) {
        Operand[] rounded = RoundedOperands.of(operation.products(), inputs, scratch);
        return runMixed(plain, operation, rounded, context);
      }
    }
    if (operation.precision() == Precision.FP64 && isPlain(inputs)) {
      Operand[] outputs = plain.run(operation, inputs, context);
      return STAY_DENSE.contains(operation.name()) ? outputs : compressSparse(outputs, context);
    }
    return runMixed(plain, operation, inputs, context);
  }

  private static boolean isPlain(Operand[] inputs) {
    for (Operand input : inputs) {
      if (input instanceof MatrixOperand matrix
          && (matrix.precision() != Precision.FP64 || !(matrix instanceof DenseMatrix))) {
        return false;
      }
    }
    return true;
  }

  /**
   * The output of a computation over dense operands of that precision in the form in which it is
   * kept; it is handed over.
   */
  Operand kept(Operand output, Precision precision, ExecutionContext context) {
    if (precision == Precision.FP64) {
      return compressSparse(new Operand[] {output}, context)[0];
    }
    return output instanceof MatrixOperand matrix ? rounded(matrix, precision, context) : output;
  }

  private Operand[] compressSparse(Operand[] outputs, ExecutionContext context) {
    // Nearly always; the compiler takes the loop below back as often as it meets another kind.
    if (outputs.length == 1 && !isToCompress(outputs[0])) {
      return outputs;
    }
    return changed(
        outputs,
        matrix ->
            isToCompress(matrix) ? compression.compressed((DenseMatrix) matrix, context) : matrix);
  }

  private static boolean isToCompress(Operand output) {
    return output instanceof DenseMatrix dense && Compression.looksSparse(dense);
  }

  /**
   * The outputs after a change that takes its matrix over, also when it throws; none is left behind
   * then.
   */
  private static Operand[] changed(Operand[] outputs, UnaryOperator<MatrixOperand> change) {
    int next = 0;
    try {
      while (next < outputs.length) {
        Operand output = outputs[next++];
        if (output instanceof MatrixOperand matrix) {
          outputs[next - 1] = change.apply(matrix);
        }
      }
      return outputs;
    } catch (RuntimeException | Error e) {
      for (int i = 0; i < outputs.length; i++) {
        if (i != next - 1 && outputs[i] instanceof MatrixOperand matrix) {
          matrix.buffer().release();
        }
      }
      throw e;
    }
  }

  private Operand[] runMixed(
      Kernel plain, Operation operation, Operand[] inputs, ExecutionContext context) {
    boolean sparse = hasSparse(inputs);
    Operand[] outputs = sparse ? null : runFloats(operation, inputs, context);
    if (outputs == null) {
      outputs = runWidened(plain, operation, inputs, sparse, context);
    }
    return changed(outputs, matrix -> rounded(matrix, operation.precision(), context));
  }

  private Operand[] runWidened(
      Kernel plain,
      Operation operation,
      Operand[] inputs,
      boolean sparse,
      ExecutionContext context) {
    try (Scratch scratch = new Scratch(context.allocator())) {
      Operand[] widened = widened(inputs, scratch);
      Kernel kernel = sparse ? compressed.find(operation.opcode()) : null;
      Operand[] outputs = kernel == null ? null : kernel.run(operation, widened, context);
      if (outputs == null) {
        outputs = plain.run(operation, dense(widened, scratch), context);
        if (sparse && !STAY_DENSE.contains(operation.name())) {
          compressAll(outputs, context);
        }
      }
      return outputs;
    }
  }

  private static boolean hasSparse(Operand[] inputs) {
    for (Operand input : inputs) {
      if (input instanceof SparseMatrix) {
        return true;
      }
    }
    return false;
  }

  private Operand[] runFloats(Operation operation, Operand[] inputs, ExecutionContext context) {
    Kernel kernel = floats.find(operation.opcode());
    if (kernel == null || operation.precision() != Precision.FP32) {
      return null;
    }
    for (Operand input : inputs) {
      boolean isFloats = input instanceof DenseMatrix m && m.precision() == Precision.FP32;
      if (!isFloats && !(input instanceof Scalar)) {
        return null;
      }
    }
    return kernel.run(operation, inputs, context);
  }

  /** Dense operands as fp64; compressed ones hold doubles in either precision. */
  private static Operand[] widened(Operand[] inputs, Scratch scratch) {
    Operand[] widened = inputs.clone();
    for (int i = 0; i < widened.length; i++) {
      if (widened[i] instanceof DenseMatrix matrix) {
        widened[i] = scratch.dense(matrix, Precision.FP64);
      }
    }
    return widened;
  }

  private static Operand[] dense(Operand[] inputs, Scratch scratch) {
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i] instanceof MatrixOperand matrix) {
        inputs[i] = scratch.dense(matrix, Precision.FP64);
      }
    }
    return inputs;
  }

  private void compressAll(Operand[] outputs, ExecutionContext context) {
    changed(
        outputs,
        matrix ->
            matrix instanceof DenseMatrix dense ? compression.compressed(dense, context) : matrix);
  }

  /** The form in which a matrix from outside is kept; the argument is handed over. */
  MatrixOperand stored(MatrixOperand matrix, Precision precision, ExecutionContext context) {
    MatrixOperand kept =
        matrix instanceof DenseMatrix dense
                && dense.precision() == Precision.FP64
                && Compression.looksSparse(dense)
            ? compression.compressed(dense, context)
            : matrix;
    return rounded(kept, precision, context);
  }

  /** The matrix in that precision; the argument is handed over. */
  private static MatrixOperand rounded(
      MatrixOperand matrix, Precision precision, ExecutionContext context) {
    if (matrix.precision() == precision) {
      return matrix;
    }
    if (matrix instanceof SparseMatrix sparse) {
      return precision == Precision.FP32 ? sparse.rounded() : sparse.widened();
    }
    try {
      return ((DenseMatrix) matrix).converted(precision, context.allocator());
    } finally {
      matrix.buffer().release();
    }
  }
}
