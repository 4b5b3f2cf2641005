package dev.reprise.ci;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compares printed output line by line: words exactly, numbers within a tolerance. */
final class NumericText {
  /** Results of SystemDS and ours differ by the order of additions. */
  private static final double RELATIVE = 1e-9;

  /** Rounding noise around zero. */
  private static final double ABSOLUTE = 1e-9;

  private NumericText() {}

  /** The first difference, told for a person; empty lines do not count. */
  static Optional<String> difference(String expected, String actual) {
    List<String> left = expected.lines().filter(line -> !line.isBlank()).toList();
    List<String> right = actual.lines().filter(line -> !line.isBlank()).toList();
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      if (!sameLine(left.get(i), right.get(i))) {
        return Optional.of(
            "line " + (i + 1) + "\n  expected: " + left.get(i) + "\n  found:    " + right.get(i));
      }
    }
    if (left.size() != right.size()) {
      return Optional.of(
          "expected " + left.size() + " lines, found " + right.size() + ":\n" + actual);
    }
    return Optional.empty();
  }

  private static boolean sameLine(String expected, String actual) {
    List<String> left = words(expected);
    List<String> right = words(actual);
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (!left.get(i).equals(right.get(i)) && !close(left.get(i), right.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    for (String word : line.trim().split("[\\s,=:]+")) {
      words.add(word);
    }
    return words;
  }

  private static boolean close(String expected, String actual) {
    try {
      double x = Double.parseDouble(expected);
      double y = Double.parseDouble(actual);
      return Math.abs(x - y) <= ABSOLUTE + RELATIVE * Math.max(Math.abs(x), Math.abs(y));
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
