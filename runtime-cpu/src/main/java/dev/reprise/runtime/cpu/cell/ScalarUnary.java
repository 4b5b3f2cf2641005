package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.Scalar;

/** A function of one scalar; pure, thread-safe. */
@FunctionalInterface
public interface ScalarUnary {
  Scalar apply(Scalar value);
}
