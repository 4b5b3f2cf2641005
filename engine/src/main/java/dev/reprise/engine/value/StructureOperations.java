package dev.reprise.engine.value;

import dev.reprise.runtime.FrameValue;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.StringScalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.Shapes;
import java.util.Map;

/** The operations that are answered from values' structure, without touching cells. */
public final class StructureOperations {

  /** One operation: borrowed, complete inputs; the caller owns the result. */
  @FunctionalInterface
  interface Function {
    Value apply(Operation operation, Value[] inputs);
  }

  private static final Map<String, Function> FUNCTIONS =
      Map.ofEntries(
          Map.entry("nrow", (op, in) -> Scalar.of(shape(op, in[0]).rows())),
          Map.entry("ncol", (op, in) -> Scalar.of(shape(op, in[0]).cols())),
          Map.entry("length", StructureOperations::length),
          Map.entry("list", Lists::make),
          Map.entry("listIndex", Lists::index),
          Map.entry("listAssign", Lists::assign),
          Map.entry("listAppend", Lists::append),
          Map.entry("listRemove", Lists::remove),
          Map.entry("names", Lists::names),
          Map.entry("as.list", Lists::fromValue),
          Map.entry("output", Lists::output),
          Map.entry("warm", StructureOperations::same));

  /**
   * The result of an operation; the caller owns one reference.
   *
   * @param inputs borrowed; known as far as {@link #isEnough} says, and the others complete
   * @throws dev.reprise.runtime.OperandException when they are none that the operation takes
   */
  public Value evaluate(Operation operation, Value[] inputs) {
    return FUNCTIONS.get(operation.name()).apply(operation, inputs);
  }

  /**
   * {@code listAppend} in constant time: the list with one element more, in place of a list that
   * only the caller holds and must not use any more.
   *
   * @param value borrowed
   */
  public ListValue append(ListValue list, Operation operation, Value value) {
    return Lists.appendTo(list, operation, value);
  }

  /**
   * {@code listAssign} in constant time for each element, in place of a list that only the caller
   * holds and must not use any more; null, with the list as it was, for a range that the value does
   * not fit.
   *
   * @param inputs borrowed: the list, the element or elements, their place, its end or an absent
   *     one
   * @throws dev.reprise.runtime.OperandException when there is no such place; the list is as it was
   */
  public ListValue assign(ListValue list, Value[] inputs) {
    return Lists.assignTo(list, inputs);
  }

  /**
   * {@code listRemove} without a copy of the elements, in place of a list that only the caller
   * holds and must not use any more; names are copied, unless the last one goes.
   *
   * @param inputs borrowed: the list, the place
   * @return the bundle that the operation returns; the caller owns one reference
   * @throws dev.reprise.runtime.OperandException when there is no such place; the list is as it was
   */
  public Value remove(ListValue list, Value[] inputs) {
    return Lists.removeFrom(list, inputs);
  }

  /** True when an operation asks no more of an operand than is known while that is in flight. */
  public static boolean isEnough(Operation operation, Value input) {
    return switch (operation.name()) {
      case "list" -> mayBeElement(input);
      case "nrow", "ncol", "length" -> Shapes.of(input) != null;
      default -> false;
    };
  }

  /** True when it may be an element: what it is, and its shape, is all that lists are asked for. */
  public static boolean mayBeElement(Value value) {
    ValueType type = value.type();
    return type != null
        && (type.isScalar() || type == ValueType.MATRIX && Shapes.of(value) != null);
  }

  private static Shape shape(Operation operation, Value value) {
    Value inner =
        value instanceof ListValue list && list.size() == 1 ? list.elements().getFirst() : value;
    if (inner instanceof ListValue list) {
      return new Shape(list.size(), 1);
    }
    Shape shape = Shapes.of(inner);
    if (shape == null) {
      throw new OperandException(
          "'" + operation.name() + "' needs a matrix or frame, but got " + Describe.value(value));
    }
    return shape;
  }

  private static Value same(Operation operation, Value[] inputs) {
    inputs[0].retain();
    return inputs[0];
  }

  private static Value length(Operation operation, Value[] inputs) {
    return switch (inputs[0]) {
      case ListValue list -> Scalar.of((long) list.size());
      case StringScalar text -> Scalar.of((long) text.value().length());
      case Scalar _ -> Scalar.of(1L);
      case FrameValue frame -> Scalar.of(frame.shape().cells());
      default -> Scalar.of(shape(operation, inputs[0]).cells());
    };
  }
}
