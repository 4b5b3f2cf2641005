package dev.reprise.engine.step;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.StepTrace;
import dev.reprise.engine.control.WriteLog;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.engine.replay.Restoration;
import dev.reprise.engine.value.ElementItems;
import dev.reprise.language.program.Instruction;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.cpu.frame.FrameInPlace;
import dev.reprise.runtime.cpu.shape.LeftIndexInPlace;
import dev.reprise.runtime.operation.Evaluation;
import java.util.Arrays;

/**
 * {@code X[...] = e} and {@code L[...] = e}: a new value for the target variable, written in place
 * when the variable holds the only reference. With one subscript it is an element of a list, or
 * rows of a matrix or frame, and with two cells, or an element of a list in its only column;
 * decided by the value.
 */
public final class AssignStep extends Steps.OperationStep implements WriteLog.DeferredWrite {
  /** After the target and the source come four bounds, some of them left out. */
  private static final int FIRST_BOUND = 2;

  private static final int SOURCE = 1;

  private final Pipeline pipeline;
  private final int target;
  private final boolean readInParFor;
  private final LinkedOperation ofRows;
  private final LinkedOperation ofElements;

  /**
   * @param ofRows the operation that assigns rows, with bounds of rows and columns; null when the
   *     operation itself has these
   * @param ofElements the operation that assigns elements of lists; null when it is the operation
   */
  public AssignStep(
      Pipeline pipeline,
      Instruction.Compute instruction,
      LinkedOperation operation,
      int[] inputs,
      boolean readInParFor,
      LinkedOperation ofRows,
      LinkedOperation ofElements) {
    super(instruction, operation, inputs);
    this.pipeline = pipeline;
    this.ofRows = ofRows;
    this.ofElements = ofElements;
    this.target = outputs[0];
    this.readInParFor = readInParFor;
  }

  @Override
  public StepTrace traceForm() {
    return ofRows == null
        ? StepTrace.ofWrite(operation.operation(), inputs, target, releases())
        : null;
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    if (context.run.resources().kernels().places()) {
      // What is written into may be lost with an accelerator: it must know what it has become.
      activation.traceAgain();
    }
    Value[] operands = gather(activation, inputs);
    if (ofElements != null && activation.isRecorded() && mayBeList(operands[0])) {
      // Which operation it is shows in the value, not in the recorded path.
      activation.traceAgain();
    }
    for (int i = 1; i < operands.length; i++) {
      operands[i] =
          i == SOURCE && becomesElement(context, operands[0])
              ? context.awaitedAsElement(operands[i])
              : context.completed(operands[i]);
    }
    LineageItem[] items = null;
    if (activation.isTraced()) {
      items = new LineageItem[inputs.length];
      for (int i = 0; i < items.length; i++) {
        items[i] = activation.items[inputs[i]];
      }
    }
    apply(context, activation, operands, items);
    releaseDead(activation);
  }

  /** True when what is assigned becomes a part of a list, now and not when a parfor loop ends. */
  private boolean becomesElement(ControlContext context, Value target) {
    return context.writes == null
        && (isOfStructure(operation)
            ? target.settled() instanceof ListValue
            : hasElements(target.settled()));
  }

  private static boolean mayBeList(Value value) {
    return value.type() == null || value.settled() instanceof ListValue;
  }

  private static Value[] elementsOf(Value[] operands) {
    if (operands[FIRST_BOUND] instanceof Scalar first && first.isAbsent()) {
      throw new OperandException("an assignment to a list needs a position or a name");
    }
    return SubscriptStep.withoutColumns(operands);
  }

  private static boolean isOfStructure(LinkedOperation assignment) {
    return assignment.operation().opcode().evaluation() == Evaluation.STRUCTURE;
  }

  private static boolean hasElements(Value value) {
    return value instanceof ListValue list && SubscriptStep.hasElements(list);
  }

  /** Applies the assignment to the target variable, or notes it for the merge of a parfor loop. */
  @Override
  public void apply(
      ControlContext context, Activation activation, Value[] operands, LineageItem[] items) {
    if (context.writes != null && context.writes.covers(activation, target)) {
      note(context, operands, items);
      if (!readInParFor) {
        return;
      }
    }
    Value current = value(activation, inputs[0]);
    operands[0] = context.awaited(current);
    boolean rows = ofRows != null && SubscriptStep.hasRows(operands[0]);
    boolean elements = ofElements != null && hasElements(operands[0]);
    LinkedOperation assignment = rows ? ofRows : elements ? ofElements : operation;
    Value[] values =
        rows ? SubscriptStep.withAllColumns(operands) : elements ? elementsOf(operands) : operands;
    LineageItem item = null;
    if (items != null) {
      LineageItem[] all =
          rows
              ? SubscriptStep.withAllColumns(items)
              : Arrays.copyOf(items, elements ? values.length : items.length);
      all[0] = activation.items[inputs[0]];
      item =
          isOfStructure(assignment)
              ? ElementItems.assigned(assignment.operation(), all)
              : LineageItem.of(assignment.operation(), all);
    }
    // A handle may stand in several variables while its matrix counts one reference, the handle's
    // own.
    boolean owned = inputs[0] == target && operands[0] == current;
    if (owned && operands[0] instanceof ListValue list && isOfStructure(assignment)) {
      assignElement(context, activation, list, assignment, values, item);
      return;
    }
    if (owned
        && (writeInPlace(context, assignment, values)
            || writeFrameInPlace(context, assignment, values))) {
      if (items != null) {
        activation.items[target] = item;
        Restoration.note(operands[0], item);
      }
      return;
    }
    Value result = evaluate(context, assignment, values);
    Restoration.note(result, item);
    activation.bind(target, result, item);
  }

  /** A list that nobody holds but the variable is not copied. */
  private void assignElement(
      ControlContext context,
      Activation activation,
      ListValue list,
      LinkedOperation assignment,
      Value[] operands,
      LineageItem item) {
    ListValue changed =
        list.hasOneHolder() && operands[1] != list
            ? context.run.resources().structures().assign(list, operands)
            : null;
    if (changed != null) {
      // Its reference is the changed list's now.
      activation.forget(target);
    } else {
      changed = (ListValue) evaluate(context, assignment, operands);
    }
    activation.bind(target, changed, item);
  }

  private Value evaluate(ControlContext context, LinkedOperation assignment, Value[] operands) {
    if (isOfStructure(assignment)) {
      return context.run.resources().structures().evaluate(assignment.operation(), operands);
    }
    // A list of one stands for its element, which may still be to come.
    context.completed(operands[0]);
    return pipeline.executeInline(context, assignment, operands);
  }

  private void note(ControlContext context, Value[] operands, LineageItem[] items) {
    Value[] kept = operands.clone();
    kept[0] = null;
    for (int i = 1; i < kept.length; i++) {
      kept[i].retain();
    }
    context.writes.add(new WriteLog.Write(this, kept, items));
  }

  /**
   * Writes into the target's cells when nobody else can see them.
   *
   * @param operands the first one by the only reference of the caller, if he holds one
   * @return false when nothing was written
   */
  public static boolean writeInPlace(
      ControlContext context, LinkedOperation assignment, Value[] operands) {
    if (!(operands[0] instanceof ManagedMatrix matrix)
        || operands[1] == matrix
        || !hasScalarBounds(operands)
        || !matrix.becomesExclusive()
        || isBetterOnDevice(matrix, operands[1])
        || (matrix.isCompressed() && !LeftIndexInPlace.isDenseAffordable(matrix.shape()))) {
      return false;
    }
    long start = System.nanoTime();
    HostMemory memory = context.run.resources().memory();
    switch (operands[1]) {
      case Scalar scalar ->
          memory.run(() -> {
            write(context, assignment, matrix, scalar, operands);
            return null;
          });
      case MatrixValue source ->
          memory.run(() -> {
            MatrixOperand cells = source.pinHost();
            try {
              write(context, assignment, matrix, cells, operands);
            } finally {
              source.unpin();
            }
            return null;
          });
      default -> {
        return false;
      }
    }
    context.counters.executed(
        assignment.index(), assignment.operation(), start, System.nanoTime() - start);
    return true;
  }

  /**
   * True when both lie on an accelerator and much of the target is written, so that copying it
   * there costs less than bringing both home. Otherwise the target comes home once, and loops that
   * fill it write in place.
   */
  private static boolean isBetterOnDevice(ManagedMatrix target, Value source) {
    return !target.isOnHost()
        && target.isOnDevice()
        && source instanceof ManagedMatrix part
        && !part.isOnHost()
        && part.shape().cells() * 8 >= target.shape().cells();
  }

  /** Writes into the columns of the target's frame that nobody else can see. */
  private static boolean writeFrameInPlace(
      ControlContext context, LinkedOperation assignment, Value[] operands) {
    if (!(operands[0] instanceof Frame)) {
      return false;
    }
    long start = System.nanoTime();
    Operand[] parts = new Operand[operands.length];
    for (int i = 0; i < parts.length; i++) {
      if (!(operands[i] instanceof Operand part)) {
        return false;
      }
      parts[i] = part;
    }
    if (!FrameInPlace.write(parts)) {
      return false;
    }
    context.counters.executed(
        assignment.index(), assignment.operation(), start, System.nanoTime() - start);
    return true;
  }

  private static void write(
      ControlContext context,
      LinkedOperation assignment,
      ManagedMatrix target,
      Operand source,
      Value[] operands) {
    Allocator allocator = context.kernel.allocator();
    Operand[] parts = new Operand[operands.length];
    parts[0] = target.pinWritable(allocator);
    try {
      parts[1] = source;
      for (int i = FIRST_BOUND; i < parts.length; i++) {
        parts[i] = (Scalar) operands[i];
      }
      LeftIndexInPlace.write(assignment.operation(), parts, allocator);
    } finally {
      target.unpin();
    }
  }

  /** False for a matrix of one cell as a bound, which the kernel takes. */
  private static boolean hasScalarBounds(Value[] operands) {
    for (int i = FIRST_BOUND; i < operands.length; i++) {
      if (!(operands[i] instanceof Scalar)) {
        return false;
      }
    }
    return true;
  }
}
