package dev.reprise.engine;

import dev.reprise.engine.timeline.Timeline;
import dev.reprise.lineage.RunBuilder;
import dev.reprise.lineage.RunScope;
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
 * left something outside that a second execution might find there.
 *
 * <pre>
 *   tasks --&gt; worker --shortage--&gt; put aside --&gt; another worker, or at last the entering thread
 *               |                     (the worker gives its variables back and ends)
 *               +--&gt; writes, text, metrics of the iteration
 * </pre>
 *
 * <p>Errors: when iteration k fails, later iterations are cancelled and earlier ones run to their
 * end, so the failure that is reported is the one that the sequential loop would have met first.
 */
final class ParForRun {
  /** Deep enough for ordinary recursion; only touched pages cost memory. */
  private static final long STACK_BYTES = 128L << 20;

  /** Workers do not say how many seeds an iteration drew; more than these are stored as numbers. */
  private static final int DRAWS_TRIED = 64;

  private final ParForNode node;
  private final ControlContext context;
  private final Activation activation;
  private final ControlNodes.Range range;
  private final int degree;
  private final long loopSeed;
  // Taken before the workers begin, whose runs are parts of the iterations.
  private final long scopeMark;
  private final OrderedOutput output;
  private final Runnable iterationDone;

  private final TaskPartition tasks;
  private final AtomicLong firstFailed = new AtomicLong(Long.MAX_VALUE);
  private final AtomicReferenceArray<List<WriteLog.Write>> writes;
  private final List<Worker> workers = new ArrayList<>();
  private RuntimeException failure; // guarded by this

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
      ControlNodes.Range range,
      TaskPartition tasks,
      int degree) {
    this.node = node;
    this.context = context;
    this.activation = activation;
    this.range = range;
    this.tasks = tasks;
    this.degree = degree;
    this.loopSeed = context.seeds.peek();
    this.scopeMark = context.scope.mark();
    this.output = new OrderedOutput(context.out, firstFailed);
    // Of loops within loops only the outermost tells how far it is.
    this.iterationDone =
        context.writes == null ? context.run.progress().iterations(range.count()) : () -> {};
    this.writes = new AtomicReferenceArray<>(Math.toIntExact(range.count()));
  }

  void execute() {
    int kernelThreads = Math.max(1, context.kernel.threads() / degree);
    for (int i = 0; i < degree; i++) {
      workers.add(worker(kernelThreads, degree > 1));
    }
    try {
      if (degree == 1) {
        workers.getFirst().run();
      } else {
        runOnThreads();
        runAlone();
      }
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

  private Worker worker(int kernelThreads, boolean mayGiveUp) {
    return new Worker(new ExecutionContext(context.kernel.allocator(), kernelThreads), mayGiveUp);
  }

  /** Does what is left when all workers have given up. */
  private void runAlone() {
    if (!putAside.isEmpty()) {
      Worker alone = worker(context.kernel.threads(), false);
      workers.add(alone);
      alone.run();
    }
  }

  private TaskPartition.Task nextTask() {
    TaskPartition.Task early = putAside.pollFirst();
    return early != null ? early : tasks.take();
  }

  private void runOnThreads() {
    List<Thread> threads = new ArrayList<>();
    for (Worker worker : workers) {
      Timeline timeline = context.run.session().timeline();
      Runnable work = timeline == null ? worker : () -> runAndLeave(worker, timeline);
      Thread thread = new Thread(null, work, "reprise-parfor-" + threads.size(), STACK_BYTES);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (true) {
        try {
          thread.join();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
          context.cancellation.cancel();
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void runAndLeave(Worker worker, Timeline timeline) {
    try {
      worker.run();
    } finally {
      timeline.leave();
    }
  }

  /**
   * Applies the writes of all iterations in order, as the sequential loop would have. Each of them
   * is an iteration of a run in the trace, too.
   */
  private void merge() {
    boolean deduplicates = activation.isTraced() && context.run.session().config().dedup();
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
        WriteLog.Deferred step = iteration.get(at).step();
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

    // The iteration in work and how to stop it; read by a worker that failed.
    private volatile long current = -1;
    private volatile Cancellation cancellation;

    Worker(ExecutionContext kernel, boolean mayGiveUp) {
      this.mayGiveUp = mayGiveUp;
      this.variables = activation.copyForWorker();
      this.cancellation = new Cancellation(context.cancellation);
      this.local =
          new ControlContext(
              context.run,
              kernel,
              new SeedSource(loopSeed),
              cancellation,
              printed,
              metrics,
              new WriteLog(variables, node.results()),
              context.depth(),
              new RunScope(context.scope),
              context.trail.inside());
      local.trail.enter(node.name(), context.seeds, range.from(), range.step());
      this.local.footprint = context.footprint == null ? null : new Footprint(null);
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
          putAside.add(new TaskPartition.Task(iteration, task.to()));
          return false;
        }
      }
      return true;
    }

    /** False when the iteration was given up and is to be run again. */
    private boolean runIteration(long iteration) {
      long marksBefore = local.marksLeft;
      boolean givenUp = false;
      try {
        local.trail.begin(iteration);
        local.seeds.restart(Seeds.childBase(loopSeed, iteration));
        Scalar value = range.at(iteration);
        variables.bind(node.loop().variable(), value, ControlNodes.For.literal(variables, value));
        Node.runAll(node.loop().body(), local, variables);
        local.settle();
        writes.set((int) iteration, local.writes.take());
        iterationDone.run();
        if (local.seeds.count() > 0) {
          drew = true;
        }
      } catch (CancellationException e) {
        drop();
      } catch (RuntimeException | Error e) {
        drop();
        RuntimeException located = ControlContext.locate(e, node.position(), variables, null);
        givenUp = mayGiveUp && local.marksLeft == marksBefore && ShortageException.mayPass(located);
        if (!givenUp) {
          failed(iteration, located);
        }
      } finally {
        restore();
      }
      if (givenUp) {
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
        failed(iteration, ControlContext.locate(e, node.position(), variables, null));
      } finally {
        printed.setLength(0);
      }
    }

    private void drop() {
      local.discardOutstanding();
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
