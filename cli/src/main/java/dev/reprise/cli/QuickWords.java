package dev.reprise.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the plain forms of {@code reprise run}'s words without picocli, whose classes (for Java 5,
 * which the JVM's ahead-of-time cache refuses) take 0.2 s to load: most of a one-line script's
 * time. Whatever looks unusual, help and mistakes included, is left to picocli, so this class only
 * ever accepts what picocli accepts, with the same meaning.
 */
final class QuickWords {
  private final List<String> words;
  private final ScriptWords script;
  private final SessionOptions options;
  private final Set<String> seen = new HashSet<>();
  private int next;

  private QuickWords(List<String> words, ScriptWords script, SessionOptions options) {
    this.words = words;
    this.script = script;
    this.options = options;
  }

  /**
   * @return false when picocli has to look; {@code script} and {@code options} are of no use then
   */
  static boolean read(List<String> words, ScriptWords script, SessionOptions options) {
    QuickWords quick = new QuickWords(words, script, options);
    while (quick.next < words.size()) {
      if (!quick.take(words.get(quick.next++))) {
        return false;
      }
    }
    return true;
  }

  private boolean take(String word) {
    if (isPlain(word)) {
      return script.takeFile(word);
    }
    if (!word.equals("--library") && !seen.add(word.equals("-v") ? "--verbose" : word)) {
      return false;
    }
    return switch (word) {
      case "--args", "-args" -> script.takeArgs(plainWords());
      case "--nvargs", "-nvargs" -> script.takeNamedArgs(plainWords());
      default -> options.takeFlag(word) || takeValue(word);
    };
  }

  private boolean takeValue(String option) {
    if (next == words.size()) {
      return false;
    }
    String value = words.get(next++);
    return isPlain(value) && (script.takeValue(option, value) || options.takeValue(option, value));
  }

  /** The words up to the next one that begins with a dash. */
  private List<String> plainWords() {
    List<String> plain = new ArrayList<>();
    while (next < words.size() && isPlain(words.get(next))) {
      plain.add(words.get(next++));
    }
    return plain;
  }

  private static boolean isPlain(String word) {
    return !word.isEmpty() && (word.charAt(0) != '-' || word.equals("-"));
  }
}
