package dev.reprise.store.exchange;

import dev.reprise.lineage.Key;
import dev.reprise.store.DeviceCost;
import dev.reprise.store.RunFacts;
import dev.reprise.store.Vertex;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Changes as bytes, big-endian:
 *
 * <pre>
 *   change = kind(1) fields     key = 16 bytes     text, bytes = length(4), -1 for null, then bytes
 * </pre>
 */
public final class ChangeWriter {
  static final int RUN = 1;
  static final int SEEN = 2;
  static final int KEPT = 3;
  static final int USED = 4;
  static final int REGION = 5;
  static final int TRACE = 6;
  static final int SCORED = 7;
  static final int ENDED = 8;
  static final int REMOVED = 9;
  static final int MEASURED = 10;

  private final DataOutputStream out;

  public ChangeWriter(OutputStream out) {
    this.out = new DataOutputStream(out);
  }

  /** As {@link #write}, for those to whom looking for the kind would take longer than all else. */
  public void run(GraphChange.Run run) throws IOException {
    out.writeByte(RUN);
    out.writeLong(run.id());
    facts(run.facts());
    out.writeDouble(run.seconds());
    text(run.status());
  }

  /** Likewise. */
  public void used(GraphChange.Used used) throws IOException {
    out.writeByte(USED);
    out.writeLong(used.run());
    key(used.key());
    out.writeLong(used.count());
  }

  /** Writes a change of any kind. */
  public void write(GraphChange change) throws IOException {
    switch (change) {
      case GraphChange.Run run -> run(run);
      case GraphChange.Seen seen -> seen(seen);
      case GraphChange.Measured measured -> measured(measured);
      case GraphChange.Kept kept -> kept(kept);
      case GraphChange.Used used -> used(used);
      case GraphChange.Region region -> region(region);
      case GraphChange.TraceText trace -> trace(trace);
      case GraphChange.Scored scored -> scored(scored);
      case GraphChange.Ended ended -> ended(ended);
      case GraphChange.Removed removed -> removed(removed);
    }
  }

  private void seen(GraphChange.Seen seen) throws IOException {
    out.writeByte(SEEN);
    out.writeLong(seen.run());
    vertex(seen.vertex());
    out.writeLong(seen.frequency());
  }

  private void measured(GraphChange.Measured measured) throws IOException {
    out.writeByte(MEASURED);
    out.writeLong(measured.run());
    key(measured.vertex());
    cost(measured.cost());
  }

  private void kept(GraphChange.Kept kept) throws IOException {
    out.writeByte(KEPT);
    out.writeLong(kept.run());
    key(kept.key());
    key(kept.vertex());
    key(kept.hash());
    out.writeLong(kept.bytes());
    out.writeLong(kept.costNanos());
    bytes(kept.content());
    out.writeLong(kept.uses());
  }

  private void region(GraphChange.Region region) throws IOException {
    out.writeByte(REGION);
    out.writeLong(region.run());
    key(region.key());
    bytes(region.record());
    out.writeLong(region.costNanos());
  }

  private void trace(GraphChange.TraceText trace) throws IOException {
    out.writeByte(TRACE);
    out.writeLong(trace.run());
    text(trace.name());
    key(trace.key());
    bytes(trace.text());
  }

  private void scored(GraphChange.Scored scored) throws IOException {
    out.writeByte(SCORED);
    out.writeLong(scored.run());
    text(scored.name());
    out.writeBoolean(scored.key() != null);
    if (scored.key() != null) {
      key(scored.key());
    }
    out.writeDouble(scored.value());
  }

  private void ended(GraphChange.Ended ended) throws IOException {
    out.writeByte(ENDED);
    out.writeLong(ended.run());
    text(ended.status());
    out.writeDouble(ended.seconds());
  }

  private void removed(GraphChange.Removed removed) throws IOException {
    out.writeByte(REMOVED);
    key(removed.key());
    key(removed.hash());
  }

  private void facts(RunFacts facts) throws IOException {
    text(facts.user());
    text(facts.host());
    text(facts.script());
    text(facts.arguments());
    text(facts.version());
    out.writeLong(facts.startedMillis());
  }

  private void vertex(Vertex vertex) throws IOException {
    key(vertex.key());
    text(vertex.operation());
    out.writeInt(vertex.inputs().size());
    for (Key input : vertex.inputs()) {
      key(input);
    }
    out.writeLong(vertex.costNanos());
    out.writeLong(vertex.bytes());
  }

  public void cost(DeviceCost cost) throws IOException {
    text(cost.device());
    out.writeLong(cost.count());
    out.writeLong(cost.nanos());
  }

  public void key(Key key) throws IOException {
    out.writeLong(key.high());
    out.writeLong(key.low());
  }

  /**
   * @param text or null
   */
  public void text(String text) throws IOException {
    bytes(text == null ? null : text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * @param bytes or null
   */
  public void bytes(byte[] bytes) throws IOException {
    out.writeInt(bytes == null ? -1 : bytes.length);
    if (bytes != null) {
      out.write(bytes);
    }
  }

  public void number(long number) throws IOException {
    out.writeLong(number);
  }
}
