package dev.reprise.runtime;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A text.
 *
 * @param value not null
 */
public record StringScalar(String value) implements Scalar {

  /** Refuses null. */
  public StringScalar {
    Objects.requireNonNull(value);
  }

  @Override
  public ValueType type() {
    return ValueType.STRING;
  }

  @Override
  public long bytes() {
    return value.getBytes(StandardCharsets.UTF_8).length;
  }

  @Override
  public double asDouble() {
    try {
      return Double.parseDouble(value.strip());
    } catch (NumberFormatException e) {
      throw new OperandException("the text \"" + value + "\" is not a number");
    }
  }

  @Override
  public long asLong() {
    try {
      return Long.parseLong(value.strip());
    } catch (NumberFormatException e) {
      return (long) asDouble();
    }
  }

  @Override
  public boolean asBoolean() {
    return switch (value.strip()) {
      case "TRUE", "true" -> true;
      case "FALSE", "false" -> false;
      default -> throw new OperandException("the text \"" + value + "\" is neither TRUE nor FALSE");
    };
  }

  @Override
  public String asString() {
    return value;
  }
}
