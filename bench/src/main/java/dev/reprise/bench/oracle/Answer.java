package dev.reprise.bench.oracle;

import dev.reprise.testkit.PrintedText;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What became of a script under one system.
 *
 * @param printed everything it printed
 * @param error what it failed with, or null
 * @param files what it wrote, by name, see {@link WrittenFiles}
 */
record Answer(String printed, String error, Map<String, String> files) {

  /** What SystemDS's own library says about itself while it works. */
  private static final String NOTES =
      "(?m)^(Calling the .* Solver\\.\\.\\.|Deprecated .* instead)\\R";

  Answer {
    printed = printed.replaceAll(NOTES, "");
  }

  boolean failed() {
    return error != null;
  }

  /** The first difference to another system's answer, told for a person. */
  Optional<String> difference(Answer other) {
    if (failed() != other.failed()) {
      return Optional.of(
          failed()
              ? "expected a failure (" + shortError() + "), found none"
              : "expected no failure, found: " + other.shortError());
    }
    Optional<String> lines = PrintedText.difference(printed, other.printed);
    return lines.isPresent() || failed() ? lines : fileDifference(other);
  }

  private Optional<String> fileDifference(Answer other) {
    TreeSet<String> names = new TreeSet<>(files.keySet());
    names.addAll(other.files.keySet());
    for (String name : names) {
      if (!files.containsKey(name) || !other.files.containsKey(name)) {
        String where = files.containsKey(name) ? "expected, not written" : "written, not expected";
        return Optional.of("file " + name + ": " + where);
      }
      Optional<String> lines = PrintedText.difference(files.get(name), other.files.get(name));
      if (lines.isPresent()) {
        return Optional.of("file " + name + ": " + lines.get());
      }
    }
    return Optional.empty();
  }

  /** The last cause of SystemDS, which says most, or the whole message of ours. */
  String shortError() {
    String text = error.strip();
    return text.length() <= 600
        ? text
        : text.substring(0, 200) + " ... " + text.substring(text.length() - 400);
  }
}
