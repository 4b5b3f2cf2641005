package dev.reprise.engine.stored;

import dev.reprise.StoreUse;
import dev.reprise.cache.TagClass;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.AbsentValue;
import dev.reprise.memory.HostMemory;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;
import dev.reprise.store.Artifact;
import dev.reprise.store.DeviceCost;
import dev.reprise.store.Experiments;
import dev.reprise.store.Keys;
import dev.reprise.store.MeasuredCosts;
import dev.reprise.store.Program;
import dev.reprise.store.RunFacts;
import dev.reprise.store.RunLog;
import dev.reprise.store.RunStore;
import dev.reprise.store.StoreClaim;
import dev.reprise.store.StoreConfig;
import dev.reprise.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Values of a session in its experiment store. Thread-safe.
 *
 * <p><b>What may be found.</b> Contents lie under the lineage key, changed by the session's tag
 * class and by the numeric contract: the build of the program whose kernels computed them. So
 * another build, or under {@code --numerics exact} another class of devices, never supplies a
 * number silently.
 *
 * <p><b>Waiting.</b> Who finds that another process computes a value waits for it as if he were
 * computing it himself: holding the claim of the cache, polling. The other process computes with
 * all its inputs at hand and waits for nobody in ours; if it dies, the operating system gives its
 * claim back, and one of those who wait takes over.
 */
public final class StoredValues implements AutoCloseable {
  /** Estimated work below which asking costs more than computing may. */
  public static final double WORTH_ASKING_NANOS = RunStore.FOLDER_ASKING_NANOS;

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
  private final TagClass tags;
  private final String version;
  private final Consumer<String> tell;
  private final HostMemory memory;
  private final EqualContents contents;
  private final StoreKeys keys;
  private final UseCounts counts = new UseCounts();
  private final Offers offers;
  private final Loading loading;
  private final OtherProcesses others;
  private final ScoredModels models;

  /** Null unless trainings begin from earlier models. */
  private final WarmStarts warmStarts;

  private volatile String status = "ended";
  private long startedNanos;

  /** How to keep the last whole run where it is found without the graph; null when it is not. */
  private volatile Runnable lastProgram;

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
    this.tags = tags;
    this.version = version;
    this.memory = memory;
    this.contents = new EqualContents(memory);
    this.models = new ScoredModels(this, memory.budgetBytes() / MODEL_SHARE);
    this.tell = tell;
    this.warmStarts = config.warmStart() ? new WarmStarts(this, tell) : null;
    this.opening = new StoreOpening(config, build, tell);
    this.keys = new StoreKeys(tags, opening, contents);
    this.offers = new Offers(keys, memory);
    this.loading = new Loading(opening, memory, offers, counts);
    this.others = new OtherProcesses(opening, counts);
  }

  /** True when the store was made for this session, so that it has nothing to tell. */
  public boolean isNew() {
    return opening.isNew();
  }

  RunStore store() {
    return opening.store();
  }

  /** Records runs from now on; does nothing when that has begun. */
  public synchronized void begin(String script, String arguments) {
    if (offers.log() != null) {
      return;
    }
    startedNanos = System.nanoTime();
    long queueBytes = Math.min(memory.budgetBytes() / QUEUE_SHARE, LARGEST_QUEUE_BYTES);
    offers.begin(opening.begin(facts(script, arguments, version), queueBytes));
  }

  /** What is known of a run that begins now. */
  static RunFacts facts(String script, String arguments, String version) {
    return new RunFacts(
        userName(), hostName(), script, arguments, version, System.currentTimeMillis());
  }

  private static String userName() {
    return ProcessHandle.current().info().user().orElse("unknown");
  }

  private static String hostName() {
    try {
      return Files.readString(Path.of("/etc/hostname")).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }

  /** How the last run ended, in a word. */
  public void ended(String how) {
    status = how;
  }

  /** What small values are, for {@link #ask} and {@link #region}. */
  public EqualContents contents() {
    return contents;
  }

  /** The key under which values of this session lie. */
  Key keyOf(Key lineage) {
    return keys.of(lineage);
  }

  /** True when an operation of that estimated work is worth asking for. */
  public boolean isWorthAsking(double work) {
    return work >= opening.worthAskingNanos();
  }

  /** Work of a call or block from which on asking for it costs little beside it. */
  public double worthRecallingNanos() {
    return 2 * opening.worthAskingNanos();
  }

  // ---- finding

  /**
   * The answer of the store to one operation: the value, or the duty to compute it.
   *
   * @param value with a reference for the receiver; null when it is to be computed
   */
  public final class Answer implements AutoCloseable {
    private final Value value;
    private final LineageItem item;
    private final Key key;

    /** True for what the store has, so that it need not be kept again. */
    private final boolean isKept;

    private StoreClaim claim;

    // By the thread on which the operation ends, or which started it there.
    private DeviceCost measured;
    private boolean isOffered;

    private Answer(LineageItem item, Key key, Value value, StoreClaim claim, boolean isKept) {
      this.item = item;
      this.key = key;
      this.value = value;
      this.claim = claim;
      this.isKept = isKept;
    }

    /** Null when the value is to be computed. */
    public Value value() {
      return value;
    }

    /**
     * Notes what the kernel took; in place of a value that was put together there is nothing to
     * note. An accelerator tells after the value was offered, when it has ended.
     *
     * @param device class of the device
     */
    public void took(String device, long nanos) {
      DeviceCost cost = DeviceCost.measured(device, nanos);
      if (isOffered) {
        offers.measured(item, cost);
      } else {
        measured = cost;
      }
    }

    /** Offers what was computed; the caller keeps its reference. */
    public void computed(Value result, long nanos) {
      StoreClaim held = claim;
      claim = null;
      isOffered = true;
      offers.offer(item, key, result, nanos, measured, isKept, held);
    }

    /** Gives the duty back without a value, if it has not ended. */
    @Override
    public void close() {
      if (claim != null) {
        claim.close();
        claim = null;
      }
    }
  }

  /**
   * Looks for a value; waits while another process computes it. Operands whose content may stand
   * for them were looked at before: {@link EqualContents#lookAt}.
   *
   * @param work estimated nanoseconds
   * @param wanted false when nobody waits for the value any more
   */
  public Answer ask(LineageItem item, double work, BooleanSupplier wanted) {
    return ask(item, work, wanted, (_, _) -> null, _ -> false);
  }

  /** What a value that the store has is before it is loaded; null when it is to be loaded. */
  @FunctionalInterface
  public interface Deferral {
    /**
     * @param item whose value it is: the one that was asked for, or that of one of its outputs
     */
    Value of(LineageItem item, Artifact artifact);
  }

  /** Whether something that the store has is to be computed all the same. */
  @FunctionalInterface
  public interface Refusal {
    boolean of(Artifact artifact);
  }

  /**
   * As the other, but leaves the loading of what lies in a file for later, or loads it never.
   *
   * @param deferral asked once the artifact was found
   * @param refusal likewise, if it is to be loaded
   */
  public Answer ask(
      LineageItem item, double work, BooleanSupplier wanted, Deferral deferral, Refusal refusal) {
    Key contentKey = contents.of(item);
    Key key = keys.of(contentKey);
    boolean isOfSeveral = OutputsOfOne.isItem(item);
    Value outputs = isOfSeveral ? loading.outputs(item, deferral, this::look) : null;
    Artifact known = isOfSeveral ? null : look(key);
    if ((known != null || outputs != null) && !contentKey.equals(item.key())) {
      counts.byContent.increment();
    }
    if (outputs != null) {
      return new Answer(item, key, outputs, null, true);
    }
    Value later = known == null || known.isInline() ? null : deferral.of(item, known);
    if (later != null) {
      return new Answer(item, key, later, null, true);
    }
    if (known != null && !known.isInline() && refusal.of(known)) {
      deferred();
      computedAfterAll();
      return new Answer(item, key, null, null, true);
    }
    Value found = known == null ? null : loading.found(item, known);
    if (found != null) {
      return new Answer(item, key, found, null, true);
    }
    StoreClaim claim = null;
    if (work >= OtherProcesses.WORTH_WAITING_NANOS && opening.takesClaims()) {
      claim = others.tryClaim(key);
      boolean waited = claim == null;
      if (waited) {
        claim = others.waitFor(key, work, wanted);
      }
      // Whoever held the claim before may have left the value. For that alone no store is opened.
      boolean mayBeLeft = claim != null && (waited || opening.isOver());
      found = mayBeLeft ? loadClaimed(item, key, claim) : null;
      if (claim != null && (found != null || waited)) {
        // Waited in vain: the value is not kept, so that nobody else should wait for it either.
        claim.close();
        claim = null;
      }
      if (found != null) {
        return new Answer(item, key, found, null, true);
      }
    }
    counts.misses.increment();
    return new Answer(item, key, null, claim, false);
  }

  /** The value of an item, with a reference for the receiver, or null; waits for nobody. */
  public Value find(LineageItem item) {
    return load(item, keys.of(item));
  }

  /** What the store has of an item's value; null when it has none. Loads nothing. */
  public Artifact look(LineageItem item) {
    return look(keys.of(item));
  }

  private Artifact look(Key key) {
    try {
      return isBarren() ? null : store().find(key);
    } catch (StoreException e) {
      return null;
    }
  }

  /** True as long as nobody can have left anything; one that is being made is not waited for. */
  private boolean isBarren() {
    return !opening.isOver() || store().isBarren();
  }

  private Artifact lookForSure(Key key) {
    try {
      return store().find(key);
    } catch (StoreException e) {
      // A store that cannot be read is as good as an empty one.
      return null;
    }
  }

  /** Counts a value that was found and is not loaded yet. */
  public void deferred() {
    counts.hits.increment();
    counts.deferred.increment();
  }

  /** Counts a deferred value that was computed after all. */
  public void computedAfterAll() {
    counts.computed.increment();
  }

  /** True once anything was found. */
  public boolean hasFound() {
    return counts.hasFound();
  }

  /**
   * True for a value that an earlier run has computed, whether or not it is kept. False as long as
   * nothing was found: then what is made of it will not be found either, as after an upgrade, when
   * the graph knows what values of another build cost.
   */
  public boolean isKnown(LineageItem item) {
    return hasFound() && !costsOf(List.of(item)).isEmpty();
  }

  /**
   * Counts an operation that was put off, since it reads a deferred value or was executed before.
   */
  public void putOff() {
    counts.putOff.increment();
  }

  /** Counts an operation that was put off and is executed after all. */
  public void putOffExecuted() {
    counts.putOffExecuted.increment();
  }

  /** Estimated nanoseconds of loading an artifact. */
  public static long loadNanos(Artifact artifact) {
    return (long) Loading.nanos(artifact.bytes());
  }

  /** What is known of the costs of values, by their lineage keys; those unknown are left out. */
  public Map<Key, MeasuredCosts> costsOf(Collection<LineageItem> items) {
    try {
      return store().costsOf(items.stream().map(LineageItem::key).toList());
    } catch (StoreException e) {
      return Map.of();
    }
  }

  /** What a content begins with, as good as the content itself; null when the store cannot say. */
  public byte[] headerOf(Artifact artifact) {
    return store().headerOf(artifact);
  }

  /**
   * How a value of the store came to be.
   *
   * @param digits with which its lineage begins
   * @throws StoreException when the store does not know, or not far enough
   */
  public StoredHistory history(String digits) {
    Experiments experiments = new Experiments(store().experiments());
    // One with all its digits may be no value of the graph, but a part of what a run wrote.
    Key value =
        digits.length() == 2 * Keys.LENGTH ? Key.parse(digits) : experiments.lineage(digits);
    return StoredHistory.of(value, experiments, new KeptContents(this, experiments), tell);
  }

  // ---- whole calls and blocks

  /**
   * What an earlier run noted of a whole call or block, or null.
   *
   * @param key made of the content keys of its inputs; likewise below
   */
  public byte[] region(Key key) {
    try {
      return isBarren() ? null : SealedRecord.opened(store().region(keyOf(key)));
    } catch (StoreException e) {
      return null;
    }
  }

  /** Counts a whole run that was not executed. */
  public void foundProgram(Key key, long nanos) {
    counts.programs.increment();
    offers.used(keyOf(key));
    counts.savedNanos.add(nanos);
  }

  /**
   * Counts a whole call or block that was not executed.
   *
   * @param hasOtherHistory whether an input had another history then
   */
  public void foundRegion(Key key, boolean hasOtherHistory) {
    counts.regions.increment();
    if (hasOtherHistory) {
      counts.byContent.increment();
    }
    offers.used(keyOf(key));
  }

  /** True when an execution that took so long is worth noting. */
  public boolean isWorthKeepingRegion(long costNanos) {
    return offers.isWorthKeepingRegion(costNanos);
  }

  /**
   * Keeps what a whole call or block left.
   *
   * @param record called by the thread that writes; null when it cannot be kept
   */
  public void keepRegion(Key key, Supplier<byte[]> record, long costNanos) {
    RunLog open = offers.log();
    if (open != null) {
      open.region(keyOf(key), () -> SealedRecord.sealed(record.get()), costNanos);
    }
  }

  /**
   * Keeps what a whole run left.
   *
   * @param program called by the thread that writes
   */
  public void keepProgram(Key key, Supplier<Program> program, long costNanos) {
    RunLog open = offers.log();
    if (open == null) {
      return;
    }
    Supplier<byte[]> record = () -> SealedRecord.sealed(program.get().record());
    if (tags == TagClass.DEFAULT) {
      lastProgram = () -> open.keepProgram(keyOf(key), program.get());
      open.program(keyOf(key), record, program, costNanos);
    } else {
      open.region(keyOf(key), record, costNanos);
    }
  }

  /** Keeps a run that the graph has where those find it who do not open the graph. */
  public void copyProgram(Key key, Supplier<Program> program) {
    RunLog open = offers.log();
    if (open != null && tags == TagClass.DEFAULT) {
      open.copyProgram(keyOf(key), program);
    }
  }

  private Value loadClaimed(LineageItem item, Key key, StoreClaim claim) {
    try {
      return load(item, key);
    } catch (RuntimeException | Error e) {
      claim.close();
      throw e;
    }
  }

  private Value load(LineageItem item, Key key) {
    if (OutputsOfOne.isItem(item)) {
      return loading.outputs(item, (_, _) -> null, output -> lookForSure(keys.of(output)));
    }
    Artifact artifact = lookForSure(key);
    return artifact == null ? null : loading.found(item, artifact);
  }

  /**
   * The value of an artifact, which has been counted, with a reference for the receiver; null when
   * it is damaged or cannot be read now.
   */
  public Value loadDeferred(LineageItem item, Artifact artifact) {
    return loading.deferred(item, artifact);
  }

  /** Likewise, of a value that saves no work. */
  Value loadModel(LineageItem item, Artifact artifact) {
    return loading.model(item, artifact);
  }

  // ---- keeping

  /** Offers a value; the caller keeps its reference. */
  public void offer(LineageItem item, Value value, long nanos) {
    offers.offer(item, value, nanos);
  }

  /** Notes how good a model is, larger is better; of several by one name the best counts. */
  public void score(String name, Key model, double value) {
    RunLog open = offers.log();
    if (open != null) {
      open.score(name, model, value);
    }
  }

  /** The best models that the session has scored. */
  public ScoredModels models() {
    return models;
  }

  /** Null unless trainings begin from earlier models. */
  public WarmStarts warmStarts() {
    return warmStarts;
  }

  /**
   * Offers a model with its lineage, whatever its last operation took.
   *
   * @param nanos what the session has taken to make it
   */
  void leave(String name, LineageItem item, Value model, long nanos) {
    if (isKeeping() && !AbsentValue.isThere(model) && look(keyOf(item.key())) == null) {
      // Put off, or left where another key has it: nobody would find it by its history.
      try {
        AbsentValue.make(model);
      } catch (ResourceException e) {
        // Then its lineage is kept alone.
      }
    }
    offers.leave(name, item, model, nanos);
  }

  /** What the session has taken until now. */
  long elapsedNanos() {
    return offers.log() == null ? 0 : System.nanoTime() - startedNanos;
  }

  boolean isKeeping() {
    return offers.log() != null;
  }

  /** Keeps the lineage of what a run wrote, under the name of the file. */
  public void keepTrace(String name, LineageItem item) {
    offers.keepTrace(name, item);
  }

  /**
   * Likewise, of an item whose trace is known as text.
   *
   * @param text called by the thread that writes
   */
  public void keepTrace(String name, Key key, Supplier<String> text) {
    offers.keepTrace(name, key, text);
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
      return store().problem();
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
      Runnable program = lastProgram;
      if (program != null) {
        program.run();
      }
    } catch (RuntimeException e) {
      // The run itself is fine; the thread that writes meets the same, and close tells of it.
      return false;
    }
    long elapsed = System.nanoTime() - startedNanos;
    open.writeAtLeisure(Math.clamp(LEISURE * elapsed, LEAST_LEISURE_NANOS, MOST_LEISURE_NANOS));
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
      double seconds = (System.nanoTime() - startedNanos) / (double) TimeUnit.SECONDS.toNanos(1);
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
