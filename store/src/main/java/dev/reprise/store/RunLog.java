package dev.reprise.store;

import dev.reprise.lineage.Key;
import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
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
 * is opened or written before the run has gone on for {@link #REST_NANOS}, unless another process
 * uses the store.
 *
 * <p>Writing takes no more than a share of the run's time ({@link WriteBudget}): what pays for
 * itself is written at once, other values wait for the end and are written then, those first that
 * save most, as far as the budget goes. {@link #close} waits for that and drops the rest.
 */
public final class RunLog implements AutoCloseable {
  private static final int LARGEST_BATCH = 1_024;

  /** When nobody will wait for the end; as long as one transaction may keep others waiting. */
  private static final int LARGEST_BATCH_AFTERWARDS = 4_096;

  /** How long changes are gathered before they are written. */
  private static final long GATHER_NANOS = 250_000_000;

  /** Likewise, when writing is left for afterwards. */
  private static final long LONG_GATHER_NANOS = 3_000_000_000L;

  /**
   * Likewise, so long nothing is written unless it must be. Opening a store and writing for the
   * first time, by code that is cold, takes about 0.4 s of processor time.
   */
  private static final long REST_NANOS = 30_000_000_000L;

  /** How often a log that rests looks whether it may go on doing so. */
  private static final long LOOK_NANOS = 250_000_000;

  /** Changes that a log which rests keeps. */
  private static final int MOST_AT_REST = 65_536;

  /** So many bytes are written at a time when nobody waits; others find them then. */
  private static final long BYTES_AT_LEISURE = 32 << 20;

  /** Values may wait for the end in any case up to so many bytes. */
  private static final long LEAST_WAITING_BYTES = 16 << 20;

  /** A vertex with its edges. */
  private static final long VERTEX_NANOS = 30_000;

  /** A row of costs. */
  private static final long COST_NANOS = 5_000;

  /** What the outcome of a call is charged while it waits: about what a record has. */
  private static final long OUTCOME_BYTES = 4 << 10;

  /** Walking the lineage of what a call left; in the first second, before that is compiled. */
  private static final long OUTCOME_NANOS = 250_000;

  /** The graph takes this part of the share that values may take. */
  private static final int GRAPH_PART = 4;

  private final RunTarget target;
  private final long queueBytes;
  private final GatheringQueue<Change> queue;
  private final long urgentNanos;
  private final boolean afterwards;
  private final int largestBatch;
  private final AtomicLong queuedBytes = new AtomicLong();
  private final LongAdder kept = new LongAdder();
  private final LongAdder keptBytes = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder unpaid = new LongAdder();
  private final WriteBudget budget;
  private final WriteBudget graphBudget;
  private final WaitingOffers<Weighed> waiting;
  private final Thread thread;

  // Written by the writing thread, read by anybody.
  private volatile StoreException problem;

  // Written by the writing thread; others need not wake it as long as it rests.
  private volatile boolean resting;

  // Written before close by whoever closes; 0 when somebody waits for that.
  private volatile long leisureNanos;

  // Of the writing thread.
  private final Map<Key, Integer> uses = new HashMap<>();
  private final Map<String, Double> best = new HashMap<>();

  /** Something to write; prepared outside of the transaction, applied in it, done in any case. */
  private interface Change {
    default void prepare() throws IOException {}

    void apply(RunChanges changes) throws SQLException, IOException;

    default void done() {}
  }

  /** A change that is worth making only if that does not take too long. */
  private interface Weighed extends Change, WaitingOffers.Offered {
    /** What making it costs besides writing its bytes. */
    default long makingNanos() {
      return 0;
    }

    /** So many bytes of a matrix take as long to write. */
    default long writingBytes() {
      return bytes();
    }

    /** Gives up what others wait for. */
    default void postpone() {}

    /** True when others wait for it. */
    default boolean isAwaited() {
      return false;
    }
  }

  /**
   * @param target used by the writing thread alone
   * @param queueBytes most that values which wait to be written may take
   */
  public RunLog(RunTarget target, long queueBytes) {
    this(target, queueBytes, StoreConfig.DEFAULT_WRITING_SHARE);
  }

  /**
   * @param share of the run's time that writing may take
   */
  RunLog(RunTarget target, long queueBytes, double share) {
    this(target, queueBytes, share, GATHER_NANOS);
  }

  RunLog(RunTarget target, long queueBytes, double share, long gatherNanos) {
    this(target, queueBytes, share, gatherNanos, gatherNanos, false);
  }

  /** A log that writes as the configuration wants it. */
  static RunLog of(StoreConfig config, RunTarget target, long queueBytes) {
    long gather = config.afterwards() ? LONG_GATHER_NANOS : GATHER_NANOS;
    return new RunLog(
        target, queueBytes, config.writingShare(), gather, GATHER_NANOS, config.afterwards());
  }

  /**
   * @param urgentNanos what took longer to compute is not gathered
   */
  RunLog(
      RunTarget target,
      long queueBytes,
      double share,
      long gatherNanos,
      long urgentNanos,
      boolean afterwards) {
    this.target = target;
    this.queueBytes = queueBytes;
    this.urgentNanos = urgentNanos;
    this.afterwards = afterwards;
    this.largestBatch = afterwards ? LARGEST_BATCH_AFTERWARDS : LARGEST_BATCH;
    this.queue = new GatheringQueue<>(gatherNanos, largestBatch);
    this.budget = new WriteBudget(share, System::nanoTime);
    this.graphBudget = new WriteBudget(share / GRAPH_PART, System::nanoTime);
    this.waiting = new WaitingOffers<>(queueBytes / 2);
    this.resting = afterwards;
    this.thread = Thread.ofPlatform().name("reprise-store").daemon().unstarted(this::write);
    thread.start();
  }

  // ---- by any thread

  /** Queues a change; what comes after the end is given up at once. */
  private void enqueue(Change change) {
    if (!queue.add(change)) {
      dropped.increment();
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
    if (problem != null || queuedBytes.addAndGet(bytes) > queueBytes) {
      if (problem == null) {
        queuedBytes.addAndGet(-bytes);
      }
      dropped.increment();
      content.release();
      return false;
    }
    // Asked before the thread that writes may give it back.
    boolean isAwaited = content.isAwaited();
    enqueue(new Offer(key, vertex, costNanos, content, bytes));
    if (isUrgent(isAwaited, costNanos) || queuedBytes.get() > queueBytes / 2) {
      queue.hurry();
    }
    return true;
  }

  private boolean isUrgent(boolean isAwaited, long costNanos) {
    return !resting && (isAwaited || costNanos >= urgentNanos);
  }

  /** Notes a value of this run; {@code make} is called by the writing thread. */
  public void seen(Supplier<List<Vertex>> make) {
    if (problem == null) {
      enqueue(new Seen(make));
    }
  }

  /** Notes what the operation of a value that was noted took on a class of devices. */
  public void measured(Key vertex, DeviceCost cost) {
    if (problem == null) {
      enqueue(updates -> {
        if (graphBudget.allows(COST_NANOS)) {
          graphBudget.spend(COST_NANOS);
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
    if (problem != null || queuedBytes.get() + OUTCOME_BYTES > queueBytes) {
      dropped.increment();
      return;
    }
    queuedBytes.addAndGet(OUTCOME_BYTES);
    enqueue(new Outcome(key, record, costNanos, null));
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
    if (problem == null) {
      queuedBytes.addAndGet(OUTCOME_BYTES);
      enqueue(new Outcome(key, record, costNanos, program));
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
    return problem;
  }

  public long kept() {
    return kept.sum();
  }

  public long keptBytes() {
    return keptBytes.sum();
  }

  /** Values that were offered and found no room, or came after a problem. */
  public long dropped() {
    return dropped.sum();
  }

  /** Values and outcomes that were not worth the time of writing them. */
  public long unpaid() {
    return unpaid.sum();
  }

  /** Bytes of values that are not written yet. */
  public long pendingBytes() {
    return queuedBytes.get();
  }

  /** Lets {@link #close} take so much longer, for what did not pay for its writing before. */
  public void writeAtLeisure(long nanos) {
    leisureNanos = nanos;
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

  // ---- by the writing thread

  private void write() {
    List<Change> batch = new ArrayList<>();
    rest(batch);
    boolean open = true;
    boolean granted = false;
    while (open) {
      try {
        open = queue.take(batch);
      } catch (InterruptedException e) {
        continue;
      }
      if (!granted && queue.isClosed()) {
        granted = true;
        budget.grant(leisureNanos);
        graphBudget.grant(leisureNanos / GRAPH_PART);
      }
      if (!open) {
        batch.add(updates -> updates.uses(uses));
      }
      batch.removeIf(change -> change instanceof Weighed weighed && !isWrittenNow(weighed));
      applyAll(batch);
    }
    writeWhatWaits(batch);
  }

  /**
   * Leaves everything for the end of a run that is short, and has the store for itself. What does
   * not fit into the queue is weighed, as ever.
   */
  private void rest(List<Change> taken) {
    List<Change> others = new ArrayList<>();
    long start = System.nanoTime();
    while (resting) {
      try {
        if (queue.awaitPressing(LOOK_NANOS, MOST_AT_REST)) {
          resting = !queue.isClosed() && weigh(taken, others);
        }
      } catch (InterruptedException e) {
        continue;
      }
      resting = resting && System.nanoTime() - start < REST_NANOS && !target.isShared();
    }
    queue.putBack(others);
  }

  /**
   * Makes room in the queue.
   *
   * @param taken for use here
   * @param others takes what cannot be left out
   * @return false when there is too much of that
   */
  private boolean weigh(List<Change> taken, List<Change> others) throws InterruptedException {
    queue.take(taken);
    for (Change change : taken) {
      if (change instanceof Weighed weighed) {
        waitForTheEnd(weighed, writeNanos(weighed));
      } else {
        others.add(change);
      }
    }
    taken.clear();
    return others.size() < MOST_AT_REST;
  }

  private void applyAll(List<Change> batch) {
    if (leisureNanos > 0 && target.isGone()) {
      // Somebody has removed the store of a run that has ended for him: none is begun anew.
      dropped.add(batch.size());
      batch.forEach(RunLog::done);
      batch.clear();
      return;
    }
    try {
      awaitOpen(batch.size());
      long start = System.nanoTime();
      apply(batch);
      budget.taken(System.nanoTime() - start);
    } catch (Throwable e) {
      // An error of the machine, too: whoever waits for a claim must not wait for ever.
      problem = new StoreException("the experiment store cannot be written: " + e, e);
    } finally {
      batch.forEach(RunLog::done);
      batch.clear();
    }
  }

  /** Waiting for a store that is being made is no writing. */
  private void awaitOpen(int changes) {
    try {
      if (problem == null) {
        target.awaitOpen();
      }
    } catch (StoreException e) {
      problem = e;
      dropped.add(changes);
    }
  }

  /** True when a change pays for itself; else it waits for the end, or is given up. */
  private boolean isWrittenNow(Weighed change) {
    long nanos = writeNanos(change);
    if (budget.paysForItself(change.costNanos(), nanos)
        || change.isAwaited() && budget.allows(nanos)) {
      budget.spend(nanos);
      return true;
    }
    waitForTheEnd(change, nanos);
    return false;
  }

  private void waitForTheEnd(Weighed change, long nanos) {
    change.postpone();
    waiting.add(change, nanos);
    long limit =
        afterwards ? Long.MAX_VALUE : Math.max(LEAST_WAITING_BYTES, budget.affordableBytes());
    Weighed least = waiting.overflow(limit);
    while (least != null) {
      giveUp(least);
      least = waiting.overflow(limit);
    }
  }

  private long writeNanos(Weighed change) {
    return budget.writeNanos(change.writingBytes()) + change.makingNanos();
  }

  private void giveUp(Weighed change) {
    unpaid.increment();
    done(change);
  }

  /** At the end: the best first, as far as the budget goes. */
  private void writeWhatWaits(List<Change> batch) {
    long most = leisureNanos > 0 ? BYTES_AT_LEISURE : Long.MAX_VALUE;
    long bytes = 0;
    for (Weighed best = waiting.best(); best != null; best = waiting.best()) {
      long nanos = writeNanos(best);
      if (problem == null && budget.allows(nanos)) {
        budget.spend(nanos);
        batch.add(best);
        bytes += best.bytes();
      } else {
        giveUp(best);
      }
      if (batch.size() >= largestBatch || bytes >= most) {
        applyAll(batch);
        bytes = 0;
      }
    }
    applyAll(batch);
  }

  private void apply(List<Change> batch) {
    try {
      if (problem == null) {
        for (Change change : batch) {
          change.prepare();
        }
        target.write(changes -> {
          for (Change change : batch) {
            change.apply(changes);
          }
        });
      }
    } catch (IOException e) {
      problem = writing(e);
    } catch (StoreException e) {
      if (!e.isPassing()) {
        problem = e;
      }
      dropped.add(batch.size());
    }
  }

  private static void done(Change change) {
    try {
      change.done();
    } catch (RuntimeException e) {
      // The others must be given up, too.
    }
  }

  private StoreException writing(IOException e) {
    return new StoreException(
        "the experiment store " + target.name() + " cannot be written: " + e.getMessage(), e);
  }

  /** Happens in a transaction of its own, before offers look whether their key has a value. */
  private final class Removal implements Change {
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

  /** Values of the run for the graph; as many as there is time for. */
  private final class Seen implements Change {
    private final Supplier<List<Vertex>> make;
    private List<Vertex> vertices;

    Seen(Supplier<List<Vertex>> make) {
      this.make = make;
    }

    @Override
    public void prepare() {
      long start = System.nanoTime();
      vertices = graphBudget.allows(VERTEX_NANOS) ? make.get() : List.of();
      graphBudget.spend(VERTEX_NANOS * vertices.size());
      graphBudget.taken(System.nanoTime() - start);
    }

    @Override
    public void apply(RunChanges updates) throws SQLException, IOException {
      long start = System.nanoTime();
      for (Vertex vertex : vertices) {
        updates.vertex(vertex);
      }
      graphBudget.taken(System.nanoTime() - start);
    }
  }

  /** What a call or block left. */
  private final class Outcome implements Weighed {
    private final Key key;
    private final Supplier<byte[]> make;
    private final long costNanos;
    private final Supplier<Program> program;
    private byte[] record;

    /**
     * @param program null for what is no whole run
     */
    Outcome(Key key, Supplier<byte[]> make, long costNanos, Supplier<Program> program) {
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
      return OUTCOME_BYTES;
    }

    @Override
    public long makingNanos() {
      return OUTCOME_NANOS;
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
      queuedBytes.addAndGet(-OUTCOME_BYTES);
    }
  }

  /** The lineage of a file. */
  private static final class TraceText implements Change {
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

  /** A value on its way. */
  private final class Offer implements Weighed {
    private final Key key;
    private final Key vertex;
    private final long costNanos;
    private final Content content;
    private final long bytes;
    private byte[] inline;
    private Path draft;

    /** Null when the content lies in the draft. */
    private PieceWriter pieces;

    private Content.Written written;

    Offer(Key key, Key vertex, long costNanos, Content content, long bytes) {
      this.key = key;
      this.vertex = vertex;
      this.costNanos = costNanos;
      this.content = content;
      this.bytes = bytes;
    }

    @Override
    public long costNanos() {
      return costNanos;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public long writingBytes() {
      return content.writingBytes();
    }

    @Override
    public boolean isAwaited() {
      return content.isAwaited();
    }

    @Override
    public void postpone() {
      content.postpone();
    }

    @Override
    public void prepare() throws IOException {
      if (target.has(key)) {
        return;
      }
      long start = System.nanoTime();
      try {
        write();
        budget.measured(writingBytes(), System.nanoTime() - start);
      } catch (StoreException e) {
        throw e;
      } catch (ResourceException e) {
        // Its cells cannot be brought back now; the others are kept all the same.
        dropped.increment();
        written = null;
      }
    }

    private void write() throws IOException {
      if (bytes <= Artifact.LARGEST_INLINE_BYTES) {
        ContentOutput array = ContentOutput.toArray();
        written = content.writeTo(array);
        inline = array.bytes();
        return;
      }
      draft = target.draft();
      pieces = target.pieces();
      try (FileChannel channel = target.openDraft(draft)) {
        ContentOutput out = ContentOutput.to(channel, pieces);
        written = content.writeTo(out);
        if (!out.finish()) {
          pieces = null;
        }
      }
    }

    @Override
    public void apply(RunChanges updates) throws SQLException, IOException {
      if (written != null && isAdded(updates)) {
        kept.increment();
        keptBytes.add(written.bytes());
      }
    }

    private boolean isAdded(RunChanges updates) throws SQLException, IOException {
      Artifact artifact = new Artifact(key, written.hash(), written.bytes(), costNanos, inline);
      return pieces == null
          ? updates.artifact(artifact, vertex, draft)
          : updates.artifact(artifact, vertex, pieces);
    }

    @Override
    public void done() {
      queuedBytes.addAndGet(-bytes);
      content.release();
      if (draft != null) {
        try {
          Files.deleteIfExists(draft);
          if (pieces != null) {
            pieces.close();
          }
        } catch (IOException e) {
          // A draft is removed by the next check of the store.
        }
      }
    }
  }
}
