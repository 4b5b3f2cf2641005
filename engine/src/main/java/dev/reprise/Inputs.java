package dev.reprise;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Values bound to variables of a script for one run; immutable. A value is a {@link Matrix}, a
 * {@code double[][]} (copied and identified by its content at each run; use {@link Session#matrix}
 * for what is bound often), a number, a boolean or a text.
 */
public final class Inputs {
  private static final Inputs NONE = new Inputs(new LinkedHashMap<>());

  private final Map<String, Object> values;

  private Inputs(Map<String, Object> values) {
    this.values = values;
  }

  public static Inputs none() {
    return NONE;
  }

  public static Inputs of(String name, Object value) {
    return NONE.and(name, value);
  }

  /** These inputs and one more. */
  public Inputs and(String name, Object value) {
    Objects.requireNonNull(name, "name");
    switch (value) {
      case Matrix _, double[][] _, Number _, Boolean _, String _ -> {}
      case null, default ->
          throw new IllegalArgumentException(
              "input '"
                  + name
                  + "' must be a Matrix, double[][], number, boolean or text, not "
                  + (value == null ? "null" : value.getClass().getName()));
    }
    Map<String, Object> copy = new LinkedHashMap<>(values);
    copy.put(name, value);
    return new Inputs(copy);
  }

  Map<String, Object> values() {
    return values;
  }
}
