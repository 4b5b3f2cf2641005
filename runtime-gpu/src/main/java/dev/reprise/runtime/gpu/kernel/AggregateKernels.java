package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.DeviceKernel;
import dev.reprise.runtime.gpu.DeviceKernels;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.gpu.kernel.Fold.Target;
import dev.reprise.runtime.operation.Operation;
import java.util.HashMap;
import java.util.Map;

/**
 * Aggregates of all cells, of rows and of columns. All cells are one row. Sums, means and variances
 * are made in wide numbers; variances in one pass.
 */
public final class AggregateKernels {
  private AggregateKernels() {}

  /** Aggregates that fold the cells once, by the names of their opcodes. */
  private static final Map<String, OnePass> ONE_PASS = onePass();

  private record OnePass(Fold fold, OfCells kernel) {}

  private static Map<String, OnePass> onePass() {
    Map<String, OnePass> table = new HashMap<>();
    put(table, "sum", "Sums", Fold.SUM, false);
    put(table, "mean", "Means", Fold.SUM, true);
    put(table, "min", "Mins", Fold.MIN, false);
    put(table, "max", "Maxs", Fold.MAX, false);
    put(table, "prod", "Prods", Fold.PRODUCT, false);
    put(table, null, "IndexMax", Fold.INDEX_MAX, false);
    put(table, null, "IndexMin", Fold.INDEX_MIN, false);
    return Map.copyOf(table);
  }

  private static void put(
      Map<String, OnePass> table, String full, String lines, Fold fold, boolean divides) {
    Aggregate aggregate = divides ? AggregateKernels::means : over(fold);
    if (full != null) {
      table.put(full, new OnePass(fold, new Full(aggregate)));
    }
    table.put("row" + lines, new OnePass(fold, new Rows(aggregate)));
    table.put("col" + lines, new OnePass(fold, new Columns(aggregate)));
  }

  public static void register(DeviceKernels.Builder kernels) {
    ONE_PASS.forEach((opcode, aggregate) -> kernels.add(opcode, aggregate.kernel()));
    add(kernels, "var", "Vars", AggregateKernels::variances);
    add(
        kernels,
        "sd",
        "Sds",
        (call, x, target) ->
            variances(call, x, new Target(target.buffer(), target.isWide()).root()));
    kernels.add("trace", new Trace());
  }

  /** The fold of an aggregate that may be over the cells of an expression, or null. */
  static Fold foldOrNull(String opcode) {
    OnePass aggregate = ONE_PASS.get(opcode);
    return aggregate == null ? null : aggregate.fold();
  }

  /** The aggregate of an expression's cells, with the bits of that of a matrix of them. */
  static DeviceMatrix launch(
      KernelCall call, String opcode, FoldSource cells, long rows, long cols) {
    return ONE_PASS.get(opcode).kernel().launch(call, cells, rows, cols);
  }

  private static void add(
      DeviceKernels.Builder kernels, String full, String lines, Aggregate aggregate) {
    kernels.add(full, new Full(aggregate));
    kernels.add("row" + lines, new Rows(aggregate));
    kernels.add("col" + lines, new Columns(aggregate));
  }

  /** The rows or the columns of a matrix. */
  private record Lines(FoldSource x, long rows, long cols, boolean areRows) {
    long count() {
      return areRows ? rows : cols;
    }

    /** Cells of each. */
    long length() {
      return areRows ? cols : rows;
    }

    void fold(KernelCall call, Fold fold, DeviceBuffer centers, Target target) {
      if (areRows) {
        fold.rows(call, x, rows, cols, centers, target);
      } else {
        fold.columns(call, x, rows, cols, centers, target);
      }
    }
  }

  private interface Aggregate {
    void launch(KernelCall call, Lines lines, Target target);
  }

  private static Aggregate over(Fold fold) {
    return (call, lines, target) -> lines.fold(call, fold, null, target);
  }

  private static void means(KernelCall call, Lines lines, Target target) {
    lines.fold(call, Fold.SUM, null, target.over(lines.length()));
  }

  private static void variances(KernelCall call, Lines lines, Target target) {
    lines.fold(call, Fold.SPREAD, null, target.over(Math.max(1, lines.length() - 1)));
  }

  private static Target scalarTarget(DeviceMatrix out, KernelCall call) {
    return new Target(out.buffer(), call.hasDoubles());
  }

  /** An aggregate of a matrix, or of cells that come from elsewhere. */
  private interface OfCells extends DeviceKernel {
    @Override
    default boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix;
    }

    @Override
    default boolean supportsCompressed(Operation operation, DeviceOperand[] inputs) {
      return CompressedAggregates.supports(operation.name(), inputs[0]);
    }

    @Override
    default DeviceOperand[] launch(KernelCall call) {
      if (call.isSparse(0)) {
        return new DeviceOperand[] {CompressedAggregates.launch(call, call.sparse(0))};
      }
      DeviceMatrix x = call.matrix(0);
      return new DeviceOperand[] {launch(call, FoldSource.of(x.buffer()), x.rows(), x.cols())};
    }

    DeviceMatrix launch(KernelCall call, FoldSource x, long rows, long cols);
  }

  private record Full(Aggregate aggregate) implements OfCells {
    @Override
    public DeviceMatrix launch(KernelCall call, FoldSource x, long rows, long cols) {
      DeviceMatrix out = call.scalarResult();
      aggregate.launch(call, new Lines(x, 1, rows * cols, true), scalarTarget(out, call));
      return out;
    }
  }

  private record Rows(Aggregate aggregate) implements OfCells {
    @Override
    public DeviceMatrix launch(KernelCall call, FoldSource x, long rows, long cols) {
      DeviceMatrix out = call.result(rows, 1);
      aggregate.launch(call, new Lines(x, rows, cols, true), new Target(out.buffer(), false));
      return out;
    }
  }

  private record Columns(Aggregate aggregate) implements OfCells {
    @Override
    public DeviceMatrix launch(KernelCall call, FoldSource x, long rows, long cols) {
      DeviceMatrix out = call.result(1, cols);
      // A single column lies in memory as a row does.
      Lines lines = cols == 1 ? new Lines(x, 1, rows, true) : new Lines(x, rows, cols, false);
      aggregate.launch(call, lines, new Target(out.buffer(), false));
      return out;
    }
  }

  private record Trace() implements DeviceKernel {
    @Override
    public boolean supports(Operation operation, DeviceOperand[] inputs) {
      return inputs[0] instanceof DeviceMatrix x && x.rows() == x.cols();
    }

    @Override
    public DeviceOperand[] launch(KernelCall call) {
      DeviceMatrix x = call.matrix(0);
      long n = x.rows();
      DeviceBuffer diagonal = call.scratch(n * (x.bytes() / x.cells()));
      call.run("aggregates/diagonal", n, diagonal, x.buffer(), n);
      DeviceMatrix out = call.scalarResult();
      Fold.SUM.rows(call, FoldSource.of(diagonal), 1, n, null, scalarTarget(out, call));
      return new DeviceOperand[] {out};
    }
  }
}
