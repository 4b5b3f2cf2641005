package dev.reprise.runtime.operation;

import dev.reprise.runtime.Scalar;

/**
 * One parameter of an opcode.
 *
 * @param name the name in scripts
 * @param defaultValue what a left-out argument becomes; null when the argument is required
 */
public record Parameter(String name, Scalar defaultValue) {

  /** {@return whether the argument may not be left out} */
  public boolean isRequired() {
    return defaultValue == null;
  }
}
