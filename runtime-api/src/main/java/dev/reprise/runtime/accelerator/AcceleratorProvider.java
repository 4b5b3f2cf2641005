package dev.reprise.runtime.accelerator;

import java.nio.file.Path;
import java.util.List;

/**
 * Finds the accelerators of one kind; implementations are found by {@link java.util.ServiceLoader}.
 */
public interface AcceleratorProvider {

  /** The part of a name before the colon: {@code cuda}, {@code opencl}. */
  String kind();

  /**
   * False when this machine has certainly no GPU of the kind; cheap, and loads nothing. Whoever
   * looks for GPUs without being told to asks this first.
   */
  default boolean mayFindGpu() {
    return true;
  }

  /**
   * Looks for devices. Never throws for lack of a driver: that is a reason for absence.
   *
   * @param natives a folder of this process alone, where native libraries may be unpacked to
   */
  Discovery discover(Path natives);

  /** An accelerator that was found and has not been opened. */
  interface Candidate {
    AcceleratorInfo info();

    /**
     * Opens the accelerator; the caller closes it.
     *
     * @throws DeviceException when it cannot be used after all
     */
    Accelerator open();
  }

  /**
   * What was found.
   *
   * @param found in the order of their numbers
   * @param absences why there is none or not all, one sentence each
   */
  record Discovery(List<Candidate> found, List<String> absences) {}
}
