package dev.reprise;

import dev.reprise.runtime.accelerator.AcceleratorInfo;
import java.util.List;

/**
 * The accelerators of this machine, whether a session uses them or not.
 *
 * @param found those that can be used
 * @param absences why others are not there, one sentence each
 */
public record DeviceReport(List<AcceleratorInfo> found, List<String> absences) {
  /** Copies both lists. */
  public DeviceReport {
    found = List.copyOf(found);
    absences = List.copyOf(absences);
  }
}
