package dev.reprise.engine.control;

import dev.reprise.ScriptException;
import dev.reprise.cache.Claim;
import dev.reprise.engine.file.FileOrder;
import dev.reprise.engine.region.Footprint;
import dev.reprise.engine.report.Counters;
import dev.reprise.engine.report.MetricSink;
import dev.reprise.engine.seed.SeedSource;
import dev.reprise.engine.seed.SeedTrail;
import dev.reprise.engine.seed.ThreadSeeds;
import dev.reprise.engine.thread.Cancellation;
import dev.reprise.engine.thread.StackRoom;
import dev.reprise.engine.timeline.EventKind;
import dev.reprise.engine.timeline.Timeline;
import dev.reprise.engine.timeline.Track;
import dev.reprise.engine.value.StructureOperations;
import dev.reprise.language.Position;
import dev.reprise.lineage.RunCall;
import dev.reprise.lineage.RunScope;
import dev.reprise.memory.Handle;
import dev.reprise.memory.HandleFailure;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Value;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/**
 * What one control thread (the main program or a parfor worker) carries through the interpreter.
 * Owned by that thread.
 */
public final class ControlContext {
  /**
   * Most of the host budget that unfinished results of one thread may come to take, as a divisor.
   */
  private static final int RUN_AHEAD_SHARE = 8;

  private static final int MAX_CALL_DEPTH = 10_000;

  public final Run run;
  public final ExecutionContext kernel;
  public final SeedSource seeds;
  public final SeedTrail trail;
  public final Counters counters;
  public final Appendable out;
  public final MetricSink metrics;

  /** Replaced for each parfor iteration, so that a failed one stops only those after it. */
  public Cancellation cancellation;

  /** The current iteration of the innermost parfor, for the files that it writes; else null. */
  public FileOrder.Place place;

  /** Left-index writes of the current parfor iteration; null outside of parfor bodies. */
  public final WriteLog writes;

  /**
   * Estimated nanoseconds of everything this thread has executed or found as a whole call or block;
   * parfor workers add theirs when their loop is over. Only differences mean something.
   */
  public long work;

  /**
   * How often this thread has left something outside that later statements may find there, such as
   * a file; parfor workers add theirs when their loop is over.
   */
  public long marksLeft;

  /** What the executions that are being noted depend on; null when none is. */
  public Footprint footprint;

  /** Operations of this thread that have not finished, so that effects wait for them. */
  public final RunAhead ahead = new RunAhead();

  /** Numbers the runs of this thread's loops. */
  public final RunScope scope;

  /** Loops around whose iterations are stored, and with them the calls in them. */
  public int storedLoops;

  public final CarriedValues carried = new CarriedValues();

  /** Functions that are being called outside of these loops; compared by identity. */
  public final Set<RunCall> calls = new HashSet<>();

  /** What this thread executes that others may wait for, innermost first; null for nothing. */
  public OwnedExecution owned;

  private int depth;

  /** What this thread has a claim on while it computes operands of it; else null. */
  private Claim owed;

  /** Where what a thread tells goes. */
  public record Outlets(Appendable out, MetricSink metrics) {}

  /**
   * What is around the code of a thread.
   *
   * @param writes of the parfor iterations that it works on; null outside of parfor
   * @param depth of calls
   * @param owned what {@link ControlContext#owned} is at first
   */
  private record Around(
      Cancellation cancellation,
      WriteLog writes,
      int depth,
      RunScope scope,
      OwnedExecution owned) {}

  /** That of the thread that runs a program. */
  static ControlContext ofMain(
      Run run, ExecutionContext kernel, ThreadSeeds seeds, Outlets outlets) {
    Around nothing = new Around(run.cancellation(), null, 0, new RunScope(), null);
    return new ControlContext(run, kernel, seeds, outlets, nothing);
  }

  /** That of a worker of a parfor that this thread has entered. */
  public ControlContext ofWorker(
      ExecutionContext kernel,
      ThreadSeeds seeds,
      Outlets outlets,
      Cancellation cancellation,
      WriteLog writes) {
    Around loop = new Around(cancellation, writes, depth, new RunScope(scope), owned);
    ControlContext worker = new ControlContext(run, kernel, seeds, outlets, loop);
    worker.footprint = footprint == null ? null : new Footprint(null);
    return worker;
  }

  private ControlContext(
      Run run, ExecutionContext kernel, ThreadSeeds seeds, Outlets outlets, Around around) {
    this.run = run;
    this.kernel = kernel;
    this.seeds = seeds.source();
    this.trail = seeds.trail();
    this.out = outlets.out;
    this.metrics = outlets.metrics;
    this.cancellation = around.cancellation;
    this.writes = around.writes;
    this.depth = around.depth;
    this.scope = around.scope;
    this.owned = around.owned;
    this.counters = new Counters(run.resources().opcodes().size());
  }

  /** The thread that the context is of has begun. */
  public void begin() {
    Timeline timeline = run.resources().timeline();
    if (timeline != null) {
      counters.track = timeline.track();
    }
  }

  /** True when the trace of a call is to be stored by itself: outside of loops. */
  public boolean storesCalls(Activation callee) {
    return callee.isTraced()
        && storedLoops == 0
        && writes == null
        && run.resources().config().dedup();
  }

  public void enterCall(String function) {
    if (depth >= MAX_CALL_DEPTH) {
      throw new OperandException(
          "calls are nested deeper than "
              + MAX_CALL_DEPTH
              + " in function '"
              + function
              + "': does the recursion end?");
    }
    StackRoom.look(depth);
    depth++;
  }

  public void leaveCall() {
    depth--;
  }

  public void checkCancelled() {
    cancellation.check();
  }

  // ---- what an execution depends on

  /** Begins to note what an execution depends on; ends with {@link #leave}. */
  public Footprint enter() {
    footprint = new Footprint(footprint);
    return footprint;
  }

  public void leave(Footprint left) {
    footprint = left.outer();
    if (footprint != null) {
      footprint.add(left);
    }
  }

  /**
   * Notes that what is executed now cannot be replaced by what it left the last time: nobody need
   * wait for its end.
   */
  public void cannotRepeat() {
    for (OwnedExecution each = owned; each != null; each = each.around()) {
      each.end();
    }
    if (footprint != null) {
      footprint.cannotRepeat();
    }
  }

  /** Takes in what a parfor worker did that has ended; by the thread that started it. */
  public void add(ControlContext worker) {
    work += worker.work;
    marksLeft += worker.marksLeft;
    if (footprint != null) {
      footprint.add(worker.footprint);
    }
  }

  /**
   * A loop begins an iteration: accelerators issue what comes again and again at once. In parfor
   * bodies several threads submit in turns, so nothing does.
   *
   * @param loop stands for it, the same in each iteration
   */
  public void repeats(Object loop, boolean ended) {
    if (writes == null) {
      run.resources().accelerators().repeats(loop, ended);
    }
  }

  // ---- run-ahead

  /** Waits until few enough operations are unfinished, by count and bytes; before probing. */
  public void awaitRoom() {
    if (ahead.isEmpty() || owed != null) {
      // There was room for what is made of operands that are owed.
      return;
    }
    long mostBytes = run.resources().memory().budgetBytes() / RUN_AHEAD_SHARE;
    while (!ahead.hasRoom(mostBytes)) {
      Handle middle = ahead.middleOfTooMany();
      if (middle != null && !middle.isDone()) {
        awaitEnd(middle);
      } else {
        settleOldest();
      }
    }
  }

  /** Waits for all earlier operations of this thread; throws what the first of them failed with. */
  public void settle() {
    while (!ahead.isEmpty()) {
      settleOldest();
    }
  }

  /**
   * Computes under a claim what its value is made of, by operations of their own: meanwhile this
   * thread waits for no handle. If that fails the claim is given up, before anything is waited for.
   *
   * @return what the computation returns
   */
  public <T> T owing(Claim claim, Supplier<T> computation) {
    owed = claim;
    try {
      return computation.get();
    } catch (Throwable e) {
      claim.close();
      throw e;
    } finally {
      owed = null;
    }
  }

  private void settleOldest() {
    RunAhead.Operation oldest = ahead.takeOldest();
    try {
      await(oldest.handle());
    } catch (RuntimeException e) {
      ahead.discard();
      throw e instanceof HandleFailure late && late.isCancellation()
          ? new CancellationException("cancelled")
          : oldest.origin().located(e instanceof HandleFailure late ? late.getCause() : e);
    } finally {
      oldest.handle().release();
    }
  }

  /**
   * The finished value of an operand, of a list with all its elements; borrowed from the
   * activation, waiting if need be.
   */
  public Value completed(Activation activation, int operand) {
    return completed(Step.value(activation, operand));
  }

  /** Likewise of a value; borrowed from it. */
  public Value completed(Value value) {
    Value complete = awaited(value);
    if (complete instanceof ListValue list && list.isPending()) {
      list.elements().forEach(this::completed);
    }
    return complete;
  }

  /**
   * The value itself, waited for if it is in flight; borrowed from it. Elements of a list may still
   * be to come.
   */
  public Value awaited(Value value) {
    return value instanceof Handle handle ? await(handle) : value;
  }

  /** As {@link #awaited}, unless enough is known of the value while it is in flight. */
  public Value awaitedUnless(boolean enough, Value value) {
    Value now = value.settled();
    return enough ? now : awaited(now);
  }

  /** As {@link #awaited}, for a value that becomes an element of a list. */
  public Value awaitedAsElement(Value value) {
    return awaitedUnless(StructureOperations.mayBeElement(value), value);
  }

  /** Waits for a handle; no claim may be held. The value is borrowed from the handle. */
  public Value await(Handle handle) {
    awaitEnd(handle);
    return handle.outcome();
  }

  /** Waits until a handle is done, whatever has become of it. */
  private void awaitEnd(Handle handle) {
    if (owed != null && !handle.isDone()) {
      throw new IllegalStateException("waits for a value under a claim");
    }
    Track track = counters.track;
    boolean recorded = track != null && !handle.isDone();
    long start = recorded ? System.nanoTime() : 0;
    try {
      handle.awaitEnd();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    } finally {
      if (recorded) {
        long nanos = System.nanoTime() - start;
        track.span(EventKind.WAIT, labelOf(handle, track), start, nanos, nanos);
      }
    }
  }

  private static int labelOf(Handle handle, Track track) {
    return handle.origin() instanceof Origin origin
        ? track.label(origin.step().describe(), origin.step().position())
        : track.label("", null);
  }

  // ---- errors

  /**
   * Turns a failure of a step into a script error with position, shapes and stack. An earlier
   * operation of this thread that failed late takes precedence, whatever finished first.
   */
  public RuntimeException located(
      Throwable failure, Position position, Activation activation, Step step) {
    return located(failure, new FailurePlace(position, activation, step));
  }

  /** As the other, of a place that is known. */
  public RuntimeException located(Throwable failure, FailurePlace place) {
    if (failure instanceof ScriptException located) {
      return located;
    }
    Claim given = owed;
    if (given != null) {
      owed = null;
      given.close();
    }
    if (!(failure instanceof CancellationException)) {
      try {
        settle();
      } catch (ScriptException earlier) {
        return earlier;
      }
    }
    return place.located(failure);
  }
}
