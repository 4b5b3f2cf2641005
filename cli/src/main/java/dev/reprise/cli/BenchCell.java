package dev.reprise.cli;

import dev.reprise.RunStatistics;
import dev.reprise.RunStatistics.DeviceUse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * One combination of a comparison: where operations run and what is reused, and what its runs
 * measured. Filled by {@link BenchRun} on one thread.
 */
final class BenchCell {
  private final String placement;
  private final String reuse;
  private final Settings settings;
  private final List<RunStatistics> runs = new ArrayList<>();
  private String absence;
  private String failure;
  private String difference;
  private String note;

  BenchCell(String placement, String reuse, Settings settings) {
    this.placement = placement;
    this.reuse = reuse;
    this.settings = settings;
  }

  String placement() {
    return placement;
  }

  String reuse() {
    return reuse;
  }

  Settings settings() {
    return settings;
  }

  /** As {@code cpu/none}. */
  String name() {
    return placement + "/" + reuse;
  }

  /** What the measured runs did, in their order. */
  List<RunStatistics> runs() {
    return runs;
  }

  void measured(RunStatistics run) {
    runs.add(run);
  }

  /** Why the placement cannot be had here; null when it can. */
  String absence() {
    return absence;
  }

  void absent(String why) {
    absence = why;
  }

  /** The error that a run ended with; null when none did. */
  String failure() {
    return failure;
  }

  void failed(String message) {
    failure = message;
    runs.clear();
  }

  /** How the printed text differs from that of the first cell; null when it does not. */
  String difference() {
    return difference;
  }

  void differs(String how) {
    if (difference == null) {
      difference = how;
    }
  }

  /** What a reader of its times has to know; null when there is nothing. */
  String note() {
    return note;
  }

  void note(String words) {
    note = words;
  }

  /** False when there is nothing to run here, or no reason to go on. */
  boolean isOpen() {
    return absence == null && failure == null;
  }

  boolean isMeasured() {
    return !runs.isEmpty();
  }

  /** The median of the times; 0 without any. */
  long medianNanos() {
    return median(RunStatistics::wallNanos);
  }

  long fastestNanos() {
    return runs.stream().mapToLong(RunStatistics::wallNanos).min().orElse(0);
  }

  long slowestNanos() {
    return runs.stream().mapToLong(RunStatistics::wallNanos).max().orElse(0);
  }

  /** The median of a number that every run has; 0 without any run. */
  long median(ToLongFunction<RunStatistics> number) {
    long[] sorted = runs.stream().mapToLong(number).sorted().toArray();
    if (sorted.length == 0) {
      return 0;
    }
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1
        ? sorted[middle]
        : sorted[middle - 1] + (sorted[middle] - sorted[middle - 1]) / 2;
  }

  /** The median of the sum of a number over all accelerators. */
  long medianOfDevices(ToLongFunction<DeviceUse> number) {
    return median(run -> run.devices().stream().mapToLong(number).sum());
  }

  /** The accelerators that the runs had open. */
  List<String> devices() {
    return runs.isEmpty()
        ? List.of()
        : runs.getFirst().devices().stream().map(DeviceUse::name).toList();
  }

  /** Values, calls and blocks that were found. */
  static long hits(RunStatistics run) {
    return run.hits() + run.functions().hits() + run.blocks().hits();
  }
}
