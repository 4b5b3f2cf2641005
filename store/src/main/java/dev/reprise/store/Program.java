package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.util.List;

/**
 * What a whole run left.
 *
 * @param record all of it, for whoever recalls the run; the store does not look into it
 * @param traces of what it wrote, for the graph when the run is recalled
 * @param scores that it said of its models, likewise
 */
public record Program(byte[] record, List<LeftTrace> traces, List<LeftScore> scores) {
  public Program {
    traces = List.copyOf(traces);
    scores = List.copyOf(scores);
  }

  /**
   * The lineage of something that the run wrote.
   *
   * @param text of the trace
   */
  public record LeftTrace(String name, Key key, String text) {}

  /**
   * The quality of a model.
   *
   * @param model its lineage key
   */
  public record LeftScore(String name, Key model, double value) {}
}
