package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What one run adds to the store, written by a thread of its own so that the run does not wait for
 * a disk.
 *
 * <pre>
 *   any thread --offer, seen, used, ...--> queue --one thread--> drafts of files, then a transaction
 * </pre>
 *
 * <p>What is queued is gathered for a moment, so that the run wakes the thread seldom and a
 * transaction has many changes. What others wait for, or what took longer to compute than such a
 * moment, is written at once: a process that is killed loses no more than that.
 *
 * <p>The queue is bounded by the bytes of the values in it; what finds no room is dropped and
 * counted. When the store cannot be written (full disk, no rights) the rest is dropped, and {@link
 * #problem} says why: the run itself goes on.
 *
 * <p><b>Afterwards.</b> If nobody will wait for {@link #close} (see {@link
 * StoreConfig#writtenAfterwards}), changes are gathered for longer, and what does not pay for
 * itself waits for the end in any number that the queue has room for. {@link #writeAtLeisure} then
 * gives the time for it; without that, close ends as soon as ever. At first the log rests: nothing
 * is opened or written before the run has gone on for half a minute, unless another process uses
 * the store ({@link RunWriter}).
 *
 * <p>Writing takes no more than a share of the run's time ({@link WriteBudget}): what pays for
 * itself is written at once, other values wait for the end and are written then, those first that
 * save most, as far as the budget goes. {@link #close} waits for that and drops the rest.
 */
public final class RunLog implements AutoCloseable {
  /** A row of costs. */
  private static final long COST_NANOS = 5_000;

  private final RunTarget target;
  private final GatheringQueue<RunChange> queue;
  private final long urgentNanos;
  private final QueuedBytes queued;
  private final RunWriter writer;
  private final Thread thread;

  // Of the writing thread.
  private final Map<Key, Integer> uses = new HashMap<>();
  private final Map<String, Double> best = new HashMap<>();

  /**
   * @param target used by the writing thread alone
   * @param queueBytes most that values which wait to be written may take
   */
  public RunLog(RunTarget target, long queueBytes) {
    this(target, queueBytes, WritingPace.of(StoreConfig.DEFAULT_WRITING_SHARE));
  }

  RunLog(RunTarget target, long queueBytes, WritingPace pace) {
    this.target = target;
    this.urgentNanos = pace.urgentNanos();
    this.queue = new GatheringQueue<>(pace.gatherNanos(), pace.largestBatch());
    this.queued = new QueuedBytes(queueBytes);
    this.writer =
        new RunWriter(target, queue, queued, queueBytes / 2, updates -> updates.uses(uses), pace);
    this.thread = Thread.ofPlatform().name("reprise-store").daemon().unstarted(writer);
    thread.start();
  }

  // ---- by any thread

  /** Queues a change; what comes after the end is given up at once. */
  private void enqueue(RunChange change) {
    if (!queue.add(change)) {
      queued.countDropped(1);
      change.done();
    }
  }

  /**
   * Offers a computed value.
   *
   * @param key what it is to be found by
   * @param vertex its lineage key
   * @param content taken over
   * @return false when it was dropped for lack of room in the queue
   */
  public boolean offer(Key key, Key vertex, long costNanos, Content content) {
    long bytes = content.bytes();
    boolean fails = writer.problem() != null;
    if (fails || !queued.take(bytes)) {
      if (!fails) {
        queued.giveBack(bytes);
      }
      queued.countDropped(1);
      content.release();
      return false;
    }
    // Asked before the thread that writes may give it back.
    boolean isAwaited = content.isAwaited();
    enqueue(
        new OfferedValue(target, writer.budget(), queued, key, vertex, costNanos, content, bytes));
    if (isUrgent(isAwaited, costNanos) || queued.isHalfFull()) {
      queue.hurry();
    }
    return true;
  }

  private boolean isUrgent(boolean isAwaited, long costNanos) {
    return !writer.isResting() && (isAwaited || costNanos >= urgentNanos);
  }

  /** Notes a value of this run; {@code make} is called by the writing thread. */
  public void seen(Supplier<List<Vertex>> make) {
    if (writer.problem() == null) {
      enqueue(new SeenValues(writer.graphBudget(), make));
    }
  }

  /** Notes what the operation of a value that was noted took on a class of devices. */
  public void measured(Key vertex, DeviceCost cost) {
    if (writer.problem() == null) {
      enqueue(updates -> {
        WriteBudget budget = writer.graphBudget();
        if (budget.allows(COST_NANOS)) {
          budget.spend(COST_NANOS);
          updates.measured(vertex, cost);
        }
      });
    }
  }

  /** Notes that an artifact was of use. */
  public void used(Key key) {
    enqueue(_ -> uses.merge(key, 1, Integer::sum));
  }

  /**
   * Keeps what a whole call or block left.
   *
   * @param record called by the writing thread; null when it cannot be kept
   */
  public void region(Key key, Supplier<byte[]> record, long costNanos) {
    if (writer.problem() != null || !queued.hasRoomFor(LeftOutcome.BYTES)) {
      queued.countDropped(1);
      return;
    }
    queued.take(LeftOutcome.BYTES);
    enqueue(new LeftOutcome(target, queued, key, record, costNanos, null));
    if (isUrgent(false, costNanos)) {
      queue.hurry();
    }
  }

  /**
   * Keeps what a whole run left, in the graph and beside it.
   *
   * @param record as the graph has it; called by the writing thread, null when it cannot be kept
   * @param program the same for those who do not open the graph; likewise
   */
  public void program(Key key, Supplier<byte[]> record, Supplier<Program> program, long costNanos) {
    if (writer.problem() == null) {
      queued.take(LeftOutcome.BYTES);
      enqueue(new LeftOutcome(target, queued, key, record, costNanos, program));
    }
  }

  /**
   * Keeps what a whole run left where it is found without the graph, which has not heard of it yet;
   * does so before it returns.
   *
   * @throws StoreException when the store cannot be opened
   */
  public void keepProgram(Key key, Program program) {
    target.keepAhead(key, program);
  }

  /** Keeps beside the graph what a whole run left that the graph has. */
  public void copyProgram(Key key, Supplier<Program> program) {
    enqueue(updates -> target.keepProgram(key, program.get()));
  }

  /**
   * Keeps the lineage of something that the run wrote.
   *
   * @param text called by the writing thread; null when it is too long to be kept
   */
  public void trace(String name, Key key, Supplier<String> text) {
    enqueue(new TraceText(name, key, text));
  }

  /** Notes the quality of a model, larger is better; of several by one name the best is kept. */
  public void score(String name, Key key, double value) {
    enqueue(updates -> {
      Double before = best.get(name);
      if (before == null || value > before) {
        updates.score(name, key, value);
        best.put(name, value);
      }
    });
  }

  /** Notes how the run ended; the last thing before {@link #close}. */
  public void ended(String status, double seconds) {
    enqueue(updates -> updates.ended(status, seconds));
  }

  /** Removes an artifact that turned out to be damaged, so that it is written anew. */
  public void damaged(Artifact artifact) {
    enqueue(new Removal(artifact));
  }

  /** Why nothing is written any more; null while all is well. */
  public StoreException problem() {
    return writer.problem();
  }

  public long kept() {
    return queued.kept();
  }

  public long keptBytes() {
    return queued.keptBytes();
  }

  /** Values that were offered and found no room, or came after a problem. */
  public long dropped() {
    return queued.dropped();
  }

  /** Values and outcomes that were not worth the time of writing them. */
  public long unpaid() {
    return queued.unpaid();
  }

  /** Bytes of values that are not written yet. */
  public long pendingBytes() {
    return queued.pending();
  }

  /** Lets {@link #close} take so much longer, for what did not pay for its writing before. */
  public void writeAtLeisure(long nanos) {
    writer.writeAtLeisure(nanos);
  }

  /** Waits until everything that pays is written, or cannot be. */
  @Override
  public void close() {
    queue.close();
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- changes

  /** Happens in a transaction of its own, before offers look whether their key has a value. */
  private final class Removal implements RunChange {
    private final Artifact artifact;

    Removal(Artifact artifact) {
      this.artifact = artifact;
    }

    @Override
    public void prepare() {
      target.remove(artifact);
    }

    @Override
    public void apply(RunChanges updates) {
      // Done already.
    }
  }

  /** The lineage of a file. */
  private static final class TraceText implements RunChange {
    private final String name;
    private final Key key;
    private final Supplier<String> text;
    private byte[] bytes;

    TraceText(String name, Key key, Supplier<String> text) {
      this.name = name;
      this.key = key;
      this.text = text;
    }

    @Override
    public void prepare() throws IOException {
      String all = text.get();
      bytes = all == null ? null : TraceBytes.of(all);
    }

    @Override
    public void apply(RunChanges updates) throws SQLException, IOException {
      if (bytes != null) {
        updates.trace(name, key, bytes);
      }
    }
  }
}
