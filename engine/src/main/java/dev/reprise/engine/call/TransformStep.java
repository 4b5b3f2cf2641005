package dev.reprise.engine.call;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Origin;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.pipeline.Pipeline;
import dev.reprise.engine.replay.Restoration;
import dev.reprise.engine.step.AssignStep;
import dev.reprise.engine.step.Steps;
import dev.reprise.engine.stored.OutputsOfOne;
import dev.reprise.engine.value.Describe;
import dev.reprise.language.program.CalledFunctions;
import dev.reprise.language.program.Instruction;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import java.util.Arrays;
import java.util.Collections;

/**
 * {@code transformencode} and {@code transformapply}: kernels, after which columns of the matrix
 * pass through functions of the script where the spec has {@code udf}. As after {@code X[, a:b] =
 * f(X[, a:b])}, the called functions' operations are traced, not the calls.
 */
public final class TransformStep extends Steps.Kernel {
  private static final Scalar ALL = Scalar.absent();

  private final Pipeline pipeline;
  private final Functions callees;
  private final LinkedOperation functions;
  private final LinkedOperation part;
  private final LinkedOperation whole;
  private final boolean learns;

  /**
   * @param functions {@code transformFunctions}, which says what is called for which columns
   * @param part {@code rightIndex}
   * @param whole {@code leftIndex}
   */
  public TransformStep(
      Pipeline pipeline,
      Functions callees,
      Instruction.Compute instruction,
      LinkedOperation operation,
      int[] inputs,
      LinkedOperation functions,
      LinkedOperation part,
      LinkedOperation whole) {
    super(pipeline, instruction, operation, inputs);
    this.pipeline = pipeline;
    this.callees = callees;
    this.functions = functions;
    this.part = part;
    this.whole = whole;
    this.learns = operation.name().equals("transformencode");
  }

  /** A matrix on its way through the functions; holds a reference to it. */
  private static final class Passing {
    private Value matrix;
    private LineageItem item;

    Passing(Value matrix, LineageItem item) {
      this.matrix = matrix;
      this.item = item;
      matrix.retain();
    }

    /** Takes over the reference to what the matrix has become. */
    void become(Value next, LineageItem nextItem) {
      matrix.release();
      matrix = next;
      item = nextItem;
    }
  }

  /** All rows of some columns, as operations that index take them. */
  private record ColumnRange(Scalar first, Scalar last) {
    private Scalar[] indexes() {
      return new Scalar[] {ALL, ALL, first, last};
    }

    Value[] operands(Value... matrices) {
      Scalar[] indexes = indexes();
      Value[] operands = Arrays.copyOf(matrices, matrices.length + indexes.length, Value[].class);
      System.arraycopy(indexes, 0, operands, matrices.length, indexes.length);
      return operands;
    }

    /** Null when nothing is traced. */
    LineageItem item(LinkedOperation operation, LineageItem... matrices) {
      if (matrices[0] == null) {
        return null;
      }
      Scalar[] indexes = indexes();
      LineageItem[] inputs = Arrays.copyOf(matrices, matrices.length + indexes.length);
      for (int i = 0; i < indexes.length; i++) {
        inputs[matrices.length + i] = LineageItem.literal(indexes[i]);
      }
      return LineageItem.of(operation.operation(), inputs);
    }
  }

  @Override
  public void run(ControlContext context, Activation activation) {
    Value spec = context.completed(activation, inputs[learns ? 1 : 2]);
    if (outputs[0] < 0
        || !(spec instanceof Scalar text)
        || !CalledFunctions.mayBeNamedInSpec(text.asString())) {
      super.run(context, activation);
      return;
    }
    activation.traceAgain();
    Value[] values = gather(activation, inputs);
    LineageItem item = trace(activation, operation.operation(), inputs);
    Value made = computed(context, activation, operation, values, item);
    Passing passing = null;
    try {
      Value result = context.completed(made);
      Value meta = values[1];
      LineageItem metaItem = activation.item(inputs[1]);
      Value matrix = result;
      LineageItem matrixItem = item;
      if (learns) {
        matrix = ((ListValue) result).elements().get(0);
        matrixItem = output(0, item);
        meta = ((ListValue) result).elements().get(1);
        metaItem = output(1, item);
      }
      LineageItem asked = item == null ? null : metaItem;
      String calls = calls(context, activation, new Value[] {values[0], meta, spec}, asked);
      passing = new Passing(matrix, matrixItem);
      for (String line : calls.lines().toList()) {
        String[] words = line.split(" ");
        pass(
            context,
            activation,
            words[0].translateEscapes(),
            Long.parseLong(words[1]),
            Long.parseLong(words[2]),
            passing);
      }
      passing.matrix.retain();
      activation.bind(outputs[0], passing.matrix, passing.item);
      if (learns && outputs.length > 1) {
        meta.retain();
        activation.bind(outputs[1], meta, metaItem);
      }
    } finally {
      if (passing != null) {
        passing.matrix.release();
      }
      made.release();
    }
    releaseDead(activation);
  }

  /**
   * Which functions are called for which columns, a line each.
   *
   * @param values the frame, what is known of its columns, the spec
   * @param metaItem null when nothing is traced
   */
  private String calls(
      ControlContext context, Activation activation, Value[] values, LineageItem metaItem) {
    LineageItem frame = activation.item(inputs[0]);
    LineageItem spec = activation.item(inputs[learns ? 1 : 2]);
    LineageItem item =
        metaItem == null ? null : LineageItem.of(functions.operation(), frame, metaItem, spec);
    Value calls = computed(context, activation, functions, values, item);
    String lines = ((Scalar) context.completed(calls)).asString();
    calls.release();
    return lines;
  }

  private Value computed(
      ControlContext context,
      Activation activation,
      LinkedOperation what,
      Value[] values,
      LineageItem item) {
    return pipeline.compute(context, what, values, item, new Origin(this, activation));
  }

  private static LineageItem output(int index, LineageItem bundle) {
    return bundle == null ? null : LineageItem.of(OutputsOfOne.operation(index), bundle);
  }

  /** {@code X[, from:to] = f(X[, from:to])}; a column without codes has no columns here. */
  private void pass(
      ControlContext context,
      Activation activation,
      String name,
      long from,
      long to,
      Passing passing) {
    if (to < from) {
      return;
    }
    ColumnRange range = new ColumnRange(Scalar.of(from), Scalar.of(to));
    LineageItem taken = range.item(part, passing.item);
    Value column = computed(context, activation, part, range.operands(passing.matrix), taken);
    try {
      LinkedProcedure callee = callees.require(name);
      Invocation.call(
          context,
          activation,
          callee,
          Invocation.match(callee, Collections.singletonList(null)),
          new Value[] {column},
          taken == null ? null : new LineageItem[] {taken},
          new int[] {outputs[0]},
          position());
      Value given = context.completed(activation, outputs[0]);
      requireShape(name, given, ((MatrixValue) context.completed(column)).shape());
      LineageItem put = range.item(whole, passing.item, activation.item(outputs[0]));
      Value[] operands = range.operands(passing.matrix, given);
      // Others hold the matrix as it was encoded, but only we what the last function made of it.
      if (AssignStep.writeInPlace(context, whole, operands)) {
        passing.item = put;
      } else {
        passing.become(pipeline.executeInline(context, whole, operands), put);
      }
      Restoration.note(passing.matrix, put);
    } finally {
      column.release();
    }
  }

  private static void requireShape(String name, Value given, Shape wanted) {
    if (!(given instanceof MatrixValue matrix) || !matrix.shape().equals(wanted)) {
      throw new OperandException(
          "the function '"
              + name
              + "' of the transform spec must return a matrix of "
              + wanted
              + ", as it gets, but returned "
              + Describe.one(given));
    }
  }

  @Override
  public LineageItem itemOrNull(Activation activation) {
    // Not what the functions make of it.
    return null;
  }
}
