package dev.reprise.engine.parfor;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.FailurePlace;
import dev.reprise.engine.control.Node;
import dev.reprise.engine.control.WriteLog;
import dev.reprise.engine.file.FileOrder;
import dev.reprise.engine.loop.LoopNodes;
import dev.reprise.engine.report.MetricSink;
import dev.reprise.engine.report.OrderedOutput;
import dev.reprise.engine.seed.SeedSource;
import dev.reprise.engine.seed.ThreadSeeds;
import dev.reprise.engine.thread.Cancellation;
import dev.reprise.engine.thread.RestingWorkers;
import dev.reprise.engine.thread.TaskPartition;
import dev.reprise.engine.thread.WorkerThreads;
import dev.reprise.lineage.RunBuilder;
import dev.reprise.lineage.Seeds;
import dev.reprise.memory.ShortageException;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * One execution of a parfor loop.
 *
 * <p>Workers take tasks of consecutive iterations, in ascending order. Each works on a copy of the
 * variables; what it writes to result variables is logged and applied in iteration order by the
 * thread that entered the loop, which meanwhile waits for the workers and holds no claim. Text that
 * iterations print comes out in iteration order.
 *
 * <p>Memory: a worker that runs short of it may lack what the variables of the other workers hold,
 * which without a disk stays where it is. It therefore gives up its iteration, with all that this
 * holds, and ends: the loop goes on with one worker less, and who is next takes the iteration that
 * was put aside. When all have ended so, the thread that entered the loop goes on alone. So a loop
 * fails for lack of memory only if it would fail as {@code for}, or if the iteration has already
 * left something outside that a second execution might find there. When iterations have ended well
 * for a while, workers begin again ({@link RestingWorkers}).
 *
 * <pre>
 *   tasks --&gt; worker --shortage--&gt; put aside --&gt; another worker, or at last the entering thread
 *               |                     (the worker gives its variables back and ends)
 *               +--&gt; writes, text, metrics of the iteration; after many, one worker more
 * </pre>
 *
 * <p>Errors: when iteration k fails, later iterations are cancelled and earlier ones run to their
 * end, so the failure that is reported is the one that the sequential loop would have met first.
 */
final class ParForRun {
  /** Workers do not say how many seeds an iteration drew; more than these are stored as numbers. */
  private static final int DRAWS_TRIED = 64;

  /** Workers that begin again when one alone has gone on for a while. */
  private static final int FEWEST_TOGETHER = 2;

  private final ParForNode node;
  private final ControlContext context;
  private final Activation activation;
  private final LoopNodes.Range range;
  private final int degree;
  private final int kernelThreads;
  private final long loopSeed;
  // Taken before the workers begin, whose runs are parts of the iterations.
  private final long scopeMark;
  private final OrderedOutput output;
  private final FileOrder files;
  private final Runnable iterationDone;

  private final WorkerThreads threads;
  private final TaskPartition tasks;
  private final AtomicLong firstFailed = new AtomicLong(Long.MAX_VALUE);
  private final AtomicReferenceArray<List<WriteLog.Write>> writes;
  private final List<Worker> workers = new ArrayList<>(); // guarded by this
  private RuntimeException failure; // guarded by this
  private final RestingWorkers resting = new RestingWorkers();

  // What workers gave up for lack of memory, earliest first. Taking from it is free of locks, as
  // taking a task is.
  private final NavigableSet<TaskPartition.Task> putAside =
      new ConcurrentSkipListSet<>(Comparator.comparingLong(TaskPartition.Task::from));

  // Set by workers, read when they have ended: a loop that drew no seeds leaves no mark.
  private volatile boolean drew;

  ParForRun(
      ParForNode node,
      ControlContext context,
      Activation activation,
      LoopNodes.Range range,
      TaskPartition tasks,
      int degree) {
    this.node = node;
    this.context = context;
    this.activation = activation;
    this.range = range;
    this.tasks = tasks;
    this.degree = degree;
    this.kernelThreads = Math.max(1, context.kernel.threads() / degree);
    this.threads =
        new WorkerThreads(
            context.run.resources().timeline(), context.run.open(), context.cancellation);
    this.loopSeed = context.seeds.peek();
    this.scopeMark = context.scope.mark();
    this.output = new OrderedOutput(context.out, firstFailed);
    this.files = new FileOrder(context.place);
    // Of loops within loops only the outermost tells how far it is.
    this.iterationDone =
        context.writes == null ? context.run.progress().iterations(range.count()) : () -> {};
    this.writes = new AtomicReferenceArray<>(Math.toIntExact(range.count()));
  }

  void execute() {
    try {
      runAll();
      workers.forEach(worker -> context.add(worker.local));
      context.cancellation.check();
      if (failure != null) {
        throw failure;
      }
      merge();
      if (drew) {
        context.seeds.next();
      }
    } finally {
      releaseWrites();
    }
  }

  private void runAll() {
    if (degree == 1) {
      runAlone();
      return;
    }
    runTogether(degree);
    while (!putAside.isEmpty()) {
      if (runAlone()) {
        runTogether(FEWEST_TOGETHER);
      }
    }
  }

  /**
   * Works on this thread, which with several workers is for when all have given up.
   *
   * @return true when it has ended for workers to begin again
   */
  private boolean runAlone() {
    Worker alone = worker(context.kernel.threads(), false);
    alone.run();
    return alone.makesWay;
  }

  private synchronized Worker worker(int kernelThreads, boolean mayGiveUp) {
    Worker worker =
        new Worker(new ExecutionContext(context.kernel.allocator(), kernelThreads), mayGiveUp);
    workers.add(worker);
    return worker;
  }

  private void putAside(long from, long to) {
    if (from < to) {
      putAside.add(new TaskPartition.Task(from, to));
    }
  }

  /** For another worker, which would have nothing to do if this was the last task. */
  private void putAsideInHalves(long from, long to) {
    long middle = from + (to - from + 1) / 2;
    putAside(from, middle);
    putAside(middle, to);
  }

  private TaskPartition.Task nextTask() {
    TaskPartition.Task early = putAside.pollFirst();
    return early != null ? early : tasks.take();
  }

  private void runTogether(int count) {
    List<Worker> begun = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      begun.add(worker(kernelThreads, true));
    }
    begun.forEach(threads::start);
    threads.join();
  }

  /**
   * Applies the writes of all iterations in order, as the sequential loop would have. Each of them
   * is an iteration of a run in the trace, too.
   */
  private void merge() {
    boolean deduplicates = activation.isTraced() && context.run.resources().config().dedup();
    RunBuilder builder =
        deduplicates
            ? RunBuilder.merging(node.merge(), context.scope, loopSeed, activation.items, scopeMark)
            : null;
    for (int i = 0; i < writes.length(); i++) {
      List<WriteLog.Write> iteration = writes.getAndSet(i, null);
      int at = 0;
      try {
        for (; at < iteration.size(); at++) {
          WriteLog.Write write = iteration.get(at);
          write.step().apply(context, activation, write.operands().clone(), write.items());
        }
      } catch (RuntimeException e) {
        WriteLog.DeferredWrite step = iteration.get(at).step();
        throw context.located(e, step.position(), activation, null);
      } finally {
        iteration.forEach(WriteLog.Write::release);
      }
      if (builder != null) {
        builder.end(activation.items, DRAWS_TRIED);
      }
    }
    if (builder != null) {
      builder.finish(activation.items);
    }
  }

  private void releaseWrites() {
    for (int i = 0; i < writes.length(); i++) {
      List<WriteLog.Write> left = writes.getAndSet(i, null);
      if (left != null) {
        left.forEach(WriteLog.Write::release);
      }
    }
  }

  private synchronized void failed(long iteration, RuntimeException error) {
    if (iteration < firstFailed.get()) {
      firstFailed.set(iteration);
      failure = error;
    }
    for (Worker worker : workers) {
      worker.cancelAfter(iteration);
    }
  }

  /** Runs iterations until none is left or an earlier one has failed. */
  private final class Worker implements Runnable {
    private final ControlContext local;
    private final Activation variables;
    private final StringBuilder printed = new StringBuilder();
    private final MetricSink.Waiting metrics = new MetricSink.Waiting();

    /** Whether lack of memory may be due to workers beside this one. */
    private final boolean mayGiveUp;

    /** Set when the worker has ended for others to begin; read by the thread that it ran on. */
    private boolean makesWay;

    // The iteration in work and how to stop it; read by a worker that failed.
    private volatile long current = -1;
    private volatile Cancellation cancellation;

    Worker(ExecutionContext kernel, boolean mayGiveUp) {
      this.mayGiveUp = mayGiveUp;
      this.variables = activation.copyForWorker();
      this.cancellation = new Cancellation(context.cancellation);
      this.local =
          context.ofWorker(
              kernel,
              new ThreadSeeds(new SeedSource(loopSeed), context.trail.inside()),
              new ControlContext.Outlets(printed, metrics),
              cancellation,
              new WriteLog(variables, node.results()));
      local.trail.enter(node.name(), context.seeds, range.from(), range.step());
    }

    void cancelAfter(long iteration) {
      // Order matters: a worker publishes its cancellation before its iteration number.
      if (current > iteration) {
        cancellation.cancel();
      }
    }

    @Override
    public void run() {
      local.begin();
      try {
        TaskPartition.Task task;
        while ((task = nextTask()) != null && runTask(task)) {
          // What comes after a task that was ended early comes after the failure, too, or is left
          // to others.
        }
      } finally {
        variables.leave();
        context.run.counters().merge(local.counters);
      }
    }

    /** False when an earlier iteration has failed, the loop was cancelled or memory is short. */
    private boolean runTask(TaskPartition.Task task) {
      for (long iteration = task.from(); iteration < task.to(); iteration++) {
        cancellation = new Cancellation(context.cancellation);
        local.cancellation = cancellation;
        current = iteration;
        if (iteration > firstFailed.get() || cancellation.isCancelled()) {
          return false;
        }
        if (!runIteration(iteration)) {
          putAside(iteration, task.to());
          resting.gaveUp();
          return false;
        }
        if (resting.mayReturn()) {
          putAsideInHalves(iteration + 1, task.to());
          return othersBegin();
        }
      }
      return true;
    }

    /** False when this worker makes way for them. */
    private boolean othersBegin() {
      if (mayGiveUp) {
        startAnother();
        return true;
      }
      makesWay = true;
      local.counters.resumed += FEWEST_TOGETHER;
      return false;
    }

    private void startAnother() {
      Worker another = worker(kernelThreads, true);
      try {
        threads.start(another);
        local.counters.resumed++;
      } catch (OutOfMemoryError e) {
        // The system has no thread for it: the loop goes on with the workers that there are.
        another.variables.leave();
        resting.gaveUp();
      }
    }

    /** False when the iteration was given up and is to be run again. */
    private boolean runIteration(long iteration) {
      long marksBefore = local.marksLeft;
      boolean givenUp = false;
      try {
        local.trail.begin(iteration);
        local.place = new FileOrder.Place(files, iteration, cancellation::check);
        local.seeds.restart(Seeds.childBase(loopSeed, iteration));
        Scalar value = range.at(iteration);
        variables.bind(node.loop().variable(), value, LoopNodes.For.literal(variables, value));
        Node.runAll(node.loop().body(), local, variables);
        local.settle();
        writes.set((int) iteration, local.writes.take());
        local.place.ended();
        iterationDone.run();
        if (local.seeds.count() > 0) {
          drew = true;
        }
      } catch (CancellationException e) {
        drop();
        if (!cancellation.isCancelled()) {
          // Nobody has ended the loop: a listener ends the run, or who waited was interrupted.
          failed(iteration, e);
        }
      } catch (RuntimeException | Error e) {
        drop();
        RuntimeException located = located(e);
        givenUp = mayGiveUp && local.marksLeft == marksBefore && ShortageException.mayPass(located);
        if (!givenUp) {
          failed(iteration, located);
        }
      } finally {
        restore();
      }
      if (givenUp) {
        local.place.givenUp();
        printed.setLength(0);
        metrics.clear();
        local.counters.givenUp++;
        return false;
      }
      printOf(iteration);
      return true;
    }

    /** Passes on what the iteration printed and measured, in the order of iterations. */
    private void printOf(long iteration) {
      try {
        output.complete(iteration, printed.toString(), metrics.take(context.metrics));
      } catch (RuntimeException | Error e) {
        failed(iteration, located(e));
      } finally {
        printed.setLength(0);
      }
    }

    private RuntimeException located(Throwable failure) {
      return new FailurePlace(node.position(), variables, null).located(failure);
    }

    private void drop() {
      local.ahead.discard();
      local.writes.take().forEach(WriteLog.Write::release);
    }

    /** Variables of one iteration are not seen by the next. */
    private void restore() {
      for (int slot : node.written()) {
        if (activation.values[slot] == null) {
          variables.clear(slot);
        } else {
          activation.values[slot].retain();
          variables.bind(slot, activation.values[slot], activation.item(slot));
        }
      }
    }
  }
}
