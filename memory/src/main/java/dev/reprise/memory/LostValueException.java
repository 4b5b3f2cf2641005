package dev.reprise.memory;

import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.accelerator.DeviceException;

/** All copies of a value are on accelerators that do not give them back. */
public final class LostValueException extends ResourceException {
  private static final long serialVersionUID = 1L;

  private final transient ManagedMatrix matrix;

  LostValueException(ManagedMatrix matrix, DeviceException failure) {
    super(failure.getMessage(), failure);
    this.matrix = matrix;
  }

  /** As the first, with a reason why the value cannot be had in any other way. */
  public LostValueException(LostValueException first, String reason) {
    super(first.getMessage() + "; a value that was only there " + reason, first);
    this.matrix = first.matrix;
  }

  /** The value; whoever ran into this holds a reference. */
  public ManagedMatrix matrix() {
    return matrix;
  }
}
