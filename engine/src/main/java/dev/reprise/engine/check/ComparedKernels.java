package dev.reprise.engine.check;

import java.util.function.Supplier;

/** Kernels whose results are compared with others. Thread-safe. */
public interface ComparedKernels extends Kernels {

  /** The result of what pins values, when there is memory for them. */
  <T> T inTurn(Supplier<T> attempt);

  /** False when a value may have been made on another device than it would be now. */
  boolean keepsToOneDevice();
}
