package dev.reprise.runtime.gpu;

import java.util.List;

/**
 * A sequence of launches that a backend has made ready to be issued together, again and again: a
 * graph of CUDA, prepared kernels of OpenCL. Confined to the worker.
 */
public interface LaunchReplay extends AutoCloseable {
  /**
   * Issues the launches, in sequence with all others. When it throws, some may have been issued:
   * issuing all of them one by one leaves what they were to leave all the same, since each writes
   * memory of its own and reads what those before it wrote.
   *
   * @param launches those that it was made of, but for their arguments
   * @throws dev.reprise.runtime.accelerator.DeviceException when the device refuses; the launches
   *     can then be issued one by one
   */
  void issue(List<Launch> launches);

  /** Lets go of what the device keeps for it; launches of it may still run. */
  @Override
  void close();
}
