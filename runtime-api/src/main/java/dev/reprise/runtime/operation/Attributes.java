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

  public static Attributes none() {
    return NONE;
  }

  public static Attributes of(String name, String value) {
    return NONE.with(name, value);
  }

  public static Attributes of(Map<String, String> values) {
    return values.isEmpty() ? NONE : new Attributes(new TreeMap<>(values));
  }

  /** A copy with one attribute added or replaced. */
  public Attributes with(String name, String value) {
    TreeMap<String, String> copy = new TreeMap<>(values);
    copy.put(name, value);
    return new Attributes(copy);
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  /** The attribute's value, or null. */
  public String get(String name) {
    return values.get(name);
  }

  /** True when the attribute is present and {@code "true"}. */
  public boolean isSet(String name) {
    return "true".equals(values.get(name));
  }

  /** The attribute as a whole number, or the fallback when absent. */
  public long getLong(String name, long fallback) {
    String value = values.get(name);
    return value == null ? fallback : Long.parseLong(value);
  }

  /** All attributes in order of their names; unmodifiable. */
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
