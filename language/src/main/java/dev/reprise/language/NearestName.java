package dev.reprise.language;

import java.util.Collection;
import java.util.Locale;

/** Finds the name that a misspelt one most likely stands for. */
public final class NearestName {
  private NearestName() {}

  /** "did you mean 'x'?", or null when no candidate is near. */
  public static String hint(String name, Collection<String> candidates) {
    String nearest = of(name, candidates);
    return nearest == null ? null : "did you mean '" + nearest + "'?";
  }

  /**
   * The candidate with the least Damerau-Levenshtein distance, ties by alphabet; a difference in
   * case counts half, however many letters differ when nothing else does. Null when the distance
   * exceeds a third of the name's length; of names shorter than three, only the case may differ.
   */
  public static String of(String name, Collection<String> candidates) {
    int limit = name.length() < 3 ? 1 : 2 * Math.max(1, name.length() / 3);
    String best = null;
    int bestDistance = limit + 1;
    for (String candidate : candidates) {
      if (Math.abs(candidate.length() - name.length()) * 2 > limit || candidate.equals(name)) {
        continue;
      }
      int distance = name.equalsIgnoreCase(candidate) ? 1 : distance(name, candidate);
      if (distance < bestDistance
          || (distance == bestDistance && best != null && candidate.compareTo(best) < 0)) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return best;
  }

  /** Optimal string alignment distance; an edit counts 2, a change of case only 1. */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      d[i][0] = 2 * i;
    }
    for (int j = 0; j <= b.length(); j++) {
      d[0][j] = 2 * j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int replace = d[i - 1][j - 1] + substitution(a.charAt(i - 1), b.charAt(j - 1));
        d[i][j] = Math.min(replace, 2 + Math.min(d[i - 1][j], d[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 2);
        }
      }
    }
    return d[a.length()][b.length()];
  }

  private static int substitution(char a, char b) {
    if (a == b) {
      return 0;
    }
    return String.valueOf(a)
            .toLowerCase(Locale.ROOT)
            .equals(String.valueOf(b).toLowerCase(Locale.ROOT))
        ? 1
        : 2;
  }
}
