package dev.reprise;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which Java values may be bound, and what of them is copied when they are given: lists and maps,
 * however deep, so that what a program adds to them afterwards is not seen. Messages name the place
 * of what may not be bound as a Java program counts, from zero: {@code features[2].weights}.
 */
final class InputForm {
  /** Lists in lists; more are taken for one that contains itself. */
  private static final int DEEPEST_LIST = 64;

  private InputForm() {}

  /**
   * The value to keep.
   *
   * @throws IllegalArgumentException when it, or what it contains, is nothing that may be bound
   */
  static Object checked(String place, Object value) {
    return checked(place, value, 0);
  }

  private static Object checked(String place, Object value, int depth) {
    return switch (value) {
      case Matrix _, double[][] _, Columns _, Number _, Boolean _, String _ -> value;
      case List<?> elements -> elements(place, elements, deeper(place, depth));
      case Map<?, ?> named -> named(place, named, deeper(place, depth));
      case null -> throw refused(place, "null");
      default -> throw refused(place, typeName(value) + hint(value));
    };
  }

  private static int deeper(String place, int depth) {
    if (depth == DEEPEST_LIST) {
      String start = place.length() > 80 ? place.substring(0, 80) + "..." : place;
      throw new IllegalArgumentException(
          "input '"
              + start
              + "': lists may lie "
              + DEEPEST_LIST
              + " deep in one another; does this one contain itself?");
    }
    return depth + 1;
  }

  private static List<Object> elements(String place, List<?> elements, int depth) {
    List<Object> copy = new ArrayList<>();
    for (Object element : elements) {
      copy.add(checked(at(place, copy.size()), element, depth));
    }
    return Collections.unmodifiableList(copy);
  }

  private static Map<String, Object> named(String place, Map<?, ?> named, int depth) {
    Map<String, Object> copy = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : named.entrySet()) {
      if (!(entry.getKey() instanceof String name) || name.isEmpty()) {
        throw new IllegalArgumentException(
            "input '"
                + place
                + "': the keys of a map are the names of a list's elements, so each must be a text"
                + " that is not empty, not "
                + keyText(entry.getKey()));
      }
      if (copy.put(name, checked(at(place, name), entry.getValue(), depth)) != null) {
        throw new IllegalArgumentException(
            "input '" + place + "' has two elements of the name '" + name + "'");
      }
    }
    return Collections.unmodifiableMap(copy);
  }

  private static String keyText(Object key) {
    return key == null ? "null" : key instanceof String ? "\"\"" : "a " + typeName(key);
  }

  /** Where an element of a list is. */
  static String at(String place, int index) {
    return place + "[" + index + "]";
  }

  /** Where a named element of a list is. */
  static String at(String place, String name) {
    return place + "." + name;
  }

  private static IllegalArgumentException refused(String place, String found) {
    return new IllegalArgumentException(
        "input '"
            + place
            + "' must be a Matrix, double[][], Columns, List, Map, number, boolean or text, not "
            + found);
  }

  private static String typeName(Object value) {
    String name = value.getClass().getCanonicalName();
    return name == null ? value.getClass().getName() : name;
  }

  private static String hint(Object value) {
    if (value instanceof double[]) {
      return "; a row is {{1, 2}}, a column {{1}, {2}}, and Arrays.stream(a).boxed().toList() a list";
    }
    return value.getClass().isArray() ? "; give a double[][] or a List" : "";
  }
}
