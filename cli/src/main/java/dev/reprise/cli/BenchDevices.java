package dev.reprise.cli;

import dev.reprise.DeviceConfig;
import dev.reprise.DeviceReport;
import dev.reprise.Reprise;
import dev.reprise.RunStatistics;
import dev.reprise.RunStatistics.DeviceUse;
import dev.reprise.Session;
import dev.reprise.SessionConfig;
import dev.reprise.runtime.accelerator.AcceleratorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The accelerators of this machine, as a comparison of placements tells about them.
 *
 * @param report empty when only the processor was asked for: no driver is loaded then
 */
record BenchDevices(DeviceReport report) {

  static BenchDevices lookedFor(List<BenchCell> cells) {
    if (cells.stream().allMatch(cell -> cell.placement().equals("cpu"))) {
      return new BenchDevices(new DeviceReport(List.of(), List.of()));
    }
    try (Session session = Reprise.session(SessionConfig.defaults())) {
      return new BenchDevices(session.accelerators());
    }
  }

  /** Why a placement cannot be had; empty when it can, if only on the processor. */
  Optional<String> absence(String placement) {
    if (!placement.contains(":") || placement.contains("+") || isFound(placement)) {
      return Optional.empty();
    }
    String kind = placement.substring(0, placement.indexOf(':'));
    List<String> reasons =
        report.absences().stream().filter(reason -> reason.startsWith(kind)).toList();
    return Optional.of(
        reasons.isEmpty() ? "there is no device " + placement : String.join("; ", reasons));
  }

  private boolean isFound(String name) {
    return report.found().stream().anyMatch(info -> info.name().equals(name));
  }

  /** What became of the accelerators that a policy was to choose from; null for nothing special. */
  String note(DeviceConfig config, RunStatistics run) {
    if (config.placement().equals("cpu") || config.isFixed()) {
      return null;
    }
    List<String> opened = run.devices().stream().map(DeviceUse::name).toList();
    List<String> missing = new ArrayList<>(config.among());
    missing.removeAll(opened);
    String reasons = String.join("; ", report.absences());
    String because = reasons.isEmpty() ? "" : " (" + reasons + ")";
    if (opened.isEmpty()) {
      return "had no accelerator to choose: all ran on the processor" + because;
    }
    return missing.isEmpty() ? null : "went on without " + String.join(", ", missing) + because;
  }

  /** What the accelerators are that took part, one sentence each. */
  List<String> descriptions(List<BenchCell> cells) {
    List<String> lines = new ArrayList<>();
    for (AcceleratorInfo info : report.found()) {
      if (cells.stream().anyMatch(cell -> cell.devices().contains(info.name()))) {
        lines.add(
            info.name()
                + " is "
                + info.product()
                + ", "
                + info.driver()
                + (info.isProcessor() ? ": this machine's processor under another interface" : ""));
      }
    }
    return lines;
  }
}
