package dev.reprise.runtime.cpu;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Device;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.runtime.cpu.aggregate.AggregateKernels;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.cpu.blas.NativeLocation;
import dev.reprise.runtime.cpu.blas.OpenBlas;
import dev.reprise.runtime.cpu.cell.CellKernels;
import dev.reprise.runtime.cpu.code.PanelPacking;
import dev.reprise.runtime.cpu.code.PanelSums;
import dev.reprise.runtime.cpu.create.CreateKernels;
import dev.reprise.runtime.cpu.distribution.DistributionKernels;
import dev.reprise.runtime.cpu.frame.FrameKernels;
import dev.reprise.runtime.cpu.fusion.FusedLoop;
import dev.reprise.runtime.cpu.fusion.FusedLoops;
import dev.reprise.runtime.cpu.fusion.SampledExpression;
import dev.reprise.runtime.cpu.fusion.SampledLoop;
import dev.reprise.runtime.cpu.linalg.LinearAlgebraKernels;
import dev.reprise.runtime.cpu.nn.NeuralKernels;
import dev.reprise.runtime.cpu.shape.ShapeKernels;
import dev.reprise.runtime.cpu.sparse.Compression;
import dev.reprise.runtime.cpu.text.MatrixText;
import dev.reprise.runtime.operation.Operation;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * The processor of this machine: runs kernels on the calling thread, helped by workers of its own.
 *
 * <p>Results depend on operations and operands alone, not on {@code threads}: the same bits with
 * one thread and with many. Usable from any number of threads at once. Making a device is cheap:
 * workers start and OpenBLAS is loaded when a kernel first needs them.
 */
public final class CpuDevice implements Device, AutoCloseable {
  /** To be raised with every change of a kernel that changes bits of its results. */
  private static final int KERNEL_SET = 13;

  /** Kernels without a way of their own for few cells. */
  private static final Set<String> ALSO_OF_FEW =
      Set.of(
          "ifelse",
          "matmul",
          "rightIndex",
          "as.scalar",
          "sum",
          "mean",
          "min",
          "max",
          "rowSums",
          "rowMeans",
          "rowMins",
          "rowMaxs",
          "colSums",
          "colMeans",
          "colMins",
          "colMaxs");

  private final Parallel parallel;
  private final LazyBlas blas;
  private final KernelTable kernels;
  private final Forms forms;

  // Made when first needed; published by the lock of this.
  private FusedLoops fused;

  /**
   * Makes the device.
   *
   * @param threads most threads that one kernel may use, its caller included
   * @param natives where OpenBLAS is unpacked to
   */
  public CpuDevice(int threads, NativeLocation natives) {
    parallel = new Parallel(threads);
    blas = new LazyBlas(natives);
    KernelTable.Builder table = new KernelTable.Builder();
    CellKernels.register(table, parallel);
    AggregateKernels.register(table, parallel);
    ShapeKernels.register(table, parallel);
    MatrixText.register(table);
    FrameKernels.register(table, parallel);
    CreateKernels.register(table, parallel);
    DistributionKernels.register(table);
    LinearAlgebraKernels.register(table, parallel, blas);
    NeuralKernels.register(table, parallel, blas);
    kernels = table.build();
    KernelTable.Builder compressed = new KernelTable.Builder();
    CellKernels.registerCompressed(compressed, parallel);
    AggregateKernels.registerCompressed(compressed, parallel);
    ShapeKernels.registerCompressed(compressed, parallel);
    LinearAlgebraKernels.registerCompressed(compressed, parallel);
    KernelTable.Builder floats = new KernelTable.Builder();
    CellKernels.registerFloats(floats, parallel);
    AggregateKernels.registerFloats(floats, parallel);
    ShapeKernels.registerFloats(floats, parallel);
    CreateKernels.registerFloats(floats, parallel);
    LinearAlgebraKernels.registerFloats(floats, parallel, blas);
    NeuralKernels.registerFloats(floats, parallel, blas);
    forms = new Forms(new Compression(parallel), compressed.build(), floats.build());
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public boolean supports(Operation operation) {
    return kernels.find(operation.opcode()) != null;
  }

  @Override
  public Operand[] execute(Operation operation, Operand[] inputs, ExecutionContext context) {
    Kernel kernel = kernels.find(operation.opcode());
    if (kernel == null) {
      throw new UnsupportedOperationException("the device cpu has no kernel for " + operation);
    }
    return forms.run(kernel, operation, inputs, context);
  }

  /**
   * Whether an operation may be handed to {@link #executeFew}: its kernel takes dense fp64 matrices
   * and gives one of fp64, or a number, in every case.
   */
  public boolean takesFew(Operation operation) {
    return operation.precision() == Precision.FP64
        && operation.products() == ProductPrecision.FULL
        && (kernels.find(operation.opcode()) instanceof FewCells
            || ALSO_OF_FEW.contains(operation.name()));
  }

  /**
   * Executes as {@link #execute} does, with the same bits, what is too small for its questions.
   *
   * @param operation one that this device {@linkplain #takesFew takes} here
   * @param inputs as there, dense fp64 matrices of fewer than 2^10 cells, and at least one, among
   *     numbers; of a slice as many cells as one likes
   */
  public Operand executeFew(Operation operation, Operand[] inputs, ExecutionContext context) {
    Kernel kernel = kernels.find(operation.opcode());
    Operand output = kernel instanceof FewCells few ? few.runFew(operation, inputs, context) : null;
    return output == null ? kernel.run(operation, inputs, context)[0] : output;
  }

  /** The loops over fused expressions. */
  public synchronized FusedLoops fusedLoops() {
    if (fused == null) {
      fused = new FusedLoops(parallel);
    }
    return fused;
  }

  /**
   * Computes a fused expression; the result has the form that the unfused operations would give it.
   *
   * @param leaves dense matrices of the loop's precision and scalars, pinned by the caller
   * @param rows rows of the expression below its aggregate
   * @param cols columns of the expression below its aggregate
   * @return the result, owned by the caller; null when the operations must run unfused, since an
   *     intermediate may be worth compressing
   */
  public Operand execute(
      FusedLoop loop, Operand[] leaves, long rows, long cols, ExecutionContext context) {
    Operand output = loop.run(leaves, rows, cols, context);
    return output == null ? null : forms.kept(output, loop.precision(), context);
  }

  /**
   * Computes an expression at the non-zeros of a compressed matrix.
   *
   * @param leaves matrices of fp64 and scalars, pinned by the caller; null in place of a product
   * @param a the left operand of the product; null without one
   * @param b the right one
   * @return the result in the form that the operations one by one would give it, owned by the
   *     caller; null when they must run so
   */
  public MatrixOperand execute(
      SampledExpression sampled,
      Operand[] leaves,
      DenseMatrix a,
      DenseMatrix b,
      ExecutionContext context) {
    return new SampledLoop(parallel, fusedLoops()).run(sampled, leaves, a, b, context);
  }

  /**
   * The form in which a matrix from outside, say from a file, is kept: compressed when it has few
   * non-zeros, rounded to the precision.
   *
   * @param matrix handed over by the caller
   */
  public MatrixOperand stored(MatrixOperand matrix, Precision precision, ExecutionContext context) {
    return forms.stored(matrix, precision, context);
  }

  /**
   * Says that a program will use an opcode: what takes long to load for it is loaded in the
   * background meanwhile. Changes no result; cheap to call again.
   *
   * @return whether the opcode is one of those that take long, for which there is something to load
   */
  public boolean expect(String opcode) {
    boolean isLong =
        LinearAlgebraKernels.OPCODES.contains(opcode) || NeuralKernels.PRODUCTS.contains(opcode);
    if (isLong) {
      blas.loadInBackground();
    }
    return isLong;
  }

  /**
   * What bits of results depend on besides operation and operands: the library of products with the
   * processor family that it has chosen its kernels for, whether sums of convolutions and products
   * are generated code, and the version of our kernels. Loads the library.
   */
  public String deviceClass() {
    String products = blas.get() instanceof OpenBlas open ? "openblas-" + open.coreName() : "java";
    String sums = generated("-panels", PanelSums::find);
    String packed = generated("-packed", PanelPacking::find);
    return "cpu-" + products + sums + packed + "-" + KERNEL_SET;
  }

  /** The name of generated code, with the bits of its cells where only one precision has it. */
  private static String generated(String name, Function<Precision, ?> code) {
    boolean doubles = code.apply(Precision.FP64) != null;
    boolean floats = code.apply(Precision.FP32) != null;
    if (doubles == floats) {
      return floats ? name : "";
    }
    return name + (doubles ? "64" : "32");
  }

  /** What a run's report should say of this device, one sentence each; usually empty. */
  public List<String> notes() {
    return blas.notes();
  }

  /** Ends the workers. Kernels that still run finish on their callers' threads. */
  @Override
  public void close() {
    parallel.close();
  }
}
