package dev.reprise.engine.step;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ScalarItems;
import dev.reprise.engine.value.Describe;
import dev.reprise.language.program.Procedure.DeclaredType;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;

/** Conversions between declared types of parameters and results and the values bound to them. */
public final class Conversions {
  static final Operation AS_DOUBLE = operation("as.double");
  private static final Operation AS_INTEGER = operation("as.integer");
  private static final Operation AS_LOGICAL = operation("as.logical");
  private static final Operation AS_STRING = operation("as.string");

  private Conversions() {}

  private static Operation operation(String name) {
    return new Operation(OperationTable.standard().get(name));
  }

  public static boolean fits(ValueType actual, DeclaredType declared) {
    return switch (declared) {
      case UNKNOWN -> true;
      case DOUBLE -> actual == ValueType.DOUBLE;
      case INTEGER -> actual == ValueType.INTEGER;
      case BOOLEAN -> actual == ValueType.BOOLEAN;
      case STRING -> actual == ValueType.STRING;
      case MATRIX -> actual == ValueType.MATRIX;
      case FRAME -> actual == ValueType.FRAME;
      case LIST -> actual == ValueType.LIST;
    };
  }

  /** Rebinds a slot to the converted scalar; the conversion is part of its lineage. */
  public static void convert(
      Activation activation, int slot, Value value, DeclaredType type, String name) {
    if (!(value instanceof Scalar scalar)) {
      throw mismatch(value, type, name);
    }
    Operation operation = castTo(type);
    if (operation == null) {
      throw mismatch(value, type, name);
    }
    Scalar converted = castNamed(scalar, type, name);
    if (type == DeclaredType.INTEGER && !scalar.fitsLong() && Double.isNaN(scalar.asDouble())) {
      // As an integer it would be 0: a seed, a size, a number of epochs that nobody asked for.
      throw new OperandException("'" + name + "' is declared as integer but got NaN");
    }
    LineageItem item =
        activation.isTraced() ? traced(operation, activation.items[slot], converted) : null;
    activation.bind(slot, converted, item);
  }

  /** A literal keeps the name that a script gave it. */
  private static LineageItem traced(Operation operation, LineageItem input, Scalar converted) {
    return input.literalNames().isEmpty()
        ? ScalarItems.of(operation, input, converted)
        : LineageItem.literal(converted, input.literalNames());
  }

  private static Operation castTo(DeclaredType type) {
    return switch (type) {
      case DOUBLE -> AS_DOUBLE;
      case INTEGER -> AS_INTEGER;
      case BOOLEAN -> AS_LOGICAL;
      case STRING -> AS_STRING;
      default -> null;
    };
  }

  private static Scalar cast(Scalar scalar, DeclaredType type) {
    return switch (type) {
      case DOUBLE -> Scalar.of(scalar.asDouble());
      case INTEGER -> Scalar.of(scalar.asLong());
      case BOOLEAN -> Scalar.of(scalar.asBoolean());
      default -> Scalar.of(scalar.asString());
    };
  }

  /** The cast; of a text that is no such value the message names what it was given for. */
  private static Scalar castNamed(Scalar scalar, DeclaredType type, String name) {
    try {
      return cast(scalar, type);
    } catch (OperandException e) {
      throw scalar.type() == ValueType.STRING ? mismatch(scalar, type, name) : e;
    }
  }

  private static OperandException mismatch(Value value, DeclaredType type, String name) {
    return new OperandException(
        "'"
            + name
            + "' is declared as "
            + type.name().toLowerCase(java.util.Locale.ROOT)
            + " but got "
            + Describe.one(value));
  }
}
