package dev.reprise.runtime.accelerator;

import dev.reprise.runtime.ResourceException;

/** An accelerator failed at what was asked of it: a launch, a copy, or all of it, being lost. */
public final class DeviceException extends ResourceException {
  private static final long serialVersionUID = 1L;

  private final boolean lost;

  /**
   * @param lost true when the accelerator can do nothing more, so that work must go elsewhere
   */
  public DeviceException(String message, boolean lost) {
    super(message);
    this.lost = lost;
  }

  /** True when the accelerator can do nothing more. */
  public boolean isLost() {
    return lost;
  }
}
