package dev.reprise.engine.value;

import dev.reprise.runtime.FrameValue;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.PendingValue;
import java.util.function.Supplier;

/** Short descriptions of values for messages: types and shapes, never whole contents. */
public final class Describe {
  private static final int TEXT_LIMIT = 40;

  private Describe() {}

  /** The description of a value, such as {@code matrix 3 x 4}; of null it is {@code nothing}. */
  public static String value(Value value) {
    return form(value).get();
  }

  /** The description of a value, for later: it keeps nothing of the value but shape and number. */
  public static Supplier<String> form(Value value) {
    return switch (value) {
      case null -> () -> "nothing";
      case MatrixValue matrix -> shaped(ValueType.MATRIX, matrix.shape());
      case FrameValue frame -> shaped(ValueType.FRAME, frame.shape());
      case ListValue list -> {
        int size = list.size();
        yield () -> "list of " + size;
      }
      case Scalar scalar when scalar.type() == ValueType.STRING -> () -> text(scalar.asString());
      case Scalar scalar -> () -> scalar.type().label() + " " + scalar.asString();
      case PendingValue pending when pending.meta() == null || pending.meta().shape() == null ->
          () -> "value";
      case PendingValue pending -> shaped(pending.meta().type(), pending.meta().shape());
      default -> value.type()::label;
    };
  }

  private static Supplier<String> shaped(ValueType type, Shape shape) {
    return () -> type.label() + " " + shape;
  }

  /** True for an option that nobody gave. */
  public static boolean isLeftOut(Value value) {
    return value instanceof Scalar scalar && scalar.isAbsent();
  }

  /** The same with an article: {@code an integer 3}. */
  public static String one(Value value) {
    String described = value(value);
    return value == null
        ? described
        : ("aeiou".indexOf(described.charAt(0)) < 0 ? "a " : "an ") + described;
  }

  private static String text(String text) {
    String shown = text.length() > TEXT_LIMIT ? text.substring(0, TEXT_LIMIT) + "..." : text;
    return "string \"" + shown.replace("\n", "\\n") + "\"";
  }
}
