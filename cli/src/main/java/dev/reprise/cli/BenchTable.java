package dev.reprise.cli;

import dev.reprise.RunStatistics;
import dev.reprise.RunStatistics.DeviceUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A comparison of placements as a table for a person; docs/placement.md reads one. */
final class BenchTable {
  private static final List<String> HEAD =
      List.of(
          "placement",
          "reuse",
          "median",
          "spread",
          "hits",
          "to devices",
          "back",
          "on devices",
          "busy",
          "fallbacks");

  /** Columns that are set to the left: names. */
  private static final int NAMES = 2;

  private BenchTable() {}

  static String text(BenchPlan plan, BenchDevices devices) {
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "%s%n%n", title(plan)));
    List<List<String>> rows = new ArrayList<>(List.of(HEAD));
    plan.cells().stream().filter(BenchCell::isMeasured).forEach(cell -> rows.add(row(cell)));
    int[] widths = widths(rows, plan);
    append(text, HEAD, widths);
    for (BenchCell cell : plan.cells()) {
      append(text, cell.isMeasured() ? row(cell) : remark(cell), widths);
    }
    remarks(plan, devices, text);
    return text.toString();
  }

  static String title(BenchPlan plan) {
    return plan.script() + ": " + method(plan);
  }

  /** How often was run, in words. */
  static String method(BenchPlan plan) {
    return (plan.runs() == 1 ? "1 run" : plan.runs() + " runs")
        + " of each combination, in turns, after "
        + plan.warmup()
        + " to warm up";
  }

  private static List<String> row(BenchCell cell) {
    boolean hasDevices = !cell.devices().isEmpty();
    long busy = cell.medianOfDevices(DeviceUse::busyNanos);
    return List.of(
        cell.placement(),
        cell.reuse(),
        Units.seconds(cell.medianNanos()),
        spread(cell),
        String.valueOf(cell.median(BenchCell::hits)),
        hasDevices
            ? moved(
                cell.medianOfDevices(DeviceUse::uploads),
                cell.medianOfDevices(DeviceUse::uploadedBytes))
            : "-",
        hasDevices
            ? moved(
                cell.medianOfDevices(DeviceUse::downloads),
                cell.medianOfDevices(DeviceUse::downloadedBytes))
            : "-",
        hasDevices
            ? cell.medianOfDevices(DeviceUse::executed)
                + " of "
                + cell.median(RunStatistics::executed)
            : "-",
        hasDevices
            ? Units.seconds(busy) + " (" + Units.percent(busy, cell.medianNanos()) + ")"
            : "-",
        hasDevices ? String.valueOf(cell.medianOfDevices(DeviceUse::fallbacks)) : "-");
  }

  private static String spread(BenchCell cell) {
    return String.format(
        Locale.ROOT, "%.3f to %.3f", cell.fastestNanos() / 1e9, cell.slowestNanos() / 1e9);
  }

  private static String moved(long count, long bytes) {
    return count == 0 ? "0" : count + " (" + Units.bytes(bytes) + ")";
  }

  private static List<String> remark(BenchCell cell) {
    return List.of(cell.placement(), cell.reuse(), cell.absence() == null ? "failed" : "absent");
  }

  private static int[] widths(List<List<String>> rows, BenchPlan plan) {
    int[] widths = new int[HEAD.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (BenchCell cell : plan.cells()) {
      widths[0] = Math.max(widths[0], cell.placement().length());
      widths[1] = Math.max(widths[1], cell.reuse().length());
    }
    return widths;
  }

  private static void append(StringBuilder text, List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      String space = " ".repeat(Math.max(0, widths[i] - row.get(i).length()));
      line.append("  ").append(i < NAMES ? row.get(i) + space : space + row.get(i));
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }

  /** What does not fit into columns: absences, failures, differing results. */
  private static void remarks(BenchPlan plan, BenchDevices devices, StringBuilder text) {
    List<String> lines = new ArrayList<>(devices.descriptions(plan.cells()));
    for (List<BenchCell> cells : plan.byPlacement()) {
      BenchCell first = cells.getFirst();
      if (first.absence() != null) {
        lines.add(first.placement() + " is absent: " + first.absence());
      } else if (first.note() != null) {
        lines.add(first.placement() + " " + first.note());
      }
    }
    for (BenchCell cell : plan.cells()) {
      if (cell.failure() != null) {
        lines.add(cell.name() + " failed: " + cell.failure());
      }
      if (cell.difference() != null) {
        lines.add("DIFFERENT RESULTS: " + cell.name() + ": " + cell.difference());
      }
    }
    agreement(plan).ifPresent(lines::add);
    if (!lines.isEmpty()) {
      text.append('\n');
      lines.forEach(line -> text.append("  ").append(line).append('\n'));
    }
  }

  private static Optional<String> agreement(BenchPlan plan) {
    boolean differs = plan.cells().stream().anyMatch(cell -> cell.difference() != null);
    long measured = plan.cells().stream().filter(BenchCell::isMeasured).count();
    return differs || measured < 2
        ? Optional.empty()
        : Optional.of(
            "all "
                + measured
                + " combinations printed the same in every run, numbers within "
                + plan.tolerance());
  }
}
