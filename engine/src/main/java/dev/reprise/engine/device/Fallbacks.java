package dev.reprise.engine.device;

import dev.reprise.runtime.operation.Operation;
import java.util.HashMap;
import java.util.Map;

/**
 * Operations that ran on the processor because the accelerator that they were placed on could not
 * do them, for lack of memory or after a failure. Thread-safe.
 */
public final class Fallbacks {
  private final Map<String, OfDevice> devices = new HashMap<>(); // guarded by this

  /**
   * Those of one accelerator.
   *
   * @param count how many
   * @param first the operation that was the first, and why; empty when there was none
   */
  public record OfDevice(long count, String first) {
    static final OfDevice NONE = new OfDevice(0, "");
  }

  synchronized void note(String device, Operation operation, Throwable why) {
    devices.compute(
        device,
        (_, before) ->
            before == null
                ? new OfDevice(1, "'" + operation.scriptName() + "': " + why.getMessage())
                : new OfDevice(before.count + 1, before.first));
  }

  synchronized boolean isEmpty() {
    return devices.isEmpty();
  }

  /** Those of an accelerator by its name; none when it has done everything. */
  public synchronized OfDevice of(String device) {
    return devices.getOrDefault(device, OfDevice.NONE);
  }
}
