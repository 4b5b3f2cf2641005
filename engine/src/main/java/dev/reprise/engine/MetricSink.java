package dev.reprise.engine;

import java.util.ArrayList;
import java.util.List;

/** Where the metrics of a control thread go, in the order of the program. */
@FunctionalInterface
interface MetricSink {

  /** For sessions that keep none. */
  MetricSink NONE = (name, value, step) -> {};

  void add(String name, double value, long step);

  /** Metrics of a parfor iteration that wait for those before; owned by its worker. */
  final class Waiting implements MetricSink {
    private record Metric(String name, double value, long step) {}

    private List<Metric> metrics = new ArrayList<>();

    @Override
    public void add(String name, double value, long step) {
      metrics.add(new Metric(name, value, step));
    }

    /** Forgets what has come since it was last taken. */
    void clear() {
      metrics.clear();
    }

    /** What has come since the last call, to be passed on once. */
    Runnable take(MetricSink target) {
      List<Metric> taken = metrics;
      metrics = new ArrayList<>();
      return () -> taken.forEach(each -> target.add(each.name, each.value, each.step));
    }
  }
}
