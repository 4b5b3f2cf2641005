package dev.reprise.engine.resource;

import dev.reprise.Numerics;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.cache.LineageCache;
import dev.reprise.cache.Policy;
import dev.reprise.cache.TagClass;
import dev.reprise.engine.check.ValueTrap;
import dev.reprise.engine.device.Accelerators;
import dev.reprise.engine.device.Calibration;
import dev.reprise.engine.device.KernelRunner;
import dev.reprise.engine.device.ProviderSource;
import dev.reprise.engine.report.OpcodeIndex;
import dev.reprise.engine.report.SessionMetrics;
import dev.reprise.engine.stored.StoredValues;
import dev.reprise.engine.thread.OpenRuns;
import dev.reprise.engine.timeline.Timeline;
import dev.reprise.engine.timeline.TimelineCacheEvents;
import dev.reprise.engine.timeline.TimelineEvents;
import dev.reprise.engine.value.StructureOperations;
import dev.reprise.memory.DeviceMemory;
import dev.reprise.memory.DiskStatistics;
import dev.reprise.memory.DiskTier;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.MoveEvents;
import dev.reprise.memory.SpillFile;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.scheduler.CpuPool;
import dev.reprise.scheduler.WorkerEvents;

/**
 * What the runs of a session share that knows of no program: memory, cache, devices, pool, store.
 * Thread-safe. Closed in reverse order of opening.
 */
public final class Resources implements AutoCloseable {
  private final SessionConfig config;
  private final OpenRuns runs = new OpenRuns();

  /** Null when none is recorded. */
  private final Timeline timeline;

  /** Null when it is switched off. */
  private final DiskTier disk;

  private final HostMemory memory;

  /** Null when nothing is reused. */
  private final LineageCache cache;

  /** Null without an experiment store. */
  private final StoredValues stored;

  private final CpuDevice device;
  private final Accelerators accelerators;
  private final CpuPool pool;
  private final KernelRunner kernels;
  private final ValueOrigin origin;
  private final TagClass tags;

  /** Null when the run stops at no value. */
  private final ValueTrap trap;

  private final CacheEvents events;
  private final OpcodeIndex opcodes = new OpcodeIndex(OperationTable.standard());
  private final StructureOperations structures = new StructureOperations();
  private final SessionMetrics metrics;

  // Written by close.
  private volatile long liveBuffersAtClose = -1;

  // By the thread that closes.
  private boolean atLeisure;

  /**
   * Opens what a session's options ask for.
   *
   * @param listener hears what happens in the cache
   * @param calibration what earlier sessions have learned of the devices; null for nothing
   */
  public Resources(
      SessionConfig config,
      CacheEvents listener,
      ProviderSource providers,
      Calibration calibration) {
    this.config = config.withReuse(config.effectiveReuse());
    this.timeline = Timeline.of(config.traceFile(), config.err());
    this.events = timeline == null ? listener : new TimelineCacheEvents(timeline, listener);
    TimelineEvents recorded = timeline == null ? null : new TimelineEvents(timeline);
    MoveEvents moves = recorded == null ? MoveEvents.NONE : recorded;
    long budget = config.hostBytes() > 0 ? config.hostBytes() : Environment.defaultHostBytes();
    this.disk = disk(config, moves);
    this.memory = new HostMemory(budget, disk, new MappedPages());
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
    this.origin = new ValueOrigin(config, device, accelerators);
    this.tags = origin.tags();
    this.cache = cache(budget);
    if (cache != null) {
      memory.reclaimWith(cache);
    }
    if (disk != null) {
      disk.makeRoomWith(this::makeRoomOnDisk);
      memory.writeAhead();
    }
    this.stored = storedValues();
    this.pool = new CpuPool("reprise-cpu", config.threads());
    this.trap = ValueTrap.of(config.traps());
    this.kernels = new KernelRunner(device, accelerators, pool, memory, trap);
    this.metrics = SessionMetrics.of(config);
  }

  private boolean makeRoomOnDevice(DeviceMemory where, long bytes) {
    return cache != null && cache.reclaimOnDevice(where, bytes);
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

  /** Null when nothing is reused. */
  private LineageCache cache(long budget) {
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

  public SessionConfig config() {
    return config;
  }

  /** The runs that are under way; closing waits for them. */
  public OpenRuns runs() {
    return runs;
  }

  /** Null when none is recorded. */
  public Timeline timeline() {
    return timeline;
  }

  public HostMemory memory() {
    return memory;
  }

  /** What was moved to disk, all zeros without one. */
  public DiskStatistics diskStatistics() {
    return disk == null ? DiskStatistics.NONE : disk.statistics();
  }

  /** Null when nothing is reused. */
  public LineageCache cache() {
    return cache;
  }

  /** Who hears what happens in the cache. */
  public CacheEvents events() {
    return events;
  }

  /** Whose values the session takes from others. */
  public TagClass tags() {
    return tags;
  }

  /** What the last bits of values depend on besides their lineage. */
  public ValueOrigin origin() {
    return origin;
  }

  /** Null without an experiment store. */
  public StoredValues stored() {
    return stored;
  }

  /** True when cells may be computed on the processor at any later time. */
  public boolean mayDefer() {
    return stored != null
        && !accelerators.isOpen()
        && (config.numerics() != Numerics.EXACT || !accelerators.isActive());
  }

  public CpuDevice device() {
    return device;
  }

  public Accelerators accelerators() {
    return accelerators;
  }

  public CpuPool scheduler() {
    return pool;
  }

  /** Runs operations where the placement says. */
  public KernelRunner kernels() {
    return kernels;
  }

  /** Null when the run stops at no value. */
  public ValueTrap trap() {
    return trap;
  }

  public OpcodeIndex opcodes() {
    return opcodes;
  }

  public StructureOperations structures() {
    return structures;
  }

  public SessionMetrics metrics() {
    return metrics;
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
  public void expect(String opcode) {
    if (device.expect(opcode)) {
      accelerators.expect();
    }
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
