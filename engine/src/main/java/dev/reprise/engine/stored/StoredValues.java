package dev.reprise.engine.stored;

import dev.reprise.StoreUse;
import dev.reprise.cache.TagClass;
import dev.reprise.formats.FormatException;
import dev.reprise.formats.ValueContent;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.Trace;
import dev.reprise.lineage.TraceWriter;
import dev.reprise.memory.AbsentValue;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;
import dev.reprise.store.Artifact;
import dev.reprise.store.DamagedContentException;
import dev.reprise.store.DeviceCost;
import dev.reprise.store.Experiments;
import dev.reprise.store.Keys;
import dev.reprise.store.MeasuredCosts;
import dev.reprise.store.Program;
import dev.reprise.store.RunFacts;
import dev.reprise.store.RunLog;
import dev.reprise.store.RunStore;
import dev.reprise.store.ScoredModel;
import dev.reprise.store.StoreClaim;
import dev.reprise.store.StoreConfig;
import dev.reprise.store.StoreException;
import dev.reprise.store.TableContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
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

  /** Work from which on other processes wait instead of computing the same. */
  static final double WORTH_WAITING_NANOS = 20_000_000;

  /** What finding and opening costs besides reading; measured on SSDs. */
  private static final long FILE_NANOS = 150_000;

  private static final long INLINE_NANOS = 30_000;

  /** Mapped reading with the check of its fingerprint. */
  private static final double NANOS_PER_BYTE = 0.7;

  /** A value must have cost so many times its loading to be kept. */
  private static final double WORTH_KEEPING = 2;

  /** What took less is not kept: noting it costs the run a tenth of that. */
  private static final long LEAST_COST_NANOS = 500_000;

  private static final double PATIENCE = 20;
  private static final double LEAST_PATIENCE_NANOS = 10e9;
  private static final long FIRST_PAUSE_NANOS = 500_000;
  private static final long LONGEST_PAUSE_NANOS = 50_000_000;

  /** The queue to the store may hold this share of host memory, as a divisor, and no more than.. */
  private static final int QUEUE_SHARE = 8;

  private static final long LARGEST_QUEUE_BYTES = 1L << 30;

  /** What a run leaves may take twice as long to write as the run took, within these. */
  private static final int LEISURE = 2;

  private static final long LEAST_LEISURE_NANOS = 5_000_000_000L;

  private static final long MOST_LEISURE_NANOS = 30_000_000_000L;

  /** A model that waits for the end of the session takes no more than this share, as a divisor. */
  private static final int MODEL_SHARE = 16;

  /** Traces of files that are longer are not kept. */
  private static final int LONGEST_TRACE = 32 << 20;

  private final StoreOpening opening;
  private final TagClass tags;
  private final String version;
  private final Consumer<String> tell;
  private final HostMemory memory;
  private final GraphRecorder recorder = new GraphRecorder();
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder programs = new LongAdder();
  private final LongAdder regions = new LongAdder();
  private final LongAdder savedNanos = new LongAdder();
  private final LongAdder loadedBytes = new LongAdder();
  private final LongAdder waits = new LongAdder();
  private final LongAdder damaged = new LongAdder();
  private final LongAdder deferred = new LongAdder();
  private final LongAdder computed = new LongAdder();
  private final LongAdder byContent = new LongAdder();
  private final EqualContents contents;
  private final ScoredModels models;

  /** Null unless trainings begin from earlier models. */
  private final WarmStarts warmStarts;

  // Set by the first run; null before, and always when the store is read only.
  private volatile RunLog log;
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
    if (log != null) {
      return;
    }
    startedNanos = System.nanoTime();
    long queueBytes = Math.min(memory.budgetBytes() / QUEUE_SHARE, LARGEST_QUEUE_BYTES);
    log = opening.begin(facts(script, arguments, version), queueBytes);
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

  /** The key under which the value of an item lies. */
  private Key keyOf(LineageItem item) {
    return keyOf(contents.of(item));
  }

  /** The key under which values of this session lie. */
  Key keyOf(Key lineage) {
    Key tagged = tags.of(lineage);
    Key contract = opening.contract();
    return new Key(tagged.high() ^ contract.high(), tagged.low() ^ contract.low());
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
        measured(item, cost);
      } else {
        measured = cost;
      }
    }

    /** Offers what was computed; the caller keeps its reference. */
    public void computed(Value result, long nanos) {
      StoreClaim held = claim;
      claim = null;
      isOffered = true;
      offer(item, key, result, nanos, measured, isKept, held);
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
    Key key = keyOf(contentKey);
    boolean isOfSeveral = OutputsOfOne.isItem(item);
    Value outputs = isOfSeveral ? outputs(item, deferral, this::look) : null;
    Artifact known = isOfSeveral ? null : look(key);
    if ((known != null || outputs != null) && !contentKey.equals(item.key())) {
      byContent.increment();
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
    Value found = known == null ? null : load(item, known);
    if (found != null) {
      return new Answer(item, key, found, null, true);
    }
    StoreClaim claim = null;
    if (work >= WORTH_WAITING_NANOS && opening.takesClaims()) {
      claim = tryClaim(key);
      boolean waited = claim == null;
      if (waited) {
        claim = waitFor(key, work, wanted);
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
    misses.increment();
    return new Answer(item, key, null, claim, false);
  }

  private StoreClaim tryClaim(Key key) {
    try {
      return opening.tryClaim(key);
    } catch (StoreException e) {
      // Without locks everybody computes for himself.
      return null;
    }
  }

  /**
   * The claim when the process that has it ends it; null after a multiple of what computing is
   * estimated to take, since a process may have been stopped.
   */
  private StoreClaim waitFor(Key key, double work, BooleanSupplier wanted) {
    waits.increment();
    long start = System.nanoTime();
    double most = Math.max(LEAST_PATIENCE_NANOS, PATIENCE * work);
    long pause = FIRST_PAUSE_NANOS;
    while (wanted.getAsBoolean()
        && !Thread.currentThread().isInterrupted()
        && System.nanoTime() - start < most) {
      LockSupport.parkNanos(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
      StoreClaim claim = tryClaim(key);
      if (claim != null) {
        return claim;
      }
    }
    return null;
  }

  /** The value of an item, with a reference for the receiver, or null; waits for nobody. */
  public Value find(LineageItem item) {
    return load(item, keyOf(item));
  }

  /** What the store has of an item's value; null when it has none. Loads nothing. */
  public Artifact look(LineageItem item) {
    return look(keyOf(item));
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
    hits.increment();
    deferred.increment();
  }

  /** Counts a deferred value that was computed after all. */
  public void computedAfterAll() {
    computed.increment();
  }

  /** Estimated nanoseconds of loading an artifact. */
  public static long loadNanos(Artifact artifact) {
    return (long) loadNanos(artifact.bytes());
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
    programs.increment();
    RunLog open = log;
    if (open != null) {
      open.used(keyOf(key));
    }
    savedNanos.add(nanos);
  }

  /**
   * Counts a whole call or block that was not executed.
   *
   * @param hasOtherHistory whether an input had another history then
   */
  public void foundRegion(Key key, boolean hasOtherHistory) {
    regions.increment();
    if (hasOtherHistory) {
      byContent.increment();
    }
    RunLog open = log;
    if (open != null) {
      open.used(keyOf(key));
    }
  }

  /** True when an execution that took so long is worth noting. */
  public boolean isWorthKeepingRegion(long costNanos) {
    return costNanos >= LEAST_COST_NANOS && log != null;
  }

  /**
   * Keeps what a whole call or block left.
   *
   * @param record called by the thread that writes; null when it cannot be kept
   */
  public void keepRegion(Key key, Supplier<byte[]> record, long costNanos) {
    RunLog open = log;
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
    RunLog open = log;
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
    RunLog open = log;
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
      return outputs(item, (_, _) -> null, this::lookForSure);
    }
    Artifact artifact = lookForSure(key);
    return artifact == null ? null : load(item, artifact);
  }

  /**
   * All outputs of an operation that has several, as a list with a reference for the receiver; null
   * unless the store has each of them.
   */
  private Value outputs(LineageItem item, Deferral deferral, Function<Key, Artifact> looking) {
    LineageItem[] items = OutputsOfOne.items(item);
    Artifact[] artifacts = new Artifact[items.length];
    for (int i = 0; i < items.length; i++) {
      artifacts[i] = looking.apply(keyOf(items[i]));
      if (artifacts[i] == null) {
        return null;
      }
    }
    List<Value> values = new ArrayList<>(items.length);
    try {
      for (int i = 0; i < items.length; i++) {
        Value later = artifacts[i].isInline() ? null : deferral.of(items[i], artifacts[i]);
        Value value = later == null ? load(items[i], artifacts[i]) : later;
        if (value == null) {
          return null;
        }
        values.add(value);
      }
      ListValue list = new ListValue(List.of(), List.copyOf(values));
      values.clear();
      return list;
    } finally {
      values.forEach(Value::release);
    }
  }

  private Value load(LineageItem item, Artifact artifact) {
    Value value = loadDeferred(item, artifact);
    if (value != null) {
      hits.increment();
    }
    return value;
  }

  /**
   * The value of an artifact, which has been counted, with a reference for the receiver; null when
   * it is damaged or cannot be read now.
   */
  public Value loadDeferred(LineageItem item, Artifact artifact) {
    long start = System.nanoTime();
    Value value = loadModel(item, artifact);
    if (value != null) {
      savedNanos.add(Math.max(0, artifact.costNanos() - (System.nanoTime() - start)));
    }
    return value;
  }

  /** Likewise, of a value that saves no work. */
  Value loadModel(LineageItem item, Artifact artifact) {
    RunLog open = log;
    Value value;
    try {
      value = read(artifact);
    } catch (FormatException e) {
      damaged.increment();
      if (open != null) {
        open.damaged(artifact);
      }
      return null;
    } catch (UncheckedIOException | ResourceException e) {
      // It may be fine, but not now and here: no room, no right, a run that is told to stop.
      return null;
    }
    loadedBytes.add(artifact.bytes());
    if (open != null) {
      open.used(artifact.key());
      record(open, item, 0, value.bytes(), null);
    }
    return value;
  }

  /**
   * The value of an artifact.
   *
   * @throws FormatException when its content is not what it was
   */
  private Value read(Artifact artifact) {
    return memory.run(() -> content(artifact));
  }

  private Value content(Artifact artifact) {
    ValueContent.Fingerprint expected =
        new ValueContent.Fingerprint(
            artifact.hash().high(), artifact.hash().low(), artifact.bytes());
    Path file = store().fileOf(artifact);
    try (Arena arena = Arena.ofConfined()) {
      TableContent table = store().tableOf(artifact);
      if (table != null) {
        return ValueContent.readTable(
            table.header(), table::cellsInto, expected, file, memory, ManagedMatrix::adopt);
      }
      MemorySegment content = store().contentOf(artifact, arena);
      return ValueContent.read(content, expected, file, memory, ManagedMatrix::adopt);
    } catch (InternalError e) {
      // What the JVM makes of a page of a mapped file that is no longer there.
      throw new FormatException(file.toString(), "the file became shorter while it was read");
    } catch (NoSuchFileException e) {
      throw new FormatException(file.toString(), "the file of an artifact is gone");
    } catch (DamagedContentException e) {
      throw new FormatException(file.toString(), e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- keeping

  /** What loading so many bytes would cost. */
  private static double loadNanos(long bytes) {
    return bytes <= Artifact.LARGEST_INLINE_BYTES
        ? INLINE_NANOS
        : FILE_NANOS + NANOS_PER_BYTE * bytes;
  }

  /** Offers a value; the caller keeps its reference. */
  public void offer(LineageItem item, Value value, long nanos) {
    if (log != null) {
      offer(item, keyOf(item), value, nanos, null, false, null);
    }
  }

  private void offer(
      LineageItem item,
      Key key,
      Value value,
      long nanos,
      DeviceCost measured,
      boolean isKept,
      StoreClaim claim) {
    // What came from the store and has not been needed is there, or not worth it.
    RunLog open = AbsentValue.isThere(value) ? log : null;
    // Asked once: a frame looks at all its texts to tell.
    long bytes = open == null ? 0 : value.bytes();
    boolean worthKeeping =
        open != null
            && !isKept
            && nanos >= Math.max(LEAST_COST_NANOS, WORTH_KEEPING * loadNanos(bytes))
            && ValueContent.canWrite(value);
    if (open != null) {
      record(open, item, nanos, bytes, measured);
    }
    if (worthKeeping && OutputsOfOne.isValue(item, value)) {
      offerOutputs(open, item, (ListValue) value, nanos, claim);
    } else if (worthKeeping) {
      open.offer(key, item.key(), nanos, new ValueOffer(value, bytes, memory, claim));
    } else if (claim != null) {
      claim.close();
    }
  }

  /** Each output under its own key: whoever has one of them to spare need not load the others. */
  private void offerOutputs(
      RunLog open, LineageItem item, ListValue values, long nanos, StoreClaim claim) {
    LineageItem[] items = OutputsOfOne.items(item);
    // One share is held here, so that the claim ends also when not all of them could be offered.
    try (SharedClaim shared = new SharedClaim(claim)) {
      for (int i = 0; i < items.length; i++) {
        Value value = values.elements().get(i);
        long bytes = value.bytes();
        record(open, items[i], 0, bytes, null);
        Key key = keyOf(items[i]);
        StoreClaim share = shared.share();
        open.offer(key, items[i].key(), nanos, new ValueOffer(value, bytes, memory, share));
      }
    }
  }

  /** Notes how good a model is, larger is better; of several by one name the best counts. */
  public void score(String name, Key model, double value) {
    RunLog open = log;
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
    RunLog open = log;
    if (open == null) {
      return;
    }
    if (AbsentValue.isThere(model) && ValueContent.canWrite(model)) {
      long bytes = model.bytes();
      record(open, item, 0, bytes, null);
      // Looked for by its history, which somebody reads who knows no contents.
      Key lineage = item.key();
      open.offer(keyOf(lineage), lineage, nanos, new ValueOffer(model, bytes, memory, null));
    }
    open.trace(name, item.key(), () -> ScoredModels.textOf(item));
  }

  /** What the session has taken until now. */
  long elapsedNanos() {
    return log == null ? 0 : System.nanoTime() - startedNanos;
  }

  boolean isKeeping() {
    return log != null;
  }

  /** Keeps the lineage of what a run wrote, under the name of the file. */
  public void keepTrace(String name, LineageItem item) {
    keepTrace(name, item.key(), () -> textOf(item));
  }

  /**
   * Likewise, of an item whose trace is known as text.
   *
   * @param text called by the thread that writes
   */
  public void keepTrace(String name, Key key, Supplier<String> text) {
    RunLog open = log;
    if (open != null) {
      open.trace(ScoredModel.fileTraceName(name), key, text);
    }
  }

  /** Null when it is too long to be kept. */
  private static String textOf(LineageItem item) {
    StringBuilder text = new StringBuilder();
    try {
      TraceWriter.write(Map.of(Trace.UNNAMED, item), new ShortText(text, LONGEST_TRACE));
    } catch (IOException e) {
      return null;
    }
    return text.toString();
  }

  private void record(RunLog open, LineageItem item, long nanos, long bytes, DeviceCost measured) {
    open.seen(() -> recorder.verticesOf(item, nanos, bytes, measured));
  }

  /** Notes what the operation of a value took that was offered before. */
  private void measured(LineageItem item, DeviceCost cost) {
    RunLog open = log;
    if (open != null) {
      open.measured(item.key(), cost);
    }
  }

  // ---- reports

  public StoreUse use() {
    RunLog open = log;
    StoreException writing = open == null ? null : open.problem();
    StoreException problem = writing == null && opening.isOver() ? ofStore() : writing;
    return new StoreUse(
        opening.name(),
        hits.sum(),
        misses.sum(),
        regions.sum(),
        savedNanos.sum(),
        loadedBytes.sum(),
        open == null ? 0 : open.kept(),
        open == null ? 0 : open.keptBytes(),
        open == null ? 0 : open.dropped() + open.unpaid(),
        waits.sum(),
        damaged.sum(),
        deferred.sum(),
        computed.sum(),
        programs.sum(),
        byContent.sum(),
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
    RunLog open = log;
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
    RunLog open = log;
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
