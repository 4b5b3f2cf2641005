package dev.reprise.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares what two systems printed for one script, line by line: the text between numbers exactly,
 * numbers within a tolerance and in the same form ({@code 1} is not {@code 1.0}). The sign of zero
 * and digits that do not change a double do not count: Java 17 prints more of them. Blank lines and
 * white space at the ends of lines do not count.
 */
public final class PrintedText {
  /** Results of two systems differ by the order of additions. */
  private static final double TOLERANCE = 1e-9;

  private static final Pattern NUMBER =
      Pattern.compile("(?<![A-Za-z0-9_.])[-+]?\\d+(\\.\\d+)?([eE][-+]?\\d+)?(?![A-Za-z0-9_.])");

  private PrintedText() {}

  /** The first difference, told for a person. */
  public static Optional<String> difference(String expected, String actual) {
    return difference(expected, actual, TOLERANCE);
  }

  /**
   * The first difference, told for a person.
   *
   * @param tolerance how far numbers may be apart, relative to the larger one or to 1
   */
  public static Optional<String> difference(String expected, String actual, double tolerance) {
    List<String> left = expected.lines().filter(line -> !line.isBlank()).toList();
    List<String> right = actual.lines().filter(line -> !line.isBlank()).toList();
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      if (!sameLine(left.get(i).strip(), right.get(i).strip(), tolerance)) {
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

  private static boolean sameLine(String expected, String actual, double tolerance) {
    if (expected.equals(actual)) {
      return true;
    }
    Matcher left = NUMBER.matcher(expected);
    Matcher right = NUMBER.matcher(actual);
    if (!left.replaceAll("#").equals(right.replaceAll("#"))) {
      return false;
    }
    List<String> numbers = all(right);
    int i = 0;
    for (String number : all(left)) {
      if (!sameNumber(number, numbers.get(i++), tolerance)) {
        return false;
      }
    }
    return true;
  }

  private static List<String> all(Matcher matcher) {
    List<String> found = new ArrayList<>();
    matcher.reset();
    while (matcher.find()) {
      found.add(matcher.group());
    }
    return found;
  }

  private static boolean sameNumber(String expected, String actual, double tolerance) {
    if (expected.equals(actual)) {
      return true;
    }
    double x = Double.parseDouble(expected);
    double y = Double.parseDouble(actual);
    if (isWhole(expected) != isWhole(actual)) {
      return false;
    }
    return x == y
        ? hasExponent(expected) == hasExponent(actual)
        : Math.abs(x - y) <= tolerance * (1 + Math.max(Math.abs(x), Math.abs(y)));
  }

  private static boolean isWhole(String number) {
    return number.matches("[-+]?\\d+");
  }

  private static boolean hasExponent(String number) {
    return number.indexOf('E') >= 0 || number.indexOf('e') >= 0;
  }
}
