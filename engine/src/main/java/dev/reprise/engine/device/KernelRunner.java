package dev.reprise.engine.device;

import dev.reprise.engine.check.ComparedKernels;
import dev.reprise.engine.check.TrapException;
import dev.reprise.engine.check.ValueTrap;
import dev.reprise.engine.value.ListOperands;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.Device;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.scheduler.AcceleratorWorker;
import dev.reprise.scheduler.DeviceWork;
import dev.reprise.scheduler.OneOperation;
import dev.reprise.scheduler.TaskScheduler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** Runs one kernel: pins the inputs, executes on the device, adopts the outputs. Thread-safe. */
public final class KernelRunner implements ComparedKernels {
  private final Device device;
  private final Accelerators accelerators;
  private final TaskScheduler pool;
  private final HostMemory memory;

  /** Null when the run stops at no value. */
  private final ValueTrap trap;

  /**
   * @param device the processor
   * @param pool runs what an accelerator could not do after all
   * @param trap looks at every result; null when the run stops at no value
   */
  public KernelRunner(
      Device device,
      Accelerators accelerators,
      TaskScheduler pool,
      HostMemory memory,
      ValueTrap trap) {
    this.device = device;
    this.accelerators = accelerators;
    this.pool = pool;
    this.memory = memory;
    this.trap = trap;
  }

  /**
   * Executes an operation whose inputs are complete; waits for other operations to end when memory
   * is short because of them, holding no pin.
   *
   * @return the output, or a list of them when the opcode has several; the caller owns one
   *     reference
   */
  @Override
  public Value run(Operation operation, Value[] inputs, ExecutionContext context) {
    return run(operation, inputs, context, KernelTime.UNHEARD);
  }

  /**
   * As the other.
   *
   * @param time hears where the kernel ran and how long, before this ends
   */
  public Value run(Operation operation, Value[] inputs, ExecutionContext context, KernelTime time) {
    if (!device.supports(operation)) {
      throw new OperandException("'" + operation.name() + "' is not available on any device yet");
    }
    if (ListOperands.isColumnOfScalars(operation, inputs)) {
      return ManagedMatrix.adopt(
          ListOperands.column((ListValue) inputs[0], operation.precision(), context.allocator()));
    }
    Value[] flat = ListOperands.flatten(operation, inputs);
    if (!accelerators.isActive()) {
      return timedOnHost(operation, flat, context, time);
    }
    return runPlaced(operation, flat, context, time);
  }

  /**
   * As the other.
   *
   * @param work estimated nanoseconds if no operand were compressed: never less than it is, except
   *     of lists, whose elements it does not know
   */
  public Value run(Operation operation, Value[] inputs, ExecutionContext context, double work) {
    return accelerators.isWorthLooking(work) || ListOperands.anyList(inputs)
        ? run(operation, inputs, context)
        : runOnHost(operation, inputs, context);
  }

  private Value timedOnHost(
      Operation operation, Value[] flat, ExecutionContext context, KernelTime time) {
    if (time == KernelTime.UNHEARD) {
      return onHost(operation, flat, context);
    }
    long start = System.nanoTime();
    Value value = onHost(operation, flat, context);
    time.took(null, System.nanoTime() - start);
    return value;
  }

  @Override
  public boolean keepsToOneDevice() {
    return accelerators.keepsToOneDevice();
  }

  /** True when every result is looked at, so that each must be made by a kernel. */
  public boolean looksAtResults() {
    return trap != null;
  }

  /**
   * True when rows of a matrix that begin there, and as many behind them, are best read within it:
   * accelerators that have it can do that. Where none has it, a slice brings it there.
   */
  public boolean mayReadRows(ManagedMatrix matrix, long firstByte, long bytes) {
    return !places() || accelerators.haveRows(matrix, firstByte, bytes);
  }

  /**
   * True when operations may be handed to an accelerator now and their values used before they are
   * there. Where every result is looked at, each is waited for instead.
   */
  public boolean places() {
    return accelerators.isOpen() && trap == null;
  }

  /** True when numbers may be taken where an accelerator has them. */
  public boolean takesNumbers() {
    return places() && accelerators.relays();
  }

  /**
   * Hands an operation to an accelerator's worker, if the placement chooses one.
   *
   * @param inputs complete, but for numbers that an accelerator has, on its worker; referenced
   *     until {@code later} has been told
   * @return false when the operation is to run on the processor, or needs to know those numbers;
   *     {@code later} hears nothing then
   */
  public boolean submit(
      Operation operation, Value[] inputs, ExecutionContext context, Later later) {
    if (!places() || ListOperands.isColumnOfScalars(operation, inputs)) {
      return false;
    }
    Value[] flat = ListOperands.flatten(operation, inputs);
    double work = CompressedWork.nanos(operation, flat);
    DeviceWork task = new OneOperation(operation);
    AcceleratorWorker worker = accelerators.place(task, flat, work);
    Value[] there =
        worker == null ? null : accelerators.numbers().ofOperation(worker, operation, flat);
    if (there == null) {
      return false;
    }
    later.routed(worker);
    worker.submit(
        new LateCall(
            task,
            there,
            worker,
            accelerators,
            work,
            complete -> onHost(operation, complete, context),
            pool::submit,
            later));
    return true;
  }

  /** On the device that the placement chooses; on the processor after all when that one cannot. */
  private Value runPlaced(
      Operation operation, Value[] flat, ExecutionContext context, KernelTime time) {
    double work = CompressedWork.nanos(operation, flat);
    if (!accelerators.isWorthLooking(work)) {
      return timedOnHost(operation, flat, context, time);
    }
    DeviceWork task = new OneOperation(operation);
    AcceleratorWorker worker = accelerators.place(task, flat, work);
    if (worker != null) {
      WorkerCall call = new WorkerCall(operation, flat);
      try {
        Value value = call.on(worker);
        accelerators.ranOn(worker, task, work, call.nanos());
        if (call.isMeasured()) {
          time.took(worker, call.nanos());
        }
        if (trap != null) {
          lookAt(operation, flat, value);
        }
        return value;
      } catch (ResourceException e) {
        if (!accelerators.mayFallBack()) {
          throw e;
        }
        accelerators.fellBack(worker, operation, e);
      }
    }
    return observedOnHost(operation, flat, context, work, time);
  }

  /** As {@link #run}, for an operation that {@link #submit} has left to the processor. */
  public Value runHere(
      Operation operation, Value[] inputs, ExecutionContext context, KernelTime time) {
    if (!device.supports(operation) || ListOperands.isColumnOfScalars(operation, inputs)) {
      return run(operation, inputs, context, time);
    }
    Value[] flat = ListOperands.flatten(operation, inputs);
    return observedOnHost(operation, flat, context, CompressedWork.nanos(operation, flat), time);
  }

  /** As {@link #run}, on the processor whatever the placement says. */
  public Value runOnHost(Operation operation, Value[] inputs, ExecutionContext context) {
    if (!device.supports(operation) || ListOperands.isColumnOfScalars(operation, inputs)) {
      return run(operation, inputs, context);
    }
    return onHost(operation, ListOperands.flatten(operation, inputs), context);
  }

  private Value observedOnHost(
      Operation operation, Value[] flat, ExecutionContext context, double work, KernelTime time) {
    return timedOnHost(
        operation,
        flat,
        context,
        (worker, nanos) -> {
          accelerators.ranOnHost(new OneOperation(operation), work, nanos);
          time.took(worker, nanos);
        });
  }

  private Value onHost(Operation operation, Value[] flat, ExecutionContext context) {
    // The first operand is brought back by its pin, the others meanwhile.
    for (int i = 1; i < flat.length; i++) {
      memory.readAhead(flat[i]);
    }
    return memory.run(() -> attempt(operation, flat, context));
  }

  /** The result of something else that pins values and takes memory, as {@link #run} does. */
  @Override
  public <T> T inTurn(Supplier<T> attempt) {
    return memory.run(attempt);
  }

  /**
   * As the other.
   *
   * @param operands what it pins, among others
   */
  public <T> T inTurn(Value[] operands, Supplier<T> attempt) {
    return memory.run(() -> {
      memory.separateIfShort(operands);
      return attempt.get();
    });
  }

  /**
   * As {@link #run}, for who may have values pinned: does not wait when memory is short.
   *
   * @param flat without lists
   */
  public Value runWithin(Operation operation, Value[] flat, ExecutionContext context) {
    return attempt(operation, flat, context);
  }

  private Value attempt(Operation operation, Value[] flat, ExecutionContext context) {
    memory.separateIfShort(flat);
    try (PinnedOperands inputs = PinnedOperands.of(operation, flat)) {
      Operand[] operands = inputs.operands();
      Operand[] outputs = device.execute(operation, operands, context);
      retainInputs(outputs, operands);
      if (trap != null) {
        checkTraps(operation, operands, outputs);
      }
      return outputs.length == 1 ? adopt(outputs[0]) : adoptAll(outputs);
    }
  }

  private void checkTraps(Operation operation, Operand[] operands, Operand[] outputs) {
    try {
      trap.check(operation, operands, outputs);
    } catch (TrapException e) {
      adoptAll(outputs).release();
      throw e;
    }
  }

  /** Stops at a value that an accelerator has made, of which the host gets a copy. */
  private void lookAt(Operation operation, Value[] flat, Value value) {
    Value[] made =
        value instanceof ListValue list
            ? list.elements().toArray(Value[]::new)
            : new Value[] {value};
    try {
      memory.run(() -> {
        try (PinnedOperands inputs = PinnedOperands.of(operation, flat);
            PinnedOperands outputs = PinnedOperands.of(operation, made)) {
          trap.check(operation, inputs.operands(), outputs.operands());
        }
        return null;
      });
    } catch (RuntimeException | Error e) {
      value.release();
      throw e;
    }
  }

  /** A kernel may answer with the frame that it was given, which then has a second holder. */
  private static void retainInputs(Operand[] outputs, Operand[] operands) {
    for (Operand output : outputs) {
      if (output instanceof Frame frame && Arrays.asList(operands).contains(frame)) {
        frame.retain();
      }
    }
  }

  private static Value adopt(Operand output) {
    if (output instanceof MatrixOperand matrix) {
      return ManagedMatrix.adopt(matrix);
    }
    return output instanceof Scalar scalar ? scalar : (Frame) output;
  }

  private static Value adoptAll(Operand[] outputs) {
    List<Value> values = new ArrayList<>(outputs.length);
    for (Operand output : outputs) {
      values.add(adopt(output));
    }
    return new ListValue(List.of(), values);
  }
}
