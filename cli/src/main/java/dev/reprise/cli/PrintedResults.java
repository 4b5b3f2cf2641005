package dev.reprise.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares what two runs of a script printed: the words between numbers exactly, numbers within a
 * tolerance.
 *
 * @param tolerance relative to the larger of two numbers, or to 1 when both are smaller
 */
record PrintedResults(double tolerance) {
  private static final Pattern NUMBER =
      Pattern.compile("(?<![A-Za-z0-9_.])[-+]?\\d+(\\.\\d+)?([eE][-+]?\\d+)?(?![A-Za-z0-9_.])");

  /** The first difference in words; empty when there is none. */
  Optional<String> difference(
      String expectedName, String expected, String actualName, String actual) {
    if (expected.equals(actual)) {
      return Optional.empty();
    }
    List<String> left = expected.lines().toList();
    List<String> right = actual.lines().toList();
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      if (!sameLine(left.get(i), right.get(i))) {
        return Optional.of(
            "line "
                + (i + 1)
                + " is '"
                + excerpt(right.get(i))
                + "', that of "
                + expectedName
                + " is '"
                + excerpt(left.get(i))
                + "'");
      }
    }
    return left.size() == right.size()
        ? Optional.empty()
        : Optional.of(
            actualName
                + " printed "
                + right.size()
                + " lines, "
                + expectedName
                + " "
                + left.size());
  }

  private boolean sameLine(String expected, String actual) {
    if (expected.equals(actual)) {
      return true;
    }
    Matcher left = NUMBER.matcher(expected);
    Matcher right = NUMBER.matcher(actual);
    if (!words(left).equals(words(right))) {
      return false;
    }
    List<Double> numbers = numbers(right);
    int i = 0;
    for (double number : numbers(left)) {
      if (!same(number, numbers.get(i++))) {
        return false;
      }
    }
    return true;
  }

  /** The line without its numbers and the width that these take in aligned columns. */
  private static String words(Matcher line) {
    return line.replaceAll("#").replaceAll("\\s+", " ").strip();
  }

  private static List<Double> numbers(Matcher line) {
    List<Double> found = new ArrayList<>();
    line.reset();
    while (line.find()) {
      found.add(Double.valueOf(line.group()));
    }
    return found;
  }

  private boolean same(double x, double y) {
    return x == y || Math.abs(x - y) <= tolerance * Math.max(1, Math.max(Math.abs(x), Math.abs(y)));
  }

  private static String excerpt(String line) {
    String text = line.strip();
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }
}
