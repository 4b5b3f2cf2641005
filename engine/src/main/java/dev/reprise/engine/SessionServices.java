package dev.reprise.engine;

import dev.reprise.DeviceReport;
import dev.reprise.Numerics;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.cache.LineageCache;
import dev.reprise.cache.Policy;
import dev.reprise.cache.TagClass;
import dev.reprise.cache.rewrite.PartialReuse;
import dev.reprise.engine.check.ValueTrap;
import dev.reprise.engine.device.Accelerators;
import dev.reprise.engine.device.Calibration;
import dev.reprise.engine.device.FoundAccelerators;
import dev.reprise.engine.device.KernelRunner;
import dev.reprise.engine.device.ProviderSource;
import dev.reprise.engine.region.Composites;
import dev.reprise.engine.report.OpcodeIndex;
import dev.reprise.engine.report.SessionMetrics;
import dev.reprise.engine.stored.StoredValues;
import dev.reprise.engine.thread.OpenRuns;
import dev.reprise.engine.timeline.Timeline;
import dev.reprise.engine.timeline.TimelineCacheEvents;
import dev.reprise.engine.timeline.TimelineEvents;
import dev.reprise.engine.value.StructureOperations;
import dev.reprise.engine.worth.Keeping;
import dev.reprise.memory.DeviceMemory;
import dev.reprise.memory.DiskStatistics;
import dev.reprise.memory.DiskTier;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.MoveEvents;
import dev.reprise.memory.SpillFile;
import dev.reprise.runtime.accelerator.AcceleratorProvider;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.scheduler.CpuPool;
import dev.reprise.scheduler.WorkerEvents;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the runs of a session share: memory, cache, device, pool, files. Thread-safe. Closed in
 * reverse order of opening.
 */
public final class SessionServices implements AutoCloseable {
  /**
   * What a value may take of the host budget that is computed before it is asked for, as divisor.
   */
  private static final int INVESTED_SHARE = 8;

  /** Calls and blocks that are remembered; each takes a few hundred bytes besides lineage. */
  private static final int COMPOSITES = 8_192;

  private final SessionConfig config;
  private final OpenRuns runs = new OpenRuns();

  /** Null when none is recorded. */
  private final Timeline timeline;

  /** Null when it is switched off. */
  private final DiskTier disk;

  private final HostMemory memory;
  private final LineageCache cache;

  /** Null without an experiment store. */
  private final StoredValues stored;

  private final CpuDevice device;
  private final Accelerators accelerators;
  private final CpuPool pool;
  private final OperationLinker operations;
  private final RunChecks checks;
  private final TagClass tags;
  private final Pipeline pipeline;
  private final LevelReuse levels;
  private final Fusion fusion;
  private final OpcodeIndex opcodes = new OpcodeIndex(OperationTable.standard());
  private final StructureOperations structures = new StructureOperations();
  private final FileAccess files;
  private final LineageBudget lineage;
  private final Checkpoints checkpoints;
  private final SessionMetrics metrics;
  private final Restoration restoration;

  // Written by close.
  private volatile long liveBuffersAtClose = -1;

  // By the thread that closes.
  private boolean atLeisure;

  public SessionServices(SessionConfig config, CacheEvents events) {
    this(config, events, Keeping.whatPays(), ProviderSource.ofClassPath(), calibration(config));
  }

  /** As the other, but keeps every value above the cost gate, whether or not that pays. */
  public static SessionServices keepingEverything(SessionConfig config, CacheEvents events) {
    return new SessionServices(
        config, events, Keeping.everything(), ProviderSource.ofClassPath(), null);
  }

  /** Services with accelerators of one's own choosing; for tests. */
  public static SessionServices withAccelerators(
      SessionConfig config, CacheEvents events, List<AcceleratorProvider> providers) {
    return new SessionServices(config, events, Keeping.everything(), () -> providers, null);
  }

  private SessionServices(
      SessionConfig config,
      CacheEvents listener,
      Keeping keeping,
      ProviderSource providers,
      Calibration calibration) {
    this.config = config.withReuse(config.effectiveReuse());
    this.timeline = Timeline.of(config.traceFile(), config.err());
    CacheEvents events = timeline == null ? listener : new TimelineCacheEvents(timeline, listener);
    TimelineEvents recorded = timeline == null ? null : new TimelineEvents(timeline);
    MoveEvents moves = recorded == null ? MoveEvents.NONE : recorded;
    long budget = config.hostBytes() > 0 ? config.hostBytes() : Environment.defaultHostBytes();
    this.disk = disk(config, moves);
    this.memory = new HostMemory(budget, disk);
    this.device = new CpuDevice(config.threads(), Environment.nativeLocation(config.natives()));
    this.accelerators =
        new Accelerators(
            config.devices(),
            config.numerics() == Numerics.EXACT,
            providers,
            memory,
            this::makeRoomOnDevice,
            recorded == null ? WorkerEvents.NONE : recorded,
            moves,
            calibration);
    ValueOrigin origin = new ValueOrigin(config, device, accelerators);
    this.tags = origin.tags();
    this.cache = cache(budget, events);
    if (cache != null) {
      memory.reclaimWith(cache);
    }
    if (disk != null) {
      disk.makeRoomWith(this::makeRoomOnDisk);
      memory.writeAhead();
    }
    this.stored = storedValues();
    this.pool = new CpuPool("reprise-cpu", config.threads());
    ValueTrap trap = ValueTrap.of(config.traps());
    KernelRunner kernels = new KernelRunner(device, accelerators, pool, memory, trap);
    this.checks = RunChecks.of(config, kernels);
    PartialReuse rewrites = partialReuse(events, budget);
    Parts parts = rewrites == null ? null : new Parts(rewrites, kernels, opcodes);
    Execution execution = new Execution(this, kernels, parts, checks.verifier(), stored);
    this.pipeline = new Pipeline(kernels, execution, cache, keeping, checks);
    this.levels = levelReuse(keeping);
    ChainsOnDevices chains = new ChainsOnDevices(accelerators, pool, trap != null, opcodes);
    this.fusion =
        new Fusion(
            new FusedExecution(kernels, device, chains, opcodes),
            new FusedMembers(kernels, execution, cache, keeping),
            cache,
            keeping);
    this.restoration = new Restoration(this, accelerators.mayFallBack());
    memory.restoreLostWith(restoration);
    this.lineage =
        new LineageBudget(
            Environment.lineageBytes(config.lineageBytes()), config.threads(), config.err());
    this.operations =
        new OperationLinker(opcodes, config.precision(), config.products(), this::expect, trap);
    this.metrics = SessionMetrics.of(config);
    this.files = new FileAccess(memory, config.threads(), device);
    this.checkpoints = new Checkpoints(memory, config.threads(), device, origin::text);
  }

  /** Looks for accelerators and opens none; loads their drivers. */
  public static DeviceReport findAccelerators() {
    try (FoundAccelerators found = FoundAccelerators.ofClassPath()) {
      return found.report();
    }
  }

  private static Calibration calibration(SessionConfig config) {
    return new Calibration(config.natives().resolveSibling("calibration.tsv"));
  }

  /** How many times of operations earlier sessions have left for each device, by its name. */
  public Map<String, Integer> calibrated() {
    return calibration(config).counts();
  }

  private boolean makeRoomOnDevice(DeviceMemory where, long bytes) {
    return cache != null && cache.reclaimOnDevice(where, bytes);
  }

  /** Null when nothing is reused. */
  private LineageCache cache(long budget, CacheEvents events) {
    if (!config.effectiveReuse().reuses()) {
      return null;
    }
    CacheConfig wanted = new CacheConfig(Policy.named(config.policy()), budget).withTags(tags);
    return new LineageCache(wanted, wanted.policy().ranking(), events, disk);
  }

  /** Null without an experiment store. */
  private StoredValues storedValues() {
    return cache != null && config.store() != null && config.traps().isEmpty()
        ? new StoredValues(
            config.store(),
            tags,
            Environment.version(),
            Environment.build(),
            memory,
            note -> config.err().println("reprise: note: " + note))
        : null;
  }

  /** Null when no calls and blocks are found. */
  private LevelReuse levelReuse(Keeping keeping) {
    return cache != null && config.effectiveReuse().reusesLevels()
        ? new LevelReuse(
            this::mayDefer, cache, keeping, new Composites(COMPOSITES, cache), config, stored)
        : null;
  }

  /** First second copies of what is in memory, then cached values; values of variables stay. */
  private boolean makeRoomOnDisk(long bytes) {
    return memory.dropSpareDiskCopies(bytes) || cache != null && cache.reclaimDisk(bytes);
  }

  /** Nothing is opened here: most sessions never move a value. */
  private static DiskTier disk(SessionConfig config, MoveEvents moves) {
    long budget = config.diskBytes().orElse(-1);
    return budget == 0
        ? null
        : new DiskTier(budget, () -> SpillFile.create(config.spillFolder()), moves);
  }

  /** Null when values are not put together from parts. */
  private PartialReuse partialReuse(CacheEvents events, long budget) {
    return cache != null && config.effectiveReuse().reusesParts() && tags.takesRewritten()
        ? new PartialReuse(cache, events, budget / INVESTED_SHARE)
        : null;
  }

  SessionConfig config() {
    return config;
  }

  /** Null when none is recorded. */
  Timeline timeline() {
    return timeline;
  }

  public HostMemory memory() {
    return memory;
  }

  /** What was moved to disk, all zeros without one. */
  DiskStatistics diskStatistics() {
    return disk == null ? DiskStatistics.NONE : disk.statistics();
  }

  /** Null when nothing is reused. */
  public LineageCache cache() {
    return cache;
  }

  /** Null without an experiment store. */
  StoredValues stored() {
    return stored;
  }

  /** True when cells may be computed on the processor at any later time. */
  boolean mayDefer() {
    return stored != null
        && !accelerators.isOpen()
        && (config.numerics() != Numerics.EXACT || !accelerators.isActive());
  }

  public CpuDevice device() {
    return device;
  }

  LineageBudget lineage() {
    return lineage;
  }

  Accelerators accelerators() {
    return accelerators;
  }

  CpuPool scheduler() {
    return pool;
  }

  Pipeline pipeline() {
    return pipeline;
  }

  RunChecks checks() {
    return checks;
  }

  /** Binds compiled scripts as this session runs them. */
  Linker linker() {
    return linker(FusionScope.ofScripts(config), levels != null && stored != null);
  }

  /** Binds inputs of a conversation, whose variables outlive their failures. */
  Linker linkerOfConversations() {
    return linker(FusionScope.ofConversations(config), false);
  }

  private Linker linker(FusionScope scope, boolean findsLoops) {
    return new Linker(operations, scope, levels != null, findsLoops);
  }

  Fusion fusion() {
    return fusion;
  }

  /** Null when whole calls and blocks are not reused. */
  LevelReuse levels() {
    return levels;
  }

  OpcodeIndex opcodes() {
    return opcodes;
  }

  StructureOperations structures() {
    return structures;
  }

  /** Makes values anew that were lost with an accelerator. */
  Restoration restoration() {
    return restoration;
  }

  FileAccess files() {
    return files;
  }

  SessionMetrics metrics() {
    return metrics;
  }

  Checkpoints checkpoints() {
    return checkpoints;
  }

  /** Buffers that were not given back when the session closed; a leak of ours unless 0. */
  public long liveBuffersAtClose() {
    return liveBuffersAtClose;
  }

  /**
   * Says that nobody waits for {@link #close}, which then gives back first what the cache holds; no
   * run may come any more.
   *
   * @return false when close leaves something that somebody waits for, or has nothing to write
   */
  public boolean closeAtLeisure() {
    boolean isAwaited = timeline != null || metrics.areKept() || accelerators.isOpen();
    atLeisure = !isAwaited && stored != null && stored.writeAtLeisure();
    return atLeisure;
  }

  /** Prepares what a program will execute. */
  private void expect(String opcode) {
    if (device.expect(opcode)) {
      accelerators.expect();
    }
  }

  /**
   * Makes something that takes the session's memory; closing waits for that.
   *
   * @throws IllegalStateException when the session is closed
   */
  public <T> T whileOpen(Supplier<T> making) {
    try (OpenRuns.Entry _ = runs.begin()) {
      return making.get();
    }
  }

  /**
   * Makes sure that the session can be used, by any thread.
   *
   * @throws IllegalStateException when the session is closed
   */
  public void requireOpen() {
    runs.requireOpen();
  }

  /** The runs that are under way; closing waits for them. */
  OpenRuns runs() {
    return runs;
  }

  /** A time line is written when all else has ended; see {@link Timeline#close} for failures. */
  @Override
  public void close() {
    runs.close();
    try (Timeline _ = timeline;
        SessionMetrics _ = metrics) {
      closeAll();
    }
  }

  private void closeAll() {
    pool.close();
    if (atLeisure) {
      cache.clear();
      memory.giveBackFree();
    }
    // Before accelerators stop: values that lie on one alone come home to be written.
    if (stored != null) {
      stored.close();
    }
    accelerators.stop();
    memory.settle();
    if (cache != null) {
      cache.close();
    }
    accelerators.close();
    device.close();
    liveBuffersAtClose = memory.liveBuffers();
    memory.close();
    if (disk != null) {
      disk.close();
    }
  }
}
