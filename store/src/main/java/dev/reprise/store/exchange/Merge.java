package dev.reprise.store.exchange;

import dev.reprise.lineage.Key;
import dev.reprise.store.exchange.MergeTarget.Begun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds what it is given to a store that may know some of it. A run that is there already is not
 * added again, nor is what it has left counted twice, so that the same may be merged any number of
 * times.
 */
public final class Merge implements GraphSink {
  private static final int BATCH = 500;
  private static final long BATCH_BYTES = 1 << 20;

  /** Contents that are there without what tells of them: a server takes so many and no more. */
  private static final int MOST_CONTENTS = 32;

  private final MergeTarget target;
  private final Map<Long, Begun> runs = new HashMap<>();
  private final List<GraphChange> batch = new ArrayList<>();
  private long batchBytes;
  private int batchContents;
  private Summary summary = new Summary(0, 0, 0, 0);

  /**
   * What was new.
   *
   * @param known artifacts that were there already
   */
  public record Summary(long runs, long values, long artifacts, long known) {}

  public Merge(MergeTarget target) {
    this.target = target;
  }

  public Summary summary() {
    return summary;
  }

  @Override
  public void take(GraphChange change) throws IOException {
    switch (change) {
      case GraphChange.Run run -> begin(run);
      case GraphChange.Seen seen -> {
        Begun run = runOf(seen.run());
        if (run.isNew()) {
          count(0, 1, 0, 0);
          add(new GraphChange.Seen(run.id(), seen.vertex(), seen.frequency()), 100);
        }
      }
      case GraphChange.Measured measured -> {
        Begun run = runOf(measured.run());
        if (run.isNew()) {
          add(new GraphChange.Measured(run.id(), measured.vertex(), measured.cost()), 100);
        }
      }
      case GraphChange.Region region ->
          add(
              new GraphChange.Region(
                  runOf(region.run()).id(), region.key(), region.record(), region.costNanos()),
              region.record().length);
      case GraphChange.TraceText trace -> {
        Begun run = runOf(trace.run());
        if (run.isNew()) {
          add(
              new GraphChange.TraceText(run.id(), trace.name(), trace.key(), trace.text()),
              trace.text().length);
        }
      }
      case GraphChange.Scored score -> {
        Begun run = runOf(score.run());
        if (run.isNew()) {
          add(new GraphChange.Scored(run.id(), score.name(), score.key(), score.value()), 100);
        }
      }
      case GraphChange.Kept kept -> keep(kept, null);
      case GraphChange.Used _, GraphChange.Ended _, GraphChange.Removed _ ->
          throw new MalformedChangeException("a copy of a store has no such change");
    }
  }

  private void begin(GraphChange.Run run) throws IOException {
    // One without an end would never be found again: it was killed, or still runs elsewhere.
    String status = run.status() == null ? "no end" : run.status();
    Begun begun =
        target.begin(
            new GraphChange.Run(run.id(), run.facts(), Math.max(run.seconds(), 0), status));
    runs.put(run.id(), begun);
    count(begun.isNew() ? 1 : 0, 0, 0, 0);
  }

  private Begun runOf(long id) throws MalformedChangeException {
    Begun run = runs.get(id);
    if (run == null) {
      throw new MalformedChangeException("there is no run " + id + " before what belongs to it");
    }
    return run;
  }

  private void count(long run, long value, long artifact, long known) {
    summary =
        new Summary(
            summary.runs + run,
            summary.values + value,
            summary.artifacts + artifact,
            summary.known + known);
  }

  @Override
  public void take(GraphChange.Kept kept, Opening content) throws IOException {
    keep(kept, content);
  }

  private void keep(GraphChange.Kept kept, Opening content) throws IOException {
    Key key = kept.key();
    if (target.has(key)) {
      count(0, 0, 0, 1);
      return;
    }
    if (content != null) {
      target.bring(kept.hash(), kept.bytes(), content);
      batchContents++;
    }
    count(0, 0, 1, 0);
    add(
        new GraphChange.Kept(
            runOf(kept.run()).id(),
            key,
            kept.vertex(),
            kept.hash(),
            kept.bytes(),
            kept.costNanos(),
            kept.content(),
            kept.uses()),
        kept.content() == null ? 100 : kept.content().length);
  }

  private void add(GraphChange change, long bytes) throws IOException {
    batch.add(change);
    batchBytes += bytes;
    if (batch.size() >= BATCH || batchBytes >= BATCH_BYTES || batchContents >= MOST_CONTENTS) {
      finish();
    }
  }

  @Override
  public void finish() throws IOException {
    if (!batch.isEmpty()) {
      target.write(List.copyOf(batch));
      batch.clear();
      batchBytes = 0;
      batchContents = 0;
    }
  }
}
