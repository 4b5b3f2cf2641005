package dev.reprise.engine;

import dev.reprise.DeviceReport;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.cache.LineageCache;
import dev.reprise.cache.rewrite.PartialReuse;
import dev.reprise.engine.access.Checkpoints;
import dev.reprise.engine.access.FileAccess;
import dev.reprise.engine.control.LineageBudget;
import dev.reprise.engine.control.Run;
import dev.reprise.engine.control.RunChecks;
import dev.reprise.engine.device.Accelerators;
import dev.reprise.engine.device.Calibration;
import dev.reprise.engine.device.FoundAccelerators;
import dev.reprise.engine.device.KernelRunner;
import dev.reprise.engine.device.ProviderSource;
import dev.reprise.engine.fusion.ChainsOnDevices;
import dev.reprise.engine.fusion.FusedExecution;
import dev.reprise.engine.fusion.FusedMembers;
import dev.reprise.engine.fusion.Fusion;
import dev.reprise.engine.level.LevelReuse;
import dev.reprise.engine.link.FusionScope;
import dev.reprise.engine.link.Linker;
import dev.reprise.engine.link.Machinery;
import dev.reprise.engine.operation.OperationLinker;
import dev.reprise.engine.pipeline.Execution;
import dev.reprise.engine.pipeline.Parts;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.engine.recall.RunJournal;
import dev.reprise.engine.region.Callee;
import dev.reprise.engine.region.Composites;
import dev.reprise.engine.region.EqualExecutions;
import dev.reprise.engine.replay.Restoration;
import dev.reprise.engine.replay.Sources;
import dev.reprise.engine.resource.Environment;
import dev.reprise.engine.resource.Resources;
import dev.reprise.engine.stored.StoredValues;
import dev.reprise.engine.thread.OpenRuns;
import dev.reprise.engine.worth.Keeping;
import dev.reprise.memory.HostMemory;
import dev.reprise.runtime.accelerator.AcceleratorProvider;
import dev.reprise.runtime.cpu.CpuDevice;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What compiles and executes programs in a session, on its {@linkplain Resources resources}.
 * Thread-safe.
 */
public final class SessionServices implements AutoCloseable {
  /**
   * What a value may take of the host budget that is computed before it is asked for, as divisor.
   */
  private static final int INVESTED_SHARE = 8;

  /** Calls and blocks that are remembered; each takes a few hundred bytes besides lineage. */
  private static final int COMPOSITES = 8_192;

  private final Resources resources;
  private final RunChecks checks;
  private final LineageBudget lineage;
  private final OperationLinker operations;
  private final Sources sources;
  private final Machinery machinery;
  private final Restoration restoration;

  public SessionServices(SessionConfig config, CacheEvents events) {
    this(config, events, Keeping.whatPays(), ProviderSource.ofClassPath(), calibration(config));
  }

  /** As the other, but keeps every value above the cost gate, whether or not that pays. */
  public static SessionServices keepingEverything(SessionConfig config, CacheEvents events) {
    return new SessionServices(
        config, events, Keeping.everything(), ProviderSource.ofClassPath(), null);
  }

  /**
   * Services with accelerators of one's own choosing; for tests.
   *
   * @param keeping what the cache keeps
   */
  public static SessionServices withAccelerators(
      SessionConfig config,
      CacheEvents events,
      Keeping keeping,
      List<AcceleratorProvider> providers) {
    return new SessionServices(config, events, keeping, () -> providers, null);
  }

  private SessionServices(
      SessionConfig config,
      CacheEvents listener,
      Keeping keeping,
      ProviderSource providers,
      Calibration calibration) {
    this.resources = new Resources(config, listener, providers, calibration);
    this.checks = RunChecks.of(config, resources.kernels());
    this.lineage =
        new LineageBudget(
            Environment.lineageBytes(config.lineageBytes()), config.threads(), config.err());
    this.operations =
        new OperationLinker(
            resources.opcodes(),
            config.precision(),
            config.products(),
            resources::expect,
            resources.trap());
    FileAccess files = new FileAccess(resources, checks);
    Checkpoints checkpoints = new Checkpoints(resources);
    this.sources = new Sources(resources, files, checkpoints);
    Execution execution = new Execution(sources, parts(), checks.verifier());
    this.machinery =
        new Machinery(
            new Pipeline(resources, execution, keeping, checks),
            fusion(execution, keeping),
            levels(keeping),
            files,
            checkpoints);
    this.restoration = new Restoration(sources, resources.accelerators().mayFallBack());
    resources.memory().restoreLostWith(restoration);
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
    return calibration(config()).counts();
  }

  /** Null when values are not put together from parts. */
  private Parts parts() {
    LineageCache cache = resources.cache();
    if (cache == null
        || !config().effectiveReuse().reusesParts()
        || !resources.tags().takesRewritten()) {
      return null;
    }
    long mostInvested = memory().budgetBytes() / INVESTED_SHARE;
    PartialReuse rewrites = new PartialReuse(cache, resources.events(), mostInvested);
    return new Parts(rewrites, resources.kernels(), resources.opcodes());
  }

  private Fusion fusion(Execution execution, Keeping keeping) {
    KernelRunner kernels = resources.kernels();
    ChainsOnDevices chains = new ChainsOnDevices(resources);
    return new Fusion(
        new FusedExecution(kernels, resources.device(), chains, resources.opcodes()),
        new FusedMembers(kernels, execution, resources.cache(), keeping),
        resources.cache(),
        keeping);
  }

  /** Null when no calls and blocks are found. */
  private LevelReuse levels(Keeping keeping) {
    LineageCache cache = resources.cache();
    return cache != null && config().effectiveReuse().reusesLevels()
        ? new LevelReuse(
            sources,
            keeping,
            new Composites(COMPOSITES, cache),
            new EqualExecutions(COMPOSITES),
            checks)
        : null;
  }

  /** What all this works on. */
  Resources resources() {
    return resources;
  }

  SessionConfig config() {
    return resources.config();
  }

  public HostMemory memory() {
    return resources.memory();
  }

  /** Null when nothing is reused. */
  public LineageCache cache() {
    return resources.cache();
  }

  /** Null without an experiment store. */
  StoredValues stored() {
    return resources.stored();
  }

  public CpuDevice device() {
    return resources.device();
  }

  Accelerators accelerators() {
    return resources.accelerators();
  }

  LineageBudget lineage() {
    return lineage;
  }

  RunChecks checks() {
    return checks;
  }

  FileAccess files() {
    return machinery.files();
  }

  /** What values are computed from again. */
  public Sources sources() {
    return sources;
  }

  /** Makes values anew that were lost with an accelerator. */
  Restoration restoration() {
    return restoration;
  }

  /** Binds compiled scripts as this session runs them. */
  Linker linker() {
    return linker(FusionScope.ofScripts(config()), machinery.levels() != null && stored() != null);
  }

  /** Binds inputs of a conversation, whose variables outlive their failures. */
  Linker linkerOfConversations() {
    return linker(FusionScope.ofConversations(config()), false);
  }

  private Linker linker(FusionScope scope, boolean findsLoops) {
    return new Linker(operations, machinery, scope, findsLoops);
  }

  /**
   * A run of a program, which begins now.
   *
   * @param open stands for it among those of the session
   * @param callees finds a function of the program by its name, or null
   */
  Run run(OpenRuns.Entry open, Function<String, ? extends Callee> callees, RunJournal journal) {
    return new Run(resources, lineage, open, callees, journal);
  }

  /** Buffers that were not given back when the session closed; a leak of ours unless 0. */
  public long liveBuffersAtClose() {
    return resources.liveBuffersAtClose();
  }

  /** See {@link Resources#closeAtLeisure}. */
  public boolean closeAtLeisure() {
    return resources.closeAtLeisure();
  }

  /**
   * Does something with the session's memory; closing waits for that.
   *
   * @param call of the API, as messages name it
   * @throws IllegalStateException when the session is closed
   */
  public <T> T whileOpen(String call, Supplier<T> making) {
    try (OpenRuns.Entry _ = runs().begin(call)) {
      return making.get();
    }
  }

  /**
   * Makes sure that the session can be used, by any thread.
   *
   * @param call of the API, as messages name it
   * @throws IllegalStateException when the session is closed
   */
  public void requireOpen(String call) {
    runs().requireOpen(call);
  }

  /** The runs that are under way; closing waits for them. */
  OpenRuns runs() {
    return resources.runs();
  }

  /** A time line is written when all else has ended; fails as that does. */
  @Override
  public void close() {
    resources.close();
  }
}
