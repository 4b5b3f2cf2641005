package dev.reprise.runtime.operation;

import dev.reprise.runtime.Shape;
import dev.reprise.runtime.ValueType;

/**
 * What is known of a result before it is computed.
 *
 * @param type the result's type
 * @param shape rows and columns of a matrix or frame; null when unknown or not applicable
 */
public record Meta(ValueType type, Shape shape) {
  public static final Meta DOUBLE = new Meta(ValueType.DOUBLE, null);
  public static final Meta INTEGER = new Meta(ValueType.INTEGER, null);
  public static final Meta BOOLEAN = new Meta(ValueType.BOOLEAN, null);
  public static final Meta STRING = new Meta(ValueType.STRING, null);

  public static Meta matrix(long rows, long cols) {
    return new Meta(ValueType.MATRIX, new Shape(rows, cols));
  }

  public static Meta matrix(Shape shape) {
    return new Meta(ValueType.MATRIX, shape);
  }
}
