package dev.reprise.engine.device;

import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;

/**
 * Estimated work of an operation for the choice of its place: where operands are compressed it is
 * that of their non-zeros. The gate of the cache asks for the work of all cells, which is known of
 * every operation before its operands are.
 */
final class CompressedWork {
  /** A non-zero takes about as long as so many cells of a dense matrix. */
  private static final double CELLS_PER_NON_ZERO = 8;

  /** Nanoseconds to pass over a cell or a non-zero. */
  private static final double NANOS_TO_READ = 0.5;

  private CompressedWork() {}

  /** Nominal nanoseconds on one core. */
  static double nanos(Operation operation, Value[] inputs) {
    double all = operation.opcode().work().nanos(operation, inputs);
    double share = 1;
    double reading = 0;
    for (Value input : inputs) {
      if (input instanceof ManagedMatrix matrix) {
        double cells = matrix.shape().cells();
        double nonZeros = matrix.nonZeros();
        if (nonZeros >= 0 && cells > 0) {
          share *= Math.min(1, CELLS_PER_NON_ZERO * nonZeros / cells);
        }
        reading += NANOS_TO_READ * (nonZeros >= 0 ? nonZeros : cells);
      }
    }
    return share == 1 ? all : Math.min(all, share * all + reading);
  }
}
