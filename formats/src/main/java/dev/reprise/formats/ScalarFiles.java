package dev.reprise.formats;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import java.nio.charset.StandardCharsets;

/** Scalars as text files: the value alone; a text takes the whole file. */
final class ScalarFiles {
  private ScalarFiles() {}

  /**
   * Reads the scalar that a file holds, a double unless another type is stated.
   *
   * @param verbatim whether a line end at the end of a text is part of it; editors add one
   */
  static Scalar read(ReadSettings settings, byte[] bytes, boolean verbatim) {
    String content = new String(bytes, StandardCharsets.UTF_8);
    String type = settings.valueType() == null ? "double" : settings.valueType();
    String text = content.strip();
    try {
      return switch (type) {
        case "string" ->
            Scalar.of(verbatim || !content.endsWith("\n") ? content : withoutLineEnd(content));
        case "double", "fp64" -> Scalar.of(number(text));
        case "int", "integer", "int64" -> Scalar.of(whole(text));
        case "boolean" -> Scalar.of(truth(text));
        default ->
            throw new FormatException(
                settings.file(),
                "value_type \""
                    + type
                    + "\" is no scalar type; use double, int, boolean or string");
      };
    } catch (NumberFormatException e) {
      throw new FormatException(
          settings.file(),
          1,
          1,
          "holds \""
              + NumberText.shortened(text)
              + "\" where one value of type "
              + type
              + " is due; state data_type= and value_type=");
    }
  }

  private static String withoutLineEnd(String content) {
    int end = content.length() - 1;
    return content.substring(0, end > 0 && content.charAt(end - 1) == '\r' ? end - 1 : end);
  }

  private static double number(String text) {
    double value = NumberText.parse(text);
    if (Double.isNaN(value) && !NumberText.isNaN(text)) {
      throw new NumberFormatException(text);
    }
    return value;
  }

  private static long whole(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      double value = number(text);
      if (value != Math.rint(value)) {
        throw e;
      }
      return (long) value;
    }
  }

  private static boolean truth(String text) {
    return switch (text) {
      case "TRUE", "true" -> true;
      case "FALSE", "false" -> false;
      default -> throw new NumberFormatException(text);
    };
  }

  /** The text that stands for a scalar in a file. */
  static String text(Scalar scalar) {
    return scalar.type() == ValueType.BOOLEAN
        ? Boolean.toString(scalar.asBoolean())
        : scalar.asString();
  }

  /** The name of a scalar's type in sidecars. */
  static String typeName(Scalar scalar) {
    return scalar.type() == ValueType.INTEGER ? "int" : scalar.type().label();
  }
}
