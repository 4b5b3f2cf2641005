package dev.reprise.engine.stored;

import dev.reprise.StoreUse;
import dev.reprise.cache.TagClass;
import dev.reprise.lineage.Key;
import dev.reprise.memory.HostMemory;
import dev.reprise.store.Experiments;
import dev.reprise.store.Keys;
import dev.reprise.store.RunLog;
import dev.reprise.store.StoreConfig;
import dev.reprise.store.StoreException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The experiment store of a session, from the first run until all that was left is written.
 *
 * <pre>
 *   Questions        before an operation is executed: its value, or the duty to compute it
 *   StoreLookup      what the store has and knows, without loading it
 *   Loading          values of what it has
 *   StoredRegions    whole calls and blocks that need not be executed
 *   SessionPrograms  whole runs that need not be
 *   Offers           what runs leave: values, traces, scores
 *   ScoredModels     the models that are left at the end, for the WarmStarts of other sessions
 *   UseCounts        what came of all that
 * </pre>
 *
 * <p><b>What may be found.</b> Contents lie under the lineage key, changed by the session's tag
 * class and by the numeric contract: the build of the program whose kernels computed them. So
 * another build, or under {@code --numerics exact} another class of devices, never supplies a
 * number silently.
 *
 * <p><b>Threads.</b> Thread-safe. The first run begins the log, under the lock of this, which is
 * held for nothing else; each run's thread says how it ended; who closes does so when no run is
 * left. What goes to the store is written by the thread of the {@link RunLog}, but for the copy of
 * a whole run, which {@link #writeAtLeisure} makes at once.
 */
public final class StoredValues implements AutoCloseable {
  /** The queue to the store may hold this share of host memory, as a divisor, and no more than.. */
  private static final int QUEUE_SHARE = 8;

  private static final long LARGEST_QUEUE_BYTES = 1L << 30;

  /** What a run leaves may take twice as long to write as the run took, within these. */
  private static final int LEISURE = 2;

  private static final long LEAST_LEISURE_NANOS = 5_000_000_000L;

  private static final long MOST_LEISURE_NANOS = 30_000_000_000L;

  /** A model that waits for the end of the session takes no more than this share, as a divisor. */
  private static final int MODEL_SHARE = 16;

  private final StoreOpening opening;
  private final String version;
  private final Consumer<String> tell;
  private final HostMemory memory;
  private final EqualContents contents;
  private final StoreKeys keys;
  private final UseCounts counts = new UseCounts();
  private final StoreLookup lookup;
  private final Offers offers;
  private final Loading loading;
  private final Questions questions;
  private final StoredRegions regions;
  private final SessionPrograms programs;
  private final ScoredModels models;

  /** Null unless trainings begin from earlier models. */
  private final WarmStarts warmStarts;

  // By the thread of a run that ends; read by the one that closes.
  private volatile String status = "ended";

  // By the thread that closes.
  private boolean atLeisure;

  /**
   * @param tags which values may be found besides those of a key
   * @param version of the program, for people
   * @param build which it is
   * @param tell takes notes for the person who runs it
   * @throws StoreException when a store that is there cannot be opened; a new one is made meanwhile
   */
  public StoredValues(
      StoreConfig config,
      TagClass tags,
      String version,
      BuildMemo build,
      HostMemory memory,
      Consumer<String> tell) {
    this.version = version;
    this.memory = memory;
    this.tell = tell;
    this.contents = new EqualContents(memory);
    this.opening = new StoreOpening(config, build, tell);
    this.keys = new StoreKeys(tags, opening, contents);
    this.lookup = new StoreLookup(opening, keys, counts);
    this.offers = new Offers(keys, memory, config.leastCostNanos());
    this.loading = new Loading(opening, memory, offers, counts);
    this.questions = new Questions(opening, contents, keys, lookup, loading, offers, counts);
    this.regions = new StoredRegions(opening, keys, lookup, offers, counts);
    this.programs = new SessionPrograms(tags, keys, lookup, offers, counts);
    this.models = new ScoredModels(offers, lookup, keys, memory.budgetBytes() / MODEL_SHARE);
    this.warmStarts = config.warmStart() ? new WarmStarts(opening, keys, loading, tell) : null;
  }

  /** True when the store was made for this session, so that it has nothing to tell. */
  public boolean isNew() {
    return opening.isNew();
  }

  /** Records runs from now on; does nothing when that has begun. */
  public synchronized void begin(String script, String arguments) {
    if (offers.log() != null) {
      return;
    }
    long start = System.nanoTime();
    long queueBytes = Math.min(memory.budgetBytes() / QUEUE_SHARE, LARGEST_QUEUE_BYTES);
    offers.begin(opening.begin(ThisRun.facts(script, arguments, version), queueBytes), start);
  }

  /** How the last run ended, in a word. */
  public void ended(String how) {
    status = how;
  }

  // ---- its parts

  /** What small values are, for questions and for the keys of whole calls and blocks. */
  public EqualContents contents() {
    return contents;
  }

  /** Finds the value of an operation before it is executed. */
  public Questions questions() {
    return questions;
  }

  /** What the store has and knows. */
  public StoreLookup lookup() {
    return lookup;
  }

  /** Makes values of what the store has. */
  public Loading loading() {
    return loading;
  }

  /** Whole runs. */
  public SessionPrograms programs() {
    return programs;
  }

  /** Takes what runs leave. */
  public Offers offers() {
    return offers;
  }

  /** The best models that the session has scored. */
  public ScoredModels models() {
    return models;
  }

  /** Null unless trainings begin from earlier models. */
  public WarmStarts warmStarts() {
    return warmStarts;
  }

  /** What came of questions until now. */
  public UseCounts counts() {
    return counts;
  }

  /**
   * How a value of the store came to be.
   *
   * @param digits with which its lineage begins
   * @throws StoreException when the store does not know, or not far enough
   */
  public StoredHistory history(String digits) {
    Experiments experiments = new Experiments(opening.store().experiments());
    // One with all its digits may be no value of the graph, but a part of what a run wrote.
    Key value =
        digits.length() == 2 * Keys.LENGTH ? Key.parse(digits) : experiments.lineage(digits);
    KeptContents kept = new KeptContents(opening, keys, experiments);
    return StoredHistory.of(value, experiments, kept, loading, tell);
  }

  /** Whole calls and blocks. */
  public StoredRegions regions() {
    return regions;
  }

  // ---- reports

  public StoreUse use() {
    RunLog open = offers.log();
    StoreException writing = open == null ? null : open.problem();
    StoreException problem = writing == null && opening.isOver() ? ofStore() : writing;
    return new StoreUse(
        opening.name(),
        counts.hits.sum(),
        counts.misses.sum(),
        counts.regions.sum(),
        counts.savedNanos.sum(),
        counts.loadedBytes.sum(),
        open == null ? 0 : open.kept(),
        open == null ? 0 : open.keptBytes(),
        open == null ? 0 : open.dropped() + open.unpaid(),
        counts.waits.sum(),
        counts.damaged.sum(),
        counts.deferred.sum(),
        counts.computed.sum(),
        counts.putOff.sum(),
        counts.putOffExecuted.sum(),
        counts.programs.sum(),
        counts.byContent.sum(),
        warmStarts == null ? 0 : warmStarts.found(),
        warmStarts == null ? 0 : warmStarts.missed(),
        problem == null ? null : problem.getMessage());
  }

  private StoreException ofStore() {
    try {
      return opening.store().problem();
    } catch (StoreException e) {
      return e;
    }
  }

  /**
   * Says that nobody waits for {@link #close}, which then takes the time to write what is worth it.
   * What the next run of the same script asks for first is there when this returns.
   *
   * @return false when the store was not made for that, or has trouble that somebody should see
   */
  public boolean writeAtLeisure() {
    RunLog open = offers.log();
    if (open == null || !opening.isWrittenAfterwards() || open.problem() != null) {
      return false;
    }
    try {
      if (!opening.announceWriter(open.pendingBytes())) {
        return false;
      }
      programs.copyLast();
    } catch (RuntimeException e) {
      // The run itself is fine; the thread that writes meets the same, and close tells of it.
      return false;
    }
    long nanos = LEISURE * offers.elapsedNanos();
    open.writeAtLeisure(Math.clamp(nanos, LEAST_LEISURE_NANOS, MOST_LEISURE_NANOS));
    atLeisure = true;
    return true;
  }

  /** Tells of trouble with writing, now or when somebody opens the store again. */
  private void tell(StoreException problem) {
    String text = problem.getMessage() + "; nothing more was kept";
    if (atLeisure) {
      opening.leaveNote("an earlier run could not leave all that it had: " + text);
    } else {
      tell.accept(text);
    }
  }

  /** Waits until everything that was offered is written. */
  @Override
  public void close() {
    RunLog open = offers.log();
    models.leaveAll();
    if (warmStarts != null) {
      warmStarts.close();
    }
    if (open != null) {
      double seconds = offers.elapsedNanos() / (double) TimeUnit.SECONDS.toNanos(1);
      open.ended(status, seconds);
      open.close();
      // A server that does not answer was told of when that was found.
      if (open.problem() != null && (atLeisure || ofStore() == null)) {
        tell(open.problem());
      }
    }
    try {
      opening.close();
    } catch (StoreException e) {
      // It was never open, which whoever needed it has been told.
    }
  }
}
