package dev.reprise.memory;

import java.util.concurrent.CancellationException;

/**
 * Says that the value a {@link Handle} stands for does not exist: its computation failed or was
 * cancelled. The cause says why; the origin says which computation.
 */
public final class HandleFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Object origin;

  HandleFailure(Object origin, Throwable cause) {
    super(cause.getMessage(), cause, false, false);
    this.origin = origin;
  }

  /** What the maker of the handle gave as its origin, or null. */
  public Object origin() {
    return origin;
  }

  public boolean isCancellation() {
    return getCause() instanceof CancellationException;
  }
}
