package dev.reprise.engine.device;

import dev.reprise.DeviceConfig;
import dev.reprise.memory.DeviceMemory;
import dev.reprise.memory.Handle;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.memory.MoveEvents;
import dev.reprise.memory.NumberCell;
import dev.reprise.memory.RowsView;
import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceNumber;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.DeviceSparse;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.scheduler.AcceleratorWorker;
import dev.reprise.scheduler.CostModels;
import dev.reprise.scheduler.DeviceWork;
import dev.reprise.scheduler.Placement;
import dev.reprise.scheduler.Placements;
import dev.reprise.scheduler.WorkerEvents;
import dev.reprise.store.MeasuredCosts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * The accelerators of a session, each with its memory and its worker, and the policy that places
 * operations on them.
 *
 * <p>With the placement {@code auto} and no accelerators named, nothing is looked for before an
 * operation comes that is worth it, and then only where the machine shows signs of a GPU: most
 * sessions never load a driver. Thread-safe.
 */
public final class Accelerators implements AutoCloseable {
  /** With {@code auto}, the estimated work of an operation that makes a look around worthwhile. */
  private static final double WORTH_LOOKING_NANOS = 1_000_000;

  private static final Placement HOST = (task, inputs, described, work) -> null;

  private final DeviceConfig config;
  private final boolean exact;
  private final HostMemory host;
  private final DeviceMemory.DeviceReclaimer reclaimer;
  private final WorkerEvents events;
  private final MoveEvents moves;
  private final CostModels models = new CostModels();

  /** Null when what was learnt is forgotten. */
  private final Calibration calibration;

  private final Fallbacks fallbacks = new Fallbacks();
  private final ExpressionUse expressions = new ExpressionUse();
  private final LateNumbers numbers = new LateNumbers(expressions);

  // Guarded by this until they are opened; then unchanging.
  private final List<AcceleratorWorker> workers = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final FoundAccelerators found;
  private final WantedAccelerators wanted;

  // Null until accelerators have been looked for. Its write publishes the workers.
  private volatile Placement placement;

  /**
   * Opens what the configuration names; {@code auto} by itself opens nothing yet.
   *
   * @param exact whether all values must be of one device class: then an accelerator is used only
   *     when everything is to run on it, and what it cannot do for lack of memory fails
   * @param providers asked once, when accelerators are first looked for
   * @param calibration where costs are kept between sessions, or null
   * @throws ResourceException when an accelerator is not there that the configuration places work
   *     on or, when it names any, that it gives a budget
   */
  public Accelerators(
      DeviceConfig config,
      boolean exact,
      ProviderSource providers,
      HostMemory host,
      DeviceMemory.DeviceReclaimer reclaimer,
      WorkerEvents events,
      MoveEvents moves,
      Calibration calibration) {
    this.config = config;
    this.exact = exact;
    this.found = new FoundAccelerators(providers);
    this.wanted = new WantedAccelerators(config, found);
    this.host = host;
    this.reclaimer = reclaimer;
    this.events = events;
    this.moves = moves;
    this.calibration = calibration;
    if (config.placement().equals("cpu") || exact && !config.isFixed()) {
      placement = HOST;
      return;
    }
    if (wanted.isAsked()) {
      wanted.requireBudgeted();
      open();
    }
  }

  /** True when operations may be placed on an accelerator, now or later. */
  public boolean isActive() {
    return placement != HOST;
  }

  /** True when accelerators have been found and opened. */
  public boolean isOpen() {
    Placement policy = placement;
    return policy != null && policy != HOST;
  }

  /**
   * True when {@link #place} has something to choose or to look for. While nobody has looked for
   * accelerators, small work has no choice, and how long it takes is of no interest.
   *
   * @param work estimated nanoseconds
   */
  boolean isWorthLooking(double work) {
    return placement != null || work >= WORTH_LOOKING_NANOS;
  }

  /** Says that work may come that makes a look around worthwhile. Any thread. */
  public void expect() {
    if (placement == null) {
      found.expect();
    }
  }

  /**
   * Opens accelerators for work that makes a look around worthwhile, as {@link #place} does.
   *
   * @param work estimated nanoseconds
   */
  public void notice(double work) {
    if (placement == null && isWorthLooking(work)) {
      open();
    }
  }

  /** True when each operation goes to the accelerator that can do it, however small it is. */
  public boolean isFixed() {
    return config.isFixed();
  }

  /** True when the placement weighs the processor against accelerators. */
  public boolean weighs() {
    return config.placement().equals("auto");
  }

  /**
   * True when operations follow their inputs to a worker, and so find numbers where it has them.
   * With turns that are taken, each operation asks for its own worker, once.
   */
  public boolean relays() {
    return isFixed() || weighs();
  }

  /** True when an accelerator that is open and not lost has a kernel for the work. */
  public boolean isPossible(DeviceWork task, DeviceOperand[] described) {
    for (AcceleratorWorker worker : workers()) {
      if (worker.lost() == null && task.isPossibleOn(worker.accelerator(), described)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The worker that is to run an operation; null for the processor.
   *
   * @param inputs complete but for late numbers, without lists
   */
  public AcceleratorWorker place(DeviceWork task, Value[] inputs, double work) {
    Placement policy = placement;
    if (policy == HOST || policy == null && !isWorthLooking(work)) {
      return null;
    }
    DeviceOperand[] described = describe(inputs);
    if (described == null) {
      return null;
    }
    if (policy == null) {
      policy = open();
    }
    return policy.place(task, inputs, described, work);
  }

  /**
   * True when rows of a matrix that begin there, and as many behind them, can be read wherever
   * accelerators have it. Where none has it, placing the slice would bring it there, unless that is
   * weighed against the few rows.
   */
  boolean haveRows(ManagedMatrix matrix, long firstByte, long bytes) {
    boolean somewhere = false;
    for (AcceleratorWorker worker : workers()) {
      if (worker.lost() == null && matrix.isOnDevice(worker.memory())) {
        if (!worker.memory().takesParts(firstByte, bytes)) {
          return false;
        }
        somewhere = true;
      }
    }
    return somewhere || weighs() && !matrix.isOnDevice();
  }

  /** The operands as accelerators are asked about them; null when one is nothing for them. */
  static DeviceOperand[] describe(Value[] inputs) {
    DeviceOperand[] described = new DeviceOperand[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      described[i] = describe(inputs[i]);
      if (described[i] == null) {
        return null;
      }
    }
    return described;
  }

  private static DeviceOperand describe(Value input) {
    if (input instanceof Scalar scalar) {
      return scalar;
    }
    if (input instanceof ManagedMatrix matrix) {
      return matrix.isCompressed()
          ? DeviceSparse.described(matrix.shape(), matrix.precision(), matrix.nonZeros())
          : DeviceMatrix.described(matrix.shape(), matrix.precision());
    }
    if (input instanceof RowsView view) {
      return DeviceMatrix.described(view.shape(), view.precision());
    }
    boolean isNumber =
        input instanceof Handle handle ? LateNumbers.isLate(handle) : input instanceof NumberCell;
    return isNumber ? DeviceNumber.described() : null;
  }

  /** How often expressions came that accelerators may get kernels of. */
  public ExpressionUse expressions() {
    return expressions;
  }

  /** Numbers where accelerators have them. */
  public LateNumbers numbers() {
    return numbers;
  }

  /** Learns what work took on the processor, which later placements weigh against accelerators. */
  public void ranOnHost(DeviceWork task, double work, long nanos) {
    Placement policy = placement;
    if (policy != null) {
      policy.ranOnHost(task, work, nanos);
    }
  }

  void ranOn(AcceleratorWorker worker, DeviceWork task, double work, long nanos) {
    placement.ranOn(worker, task, work, nanos);
  }

  /** Waits until all that was launched so far has ended and is counted. */
  public void settle() {
    try {
      for (AcceleratorWorker worker : workers()) {
        worker.settle();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }

  /**
   * Says that a loop of the only control thread that submits operations now begins an iteration.
   *
   * @param loop compared by identity
   * @param ended whether an iteration of the same loop ends here
   */
  public void repeats(Object loop, boolean ended) {
    if (config.graphs() && isOpen()) {
      for (AcceleratorWorker worker : workers) {
        worker.repeats(loop, ended);
      }
    }
  }

  /** False when an operation must not run on the processor because an accelerator failed at it. */
  public boolean mayFallBack() {
    return !exact;
  }

  /**
   * True while the same operation always runs on the same device: no accelerator is open, or all is
   * placed on one and nothing had to leave it.
   */
  boolean keepsToOneDevice() {
    if (!isOpen() || exact) {
      return true;
    }
    return config.isFixed() && fallbacks.isEmpty();
  }

  /** The device class of all values; see {@link #Accelerators}. */
  public String deviceClass(String ofProcessor) {
    return workers().isEmpty()
        ? ofProcessor
        : ofProcessor + " + " + workers.getFirst().accelerator().deviceClass();
  }

  /**
   * What computing a value was measured to take where this session would compute it now: on the
   * accelerator that everything runs on; otherwise on whichever is fastest of those that are open
   * and the processor; 0 when it was measured on none of them.
   */
  public long measured(MeasuredCosts costs) {
    long least = config.isFixed() && isOpen() ? 0 : costs.measuredOn(DeviceClasses.CPU);
    for (AcceleratorWorker worker : workers()) {
      long nanos = worker.lost() == null ? costs.measuredOn(DeviceClasses.of(worker)) : 0;
      least = nanos > 0 && (least == 0 || nanos < least) ? nanos : least;
    }
    return least;
  }

  /** Notes that an operation runs on the processor because an accelerator could not do it. */
  void fellBack(AcceleratorWorker worker, Operation operation, Throwable why) {
    fallbacks.note(worker.name(), operation, why);
  }

  /** Notes that a value was computed again that was lost with accelerators. */
  public void restored(ManagedMatrix matrix) {
    for (AcceleratorWorker worker : workers()) {
      if (worker.memory().isLost() && matrix.isOnDevice(worker.memory())) {
        worker.memory().valueRestored();
      }
    }
  }

  private synchronized Placement open() {
    if (placement != null) {
      return placement;
    }
    wanted.open(notes).forEach(this::employ);
    try {
      placement = policy();
    } catch (ResourceException e) {
      workers.forEach(AcceleratorWorker::close);
      workers.forEach(worker -> worker.accelerator().close());
      found.close();
      throw e;
    }
    return placement;
  }

  private void employ(Accelerator accelerator) {
    long memory = accelerator.info().memoryBytes();
    long budget = config.bytes().getOrDefault(accelerator.name(), memory / 10 * 9);
    DeviceMemory itsMemory = new DeviceMemory(accelerator, host, budget, reclaimer, moves);
    workers.add(new AcceleratorWorker(itsMemory, events));
  }

  private Placement policy() {
    for (String named : config.isFixed() ? List.of(config.placement()) : config.among()) {
      if (workers.stream().noneMatch(worker -> worker.name().equals(named))) {
        throw new ResourceException(
            "there is no device "
                + named
                + (notes.isEmpty() ? "" : ": " + String.join("; ", notes))
                + " ('reprise devices' lists what there is)");
      }
    }
    if (config.isFixed()) {
      return Placements.fixed(workers.getFirst());
    }
    if (workers.isEmpty()) {
      return HOST;
    }
    if (!config.placement().equals("auto")) {
      return Placements.roundRobin(workers);
    }
    if (calibration != null) {
      calibration.restore(models);
    }
    return Placements.auto(workers, models);
  }

  /** Workers that are open now. */
  public List<AcceleratorWorker> workers() {
    return placement == null ? List.of() : workers;
  }

  /** Why accelerators are absent, one sentence each. */
  public List<String> notes() {
    return placement == null ? List.of() : notes;
  }

  /** What ran on the processor because an accelerator could not do it. */
  public Fallbacks fallbacks() {
    return fallbacks;
  }

  /** What has been learnt of the times of devices. */
  public CostModels models() {
    return models;
  }

  /** Ends the workers; values stay where they are. */
  public void stop() {
    workers().forEach(AcceleratorWorker::close);
  }

  /** After {@link #stop}: brings home what values still lie there, and closes the accelerators. */
  @Override
  public void close() {
    RuntimeException failure = null;
    for (AcceleratorWorker worker : workers()) {
      try {
        worker.memory().evacuate();
      } catch (RuntimeException e) {
        // The others are closed all the same.
        failure = e;
      } finally {
        worker.accelerator().close();
      }
    }
    found.close();
    if (calibration != null) {
      calibration.save(models);
    }
    if (failure != null) {
      throw failure;
    }
  }
}
