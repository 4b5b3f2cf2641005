package dev.reprise.runtime.operation;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Constant parameters of an operation that are no operands, in a canonical order by name;
 * immutable.
 */
public final class Attributes {
  private static final Attributes NONE = new Attributes(new TreeMap<>());

  private final TreeMap<String, String> values;

  private Attributes(TreeMap<String, String> values) {
    this.values = values;
  }

  /** {@return no attributes} */
  public static Attributes none() {
    return NONE;
  }

  /**
   * One attribute.
   *
   * @param name of the attribute
   * @param value its text
   * @return the attributes
   */
  public static Attributes of(String name, String value) {
    return NONE.with(name, value);
  }

  /**
   * Several attributes.
   *
   * @param values texts by name; copied
   * @return the attributes
   */
  public static Attributes of(Map<String, String> values) {
    return values.isEmpty() ? NONE : new Attributes(new TreeMap<>(values));
  }

  /**
   * These attributes with one added or replaced.
   *
   * @param name of the attribute
   * @param value its text
   * @return the new attributes; these are as before
   */
  public Attributes with(String name, String value) {
    TreeMap<String, String> copy = new TreeMap<>(values);
    copy.put(name, value);
    return new Attributes(copy);
  }

  /** {@return whether there is none} */
  public boolean isEmpty() {
    return values.isEmpty();
  }

  /**
   * An attribute's value.
   *
   * @param name of the attribute
   * @return null when it is absent
   */
  public String get(String name) {
    return values.get(name);
  }

  /**
   * Whether an attribute is {@code "true"}.
   *
   * @param name of the attribute
   * @return false also when it is absent
   */
  public boolean isSet(String name) {
    return "true".equals(values.get(name));
  }

  /**
   * An attribute as a whole number.
   *
   * @param name of the attribute
   * @param fallback what an absent one counts as
   * @return the number
   * @throws NumberFormatException when the attribute is none
   */
  public long getLong(String name, long fallback) {
    String value = values.get(name);
    return value == null ? fallback : Long.parseLong(value);
  }

  /** {@return all attributes in order of their names; unmodifiable} */
  public SortedMap<String, String> asMap() {
    return java.util.Collections.unmodifiableSortedMap(values);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Attributes that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
