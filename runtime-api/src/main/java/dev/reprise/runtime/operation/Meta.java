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
  /** A number. */
  public static final Meta DOUBLE = new Meta(ValueType.DOUBLE, null);

  /** A whole number. */
  public static final Meta INTEGER = new Meta(ValueType.INTEGER, null);

  /** A truth value. */
  public static final Meta BOOLEAN = new Meta(ValueType.BOOLEAN, null);

  /** A text. */
  public static final Meta STRING = new Meta(ValueType.STRING, null);

  /**
   * A matrix.
   *
   * @param rows number of rows
   * @param cols number of columns
   * @return what is known of it
   */
  public static Meta matrix(long rows, long cols) {
    return new Meta(ValueType.MATRIX, new Shape(rows, cols));
  }

  /**
   * A matrix.
   *
   * @param shape rows and columns; null when unknown
   * @return what is known of it
   */
  public static Meta matrix(Shape shape) {
    return new Meta(ValueType.MATRIX, shape);
  }
}
