package dev.reprise.store;

import dev.reprise.lineage.Key;

/**
 * A model that an earlier run has scored and left with its lineage.
 *
 * @param run that left it
 * @param key of its lineage
 * @param value how good it is, larger is better
 */
public record ScoredModel(long run, Key key, double value) {
  private static final String PREFIX = "score ";

  /** The name of the trace of the model with the best score of that name. */
  public static String traceName(String score) {
    return PREFIX + score;
  }

  /** The name of the trace of a file: never that of a model, whatever the file is called. */
  public static String fileTraceName(String path) {
    return isTraceName(path) ? "./" + path : path;
  }

  /** True for the trace of a model, false for one of a file. */
  public static boolean isTraceName(String name) {
    return name.startsWith(PREFIX);
  }
}
