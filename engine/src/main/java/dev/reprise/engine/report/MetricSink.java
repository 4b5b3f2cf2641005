package dev.reprise.engine.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Where the metrics of a control thread go, in the order of the program. */
@FunctionalInterface
public interface MetricSink {

  /** For sessions that keep none. */
  MetricSink NONE = (name, value, step) -> {};

  void add(String name, double value, long step);

  /**
   * What has come and waits for iterations before this one, as text for a checkpoint; empty where
   * each metric goes on at once.
   */
  default String waiting() {
    return "";
  }

  /**
   * Goes on after a checkpoint: what waited when it was written waits again, unless it still does.
   * Throws {@link IllegalArgumentException} for what {@link #waiting} has not made.
   */
  default void resume(String waited) {}

  /** Metrics of a parfor iteration that wait for those before; owned by its worker. */
  final class Waiting implements MetricSink {
    private record Metric(String name, double value, long step) {
      String text() {
        String line = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
        return step + " " + value + " " + line + "\n";
      }

      static Metric parse(String line) {
        String[] fields = line.split(" ", 3);
        if (fields.length != 3) {
          throw new IllegalArgumentException("a metric has a step, a value and a name: " + line);
        }
        return new Metric(
            fields[2].translateEscapes(), Double.parseDouble(fields[1]), Long.parseLong(fields[0]));
      }
    }

    private List<Metric> metrics = new ArrayList<>();

    /** What a checkpoint has brought and the iteration has not told again. */
    private final List<Metric> brought = new ArrayList<>();

    @Override
    public void add(String name, double value, long step) {
      Metric metric = new Metric(name, value, step);
      if (!brought.remove(metric)) {
        metrics.add(metric);
      }
    }

    @Override
    public String waiting() {
      return metrics.stream().map(Metric::text).collect(Collectors.joining());
    }

    @Override
    public void resume(String waited) {
      List<Metric> here = new ArrayList<>(metrics);
      for (Metric metric : waited.lines().map(Metric::parse).toList()) {
        if (!here.remove(metric)) {
          metrics.add(metric);
          brought.add(metric);
        }
      }
    }

    /** Forgets what has come since it was last taken. */
    public void clear() {
      metrics.clear();
      brought.clear();
    }

    /** What has come since the last call, to be passed on once. */
    public Runnable take(MetricSink target) {
      List<Metric> taken = metrics;
      metrics = new ArrayList<>();
      brought.clear();
      return () -> taken.forEach(each -> target.add(each.name, each.value, each.step));
    }
  }
}
