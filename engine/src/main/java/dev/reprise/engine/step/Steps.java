package dev.reprise.engine.step;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Origin;
import dev.reprise.engine.control.ScalarItems;
import dev.reprise.engine.control.Step;
import dev.reprise.engine.control.StepTrace;
import dev.reprise.engine.control.UntracedIteration;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.engine.value.Describe;
import dev.reprise.language.program.Instruction;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.cpu.cell.ScalarBinary;
import dev.reprise.runtime.cpu.cell.ScalarUnary;
import dev.reprise.runtime.operation.Operation;

/**
 * Steps of pure operations: scalars on the control thread, everything else through the pipeline.
 */
public final class Steps {
  private Steps() {}

  /** A step over an operation of the table, with its operands remapped to the activation. */
  public abstract static class OperationStep extends Step {
    public final LinkedOperation operation;
    public final int[] inputs;
    public final int[] outputs;

    protected OperationStep(
        Instruction.Compute instruction, LinkedOperation operation, int[] inputs) {
      super(instruction.position(), instruction.releases());
      this.operation = operation;
      this.inputs = inputs;
      this.outputs = instruction.outputs();
    }

    @Override
    public String describe() {
      return operation.operation().scriptName();
    }

    @Override
    public int[] inputs() {
      return inputs;
    }

    @Override
    public LineageItem itemOrNull(Activation activation) {
      for (int operand : inputs) {
        if (activation.item(operand) == null) {
          return null;
        }
      }
      return trace(activation, operation.operation(), inputs);
    }

    /**
     * The text of an operand, once that is complete.
     *
     * @param wanted what it is, for who gave something else
     */
    final String text(ControlContext context, Activation activation, int operand, String wanted) {
      Value given = context.completed(activation, inputs[operand]);
      if (given instanceof Scalar text && !text.isAbsent()) {
        return text.asString();
      }
      throw new OperandException(
          "'" + describe() + "' needs " + wanted + ", but got " + Describe.one(given));
    }

    /** What this step makes, which is being run, also where the iteration is recorded. */
    public final LineageItem tracedOrRecorded(Activation activation) {
      if (activation.isRecorded()) {
        LineageItem item = activation.recorder.itemOfStep();
        if (item != null) {
          return item;
        }
        activation.traceAgain();
      }
      return trace(activation, operation.operation(), inputs);
    }

    /**
     * The item of an operand of this step, which is being run.
     *
     * @param needed whether it is to be made where iterations are recorded
     */
    public final LineageItem itemOf(int operand, Activation activation, boolean needed) {
      return needed
          ? tracedOrRecorded(activation).input(operand)
          : activation.item(inputs[operand]);
    }

    public final LineageItem trace(Activation activation, Operation traced, int[] operands) {
      LineageItem[] items = activation.items;
      if (items == null) {
        return null;
      }
      return switch (operands.length) {
        case 1 -> LineageItem.of(traced, items[operands[0]]);
        case 2 -> LineageItem.of(traced, items[operands[0]], items[operands[1]]);
        default -> {
          LineageItem[] all = new LineageItem[operands.length];
          for (int i = 0; i < all.length; i++) {
            all[i] = items[operands[i]];
          }
          yield LineageItem.of(traced, all);
        }
      };
    }
  }

  /** An operation that runs as a kernel. */
  public static class Kernel extends OperationStep {
    private final Pipeline pipeline;
    private final OutputItems outputItems;
    private final boolean takesFew;

    public Kernel(
        Pipeline pipeline,
        Instruction.Compute instruction,
        LinkedOperation operation,
        int[] inputs) {
      super(instruction, operation, inputs);
      this.pipeline = pipeline;
      this.outputItems = OutputItems.of(operation.operation().opcode(), outputs.length);
      this.takesFew = outputItems == null && pipeline.takesFew(operation);
    }

    @Override
    public void run(ControlContext context, Activation activation) {
      Value[] values = gather(activation, inputs);
      LineageItem item = trace(activation, operation.operation(), inputs);
      compute(context, activation, values, item);
    }

    final void compute(
        ControlContext context, Activation activation, Value[] values, LineageItem traced) {
      if (takesFew) {
        Value few = pipeline.computeFewOrNull(context, activation, operation, values, traced);
        if (few != null) {
          activation.bind(outputs[0], few, traced);
          releaseDead(activation);
          return;
        }
      }
      LineageItem item = traced;
      boolean sampled = activation.sampled;
      if (activation.isRecorded()
          && pipeline.needsItem(context, activation, operation, values, UntracedIteration.RESULT)) {
        if (pipeline.mayLose(operation, values)) {
          activation.traceAgain();
        }
        item = tracedOrRecorded(activation);
      }
      Origin origin = new Origin(this, activation);
      Value value =
          sampled
              ? pipeline.computeSampled(context, operation, values, item, origin)
              : pipeline.compute(context, operation, values, item, origin);
      if (outputItems == null) {
        activation.bind(outputs[0], value, item);
      } else {
        outputItems.bind(context, activation, outputs, value, item, operation.operation(), values);
      }
      releaseDead(activation);
    }

    @Override
    public StepTrace traceForm() {
      return outputItems == null
          ? StepTrace.of(operation.operation(), inputs, outputs[0], releases())
          : null;
    }
  }

  /** A kernel whose seed, when left out or negative, is drawn before the operation is traced. */
  public static final class Seeded extends Kernel {
    private final int seedAt;

    public Seeded(
        Pipeline pipeline,
        Instruction.Compute instruction,
        LinkedOperation operation,
        int[] inputs) {
      super(pipeline, instruction, operation, inputs);
      this.seedAt = operation.operation().opcode().seedParameter();
    }

    @Override
    public void run(ControlContext context, Activation activation) {
      Value[] values = gather(activation, inputs);
      values[seedAt] = context.completed(activation, inputs[seedAt]);
      requireSeed(values[seedAt]);
      if (!(values[seedAt] instanceof Scalar given) || (!given.isAbsent() && given.asLong() >= 0)) {
        compute(context, activation, values, trace(activation, operation.operation(), inputs));
        return;
      }
      context.cannotRepeat();
      context.run.journal().drewSeed();
      Scalar seed = Scalar.of(context.seeds.next());
      values[seedAt] = seed;
      LineageItem item = null;
      if (activation.isTraced()) {
        LineageItem[] items = new LineageItem[inputs.length];
        for (int i = 0; i < items.length; i++) {
          items[i] = i == seedAt ? LineageItem.literal(seed) : activation.items[inputs[i]];
        }
        item = LineageItem.of(operation.operation(), items);
      }
      compute(context, activation, values, item);
    }

    /** NaN would be 0, and all numbers that are too large one seed. */
    private void requireSeed(Value value) {
      if (value instanceof Scalar seed && !seed.fitsLong()) {
        throw new OperandException(
            "'"
                + operation.operation().scriptName()
                + "' needs a whole number of 64 bits as seed, but got "
                + seed.asString()
                + "; leave the seed out for one that is drawn");
      }
    }

    @Override
    public StepTrace traceForm() {
      return null;
    }
  }

  /** A two-operand operation with a scalar form. */
  public static final class Binary extends Kernel {
    private final ScalarBinary function;
    private final int left;
    private final int right;
    private final int output;

    public Binary(
        Pipeline pipeline,
        Instruction.Compute instruction,
        LinkedOperation operation,
        int[] inputs,
        ScalarBinary function) {
      super(pipeline, instruction, operation, inputs);
      this.function = function;
      this.left = inputs[0];
      this.right = inputs[1];
      this.output = outputs[0];
    }

    @Override
    public void run(ControlContext context, Activation activation) {
      Value[] values = activation.values;
      if (values[left] instanceof Scalar x && values[right] instanceof Scalar y) {
        Scalar result = function.apply(x, y);
        LineageItem[] items = activation.items;
        LineageItem item =
            items == null
                ? null
                : ScalarItems.of(operation.operation(), items[left], items[right], result);
        context.counters.executed[operation.index()]++;
        activation.bind(output, result, item);
        releaseDead(activation);
      } else {
        super.run(context, activation);
      }
    }

    @Override
    public StepTrace traceForm() {
      return StepTrace.ofScalars(operation.operation(), inputs, output, releases());
    }
  }

  /** A one-operand operation with a scalar form. */
  public static final class Unary extends Kernel {
    private final ScalarUnary function;

    public Unary(
        Pipeline pipeline,
        Instruction.Compute instruction,
        LinkedOperation operation,
        int[] inputs,
        ScalarUnary function) {
      super(pipeline, instruction, operation, inputs);
      this.function = function;
    }

    @Override
    public void run(ControlContext context, Activation activation) {
      if (activation.values[inputs[0]] instanceof Scalar x) {
        Scalar result = function.apply(x);
        LineageItem[] items = activation.items;
        LineageItem item =
            items == null ? null : ScalarItems.of(operation.operation(), items[inputs[0]], result);
        context.counters.executed[operation.index()]++;
        activation.bind(outputs[0], result, item);
        releaseDead(activation);
      } else {
        super.run(context, activation);
      }
    }

    @Override
    public StepTrace traceForm() {
      return StepTrace.ofScalars(operation.operation(), inputs, outputs[0], releases());
    }
  }

  /** {@code to = from}. */
  public static final class Copy extends Step {
    private final int from;
    private final int to;
    private final LineageItem named;

    /**
     * @param named the item when a constant is copied to a variable, else null
     */
    public Copy(Instruction.Copy instruction, int from, LineageItem named) {
      super(instruction.position(), instruction.releases());
      this.from = from;
      this.to = instruction.to();
      this.named = named;
    }

    @Override
    public void run(ControlContext context, Activation activation) {
      Value value = value(activation, from);
      value.retain();
      activation.bind(to, value, named == null ? activation.item(from) : named);
      releaseDead(activation);
    }

    @Override
    public StepTrace traceForm() {
      return StepTrace.ofCopy(from, to, named, releases());
    }

    @Override
    public String describe() {
      return "=";
    }

    @Override
    public int[] inputs() {
      return new int[] {from};
    }
  }
}
