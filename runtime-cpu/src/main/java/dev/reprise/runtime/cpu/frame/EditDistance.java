package dev.reprise.runtime.cpu.frame;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** How many insertions, deletions and replacements lead from one sequence to another. */
final class EditDistance {
  private EditDistance() {}

  /** Of the characters of two texts (Levenshtein). */
  static int ofLetters(String from, String to) {
    return of(from.codePoints().toArray(), to.codePoints().toArray());
  }

  /**
   * Of the words of two texts, divided by the words of the longer one; 0 of texts without words.
   */
  static double wordErrorRate(String from, String to) {
    Map<String, Integer> numbers = new HashMap<>();
    int[] a = words(from, numbers);
    int[] b = words(to, numbers);
    int longest = Math.max(a.length, b.length);
    return longest == 0 ? 0 : (double) of(a, b) / longest;
  }

  /** Equal words have equal numbers. */
  private static int[] words(String text, Map<String, Integer> numbers) {
    if (text.isBlank()) {
      return new int[0];
    }
    return Arrays.stream(text.strip().split("\\s+"))
        .mapToInt(word -> numbers.computeIfAbsent(word, unknown -> numbers.size()))
        .toArray();
  }

  private static int of(int[] from, int[] to) {
    int[] above = new int[to.length + 1];
    for (int j = 0; j <= to.length; j++) {
      above[j] = j;
    }
    int[] row = new int[to.length + 1];
    for (int i = 1; i <= from.length; i++) {
      row[0] = i;
      for (int j = 1; j <= to.length; j++) {
        int replaced = above[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
      }
      int[] next = above;
      above = row;
      row = next;
    }
    return above[to.length];
  }
}
