package dev.reprise.scheduler;

import dev.reprise.memory.Completion;
import dev.reprise.memory.DeviceMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.memory.NumberCell;
import dev.reprise.memory.RowsView;
import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceNumber;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.DeviceSparse;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.accelerator.Mark;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** A task between its launch and its end: what it has pinned, and its results. Worker's thread. */
final class IssuedTask {
  private final DeviceTask task;
  private final DeviceMemory memory;
  private final Accelerator accelerator;
  private final List<MatrixValue> pinned = new ArrayList<>();

  // Parts of what is pinned.
  private final List<DeviceBuffer> parts = new ArrayList<>();
  private DeviceOperand[] outputs;
  private Mark mark;

  // Of inputs whose launches had not been decided.
  private List<Completion> awaited = List.of();

  // Not null once the value, or the cell of a number, has been given out; it owns the mark then.
  private Completion completion;
  private boolean isPublished;

  // Where the number lies that was given out as a cell, which is among what is pinned.
  private DeviceMatrix numberLeft;
  private long issuedAt;
  private long expectedNanos;

  /**
   * How a task ended.
   *
   * @param value the result, of which the receiver owns a reference; null when it was given out
   * @param issuedAt when the launch began, by {@link System#nanoTime}
   * @param nanos time that the device worked
   * @param isMeasured false when that is but its share of what several took together
   */
  record Outcome(Value value, long issuedAt, long nanos, boolean isMeasured) {}

  IssuedTask(DeviceTask task, DeviceMemory memory) {
    this.task = task;
    this.memory = memory;
    this.accelerator = memory.accelerator();
  }

  DeviceTask task() {
    return task;
  }

  void launch() {
    issuedAt = System.nanoTime();
    Value[] inputs = task.inputs();
    DeviceOperand[] operands = new DeviceOperand[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      operands[i] = operand(inputs[i]);
    }
    outputs = task.work().launch(accelerator, operands, memory);
    mark = accelerator.mark();
  }

  private DeviceOperand operand(Value input) {
    return switch (input) {
      case Scalar scalar -> scalar;
      case NumberCell number -> {
        DeviceMatrix there = (DeviceMatrix) memory.pin(number.cell(), this::awaits);
        pinned.add(number.cell());
        yield new DeviceNumber(there.buffer());
      }
      case ManagedMatrix matrix -> {
        DeviceOperand there = memory.pin(matrix, this::awaits);
        pinned.add(matrix);
        yield there;
      }
      case RowsView view -> {
        DeviceOperand there = memory.pin(view, this::awaits, parts::add);
        pinned.add(view);
        yield there;
      }
      default -> throw new IllegalArgumentException("no accelerator takes " + input);
    };
  }

  private void awaits(Completion making) {
    if (awaited.isEmpty()) {
      awaited = new ArrayList<>();
    }
    if (!awaited.contains(making)) {
      awaited.add(making);
    }
  }

  /** After a failed launch: waits until copies that have begun read nothing more, then lets go. */
  void giveUp() {
    try {
      if (!pinned.isEmpty()) {
        Mark behind = accelerator.mark();
        try {
          behind.await();
        } finally {
          behind.release();
        }
      }
    } catch (RuntimeException e) {
      // The device fails at this as well; it reads nothing more.
    } finally {
      letGo();
    }
  }

  private void letGo() {
    parts.forEach(DeviceBuffer::release);
    parts.clear();
    pinned.forEach(MatrixValue::unpin);
    pinned.clear();
    if (outputs != null) {
      for (DeviceOperand output : outputs) {
        switch (output) {
          case DeviceMatrix matrix -> matrix.buffer().release();
          case DeviceSparse matrix -> matrix.buffer().release();
          case DeviceNumber number -> throw new IllegalStateException("no kernel makes one");
          case Scalar scalar -> {}
        }
      }
      outputs = null;
    }
  }

  /**
   * Gives the value out before the operation has ended; null for a number, which the host must read
   * at the end: its cell alone can be given out before ({@link #publishNumber}). Numbers beside
   * matrices are none of cells: the seed that an operation has drawn. The caller owns a reference.
   */
  Value publish() {
    if (task.operation().opcode().returnsDouble()
        || outputs.length == 1 && outputs[0] instanceof Scalar) {
      return null;
    }
    completion = new Completion(mark, awaited);
    isPublished = true;
    try {
      return value();
    } catch (RuntimeException | Error e) {
      mark.release();
      throw e;
    }
  }

  /**
   * Gives the cell of a number out before the operation has ended, for what is launched later here;
   * null where none is made, or another than numbers of scripts are. The caller owns a reference.
   */
  ManagedMatrix publishNumber() {
    if (!task.operation().opcode().returnsDouble()
        || outputs.length != 1
        || !(outputs[0] instanceof DeviceMatrix cell)
        || cell.precision() != Precision.FP64) {
      return null;
    }
    completion = new Completion(mark, awaited);
    ManagedMatrix number;
    try {
      number = ManagedMatrix.adopt(cell, memory, completion);
    } catch (RuntimeException | Error e) {
      mark.release();
      throw e;
    }
    outputs[0] = Scalar.absent();
    try {
      // It is read here at the end, whoever has given it up by then.
      memory.pin(number);
    } catch (RuntimeException | Error e) {
      number.release();
      mark.release();
      throw e;
    }
    pinned.add(number);
    numberLeft = cell;
    return number;
  }

  /** Notes what was said of its time when the value was given out. */
  void expect(long nanos) {
    expectedNanos = nanos;
  }

  long expectedNanos() {
    return expectedNanos;
  }

  boolean isPublished() {
    return isPublished;
  }

  /** True when {@link #await} would not wait. */
  boolean isReached() {
    try {
      return mark.isReached();
    } catch (RuntimeException e) {
      // The wait will tell.
      return true;
    }
  }

  /** Waits for the end; without a value when that was given out. */
  Outcome await() {
    try {
      mark.await();
      long nanos = mark.nanos();
      if (completion == null) {
        // What it waited for has been decided: by this thread, in the order of the launches.
        awaited.forEach(Completion::await);
        return new Outcome(value(), issuedAt, nanos, mark.isMeasured());
      }
      DeviceException failure = completion.failureOfInput();
      if (failure != null) {
        throw failure;
      }
      boolean isMeasured = mark.isMeasured();
      Value value = isPublished ? null : value();
      completion.ended();
      return new Outcome(value, issuedAt, nanos, isMeasured);
    } catch (RuntimeException | Error e) {
      if (completion != null) {
        completion.failed(e);
      }
      throw e;
    } finally {
      if (completion == null) {
        mark.release();
      }
      letGo();
    }
  }

  private Value value() {
    List<Value> values = new ArrayList<>(outputs.length);
    try {
      addValues(values);
    } catch (RuntimeException | Error e) {
      values.forEach(Value::release);
      throw e;
    }
    return values.size() == 1 ? values.getFirst() : new ListValue(List.of(), values);
  }

  private void addValues(List<Value> values) {
    if (numberLeft != null) {
      values.add(number(numberLeft));
      return;
    }
    for (int i = 0; i < outputs.length; i++) {
      switch (outputs[i]) {
        case Scalar scalar -> values.add(scalar);
        case DeviceMatrix matrix when task.operation().opcode().returnsDouble() ->
            values.add(number(matrix));
        case DeviceMatrix matrix -> {
          values.add(ManagedMatrix.adopt(matrix, memory, completion));
          outputs[i] = Scalar.absent();
        }
        case DeviceNumber number -> throw new IllegalStateException("no kernel makes one");
        case DeviceSparse matrix -> {
          values.add(ManagedMatrix.adopt(matrix, memory, completion));
          outputs[i] = Scalar.absent();
        }
      }
    }
  }

  private Scalar number(DeviceMatrix matrix) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cell = arena.allocate(8, 64);
      accelerator.download(matrix.buffer(), cell, matrix.precision().bytesPerCell());
      return Scalar.of(
          matrix.precision() == Precision.FP64
              ? cell.get(ValueLayout.JAVA_DOUBLE, 0)
              : cell.get(ValueLayout.JAVA_FLOAT, 0));
    }
  }
}
