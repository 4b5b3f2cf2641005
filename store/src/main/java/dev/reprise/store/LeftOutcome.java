package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.io.IOException;
import java.sql.SQLException;
import java.util.function.Supplier;

/** What a call, a block or a whole run left, on its way into the store. */
final class LeftOutcome implements RunChange.Weighed {
  /** What it is charged while it waits: about what a record has. */
  static final long BYTES = 4 << 10;

  /** Walking the lineage of what a call left; in the first second, before that is compiled. */
  private static final long NANOS = 250_000;

  private final RunTarget target;
  private final QueuedBytes queued;
  private final Key key;
  private final Supplier<byte[]> make;
  private final long costNanos;
  private final Supplier<Program> program;
  private byte[] record;

  /**
   * @param make the record; null when it cannot be kept
   * @param program null for what is no whole run
   */
  LeftOutcome(
      RunTarget target,
      QueuedBytes queued,
      Key key,
      Supplier<byte[]> make,
      long costNanos,
      Supplier<Program> program) {
    this.target = target;
    this.queued = queued;
    this.key = key;
    this.make = make;
    this.costNanos = costNanos;
    this.program = program;
  }

  @Override
  public long costNanos() {
    return costNanos;
  }

  @Override
  public long bytes() {
    return BYTES;
  }

  @Override
  public long makingNanos() {
    return NANOS;
  }

  @Override
  public void prepare() {
    record = make.get();
  }

  @Override
  public void apply(RunChanges updates) throws SQLException, IOException {
    if (record != null) {
      updates.region(key, record, costNanos);
      if (program != null) {
        target.keepProgram(key, program.get());
      }
    }
  }

  @Override
  public void done() {
    queued.giveBack(BYTES);
  }
}
