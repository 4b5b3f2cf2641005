package dev.reprise;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Values bound to variables of a script for one run; immutable, and may be used for any number of
 * runs, by any thread. A value is
 *
 * <ul>
 *   <li>a {@link Matrix}, or a {@code double[][]} of rows that are equally long,
 *   <li>a number (whole ones as {@code Integer}, {@code Long}, {@code Short} or {@code Byte}, all
 *       others as double), a boolean or a text,
 *   <li>{@link Columns}: a frame,
 *   <li>a {@link java.util.List} of such values: a list; or a {@link Map} from texts to such
 *       values: a list with names, in the order of the map's iteration. Both may lie in one
 *       another.
 * </ul>
 *
 * <p>Lists and maps are copied, however deep, when they are given. A {@code double[][]}, also one
 * in a list, is copied and identified by its content at each run: what the program writes into it
 * between two runs is seen by the second one, and what it writes while a script runs is not. Use
 * {@link Session#matrix} for what is large and bound often.
 */
public final class Inputs {
  private static final Inputs NONE = new Inputs(new LinkedHashMap<>());

  private final Map<String, Object> values;

  private Inputs(Map<String, Object> values) {
    this.values = values;
  }

  /** {@return no value, for a script without inputs} */
  public static Inputs none() {
    return NONE;
  }

  /**
   * One value.
   *
   * @param name of the variable
   * @param value as described above
   * @return inputs to which others can be added
   * @throws IllegalArgumentException when the value, or what is in it, is of no such type; the
   *     message names the place, as in {@code features[2].weights}
   */
  public static Inputs of(String name, Object value) {
    return NONE.and(name, value);
  }

  /**
   * These inputs and one more, or with another value for a name that they have.
   *
   * @param name of the variable
   * @param value as described above
   * @return the new inputs; these are as before
   * @throws IllegalArgumentException when the value, or what is in it, is of no such type; the
   *     message names the place, as in {@code features[2].weights}
   */
  public Inputs and(String name, Object value) {
    Objects.requireNonNull(name, "name");
    Map<String, Object> copy = new LinkedHashMap<>(values);
    copy.put(name, InputForm.checked(name, value));
    return new Inputs(copy);
  }

  Map<String, Object> values() {
    return values;
  }
}
