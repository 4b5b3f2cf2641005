package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.Scalar;

/** A function of two scalars; pure, thread-safe. */
@FunctionalInterface
public interface ScalarBinary {
  Scalar apply(Scalar left, Scalar right);
}
