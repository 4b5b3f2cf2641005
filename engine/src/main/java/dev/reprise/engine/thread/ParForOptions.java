package dev.reprise.engine.thread;

import dev.reprise.language.NearestName;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The options of one execution of a parfor, checked. {@code opt}, {@code mode}, {@code
 * resultmerge}, {@code log} and {@code profile} are checked and change nothing: there is one back
 * end, and results are merged in memory, write by write, in iteration order.
 *
 * @param degree wanted number of workers, or 0 when it is left to us
 * @param partitioner how iterations are cut into tasks
 * @param taskSize size of a task where the partitioner takes one
 */
public record ParForOptions(int degree, Partitioner partitioner, long taskSize) {
  private static final int MOST_WORKERS = 4096;

  /** The ways of cutting, by the names of SystemDS. */
  public enum Partitioner {
    NAIVE,
    FIXED,
    STATIC,
    FACTORING,
    FACTORING_CMIN,
    FACTORING_CMAX
  }

  private static final Map<String, List<String>> WORDS =
      new TreeMap<>(
          Map.of(
              "opt",
              List.of("NONE", "RULEBASED", "CONSTRAINED", "HEURISTIC", "GREEDY", "FULL_DP"),
              "mode",
              List.of("LOCAL", "REMOTE_SPARK", "REMOTE_SPARK_DP", "REMOTE_MR", "REMOTE_MR_DP"),
              "resultmerge",
              List.of("LOCAL_MEM", "LOCAL_FILE", "LOCAL_AUTOMATIC", "REMOTE_SPARK", "REMOTE_MR"),
              "datapartitioner",
              List.of("NONE", "LOCAL", "REMOTE_SPARK", "REMOTE_MR"),
              "taskpartitioner",
              List.of("NAIVE", "FIXED", "STATIC", "FACTORING", "FACTORING_CMIN", "FACTORING_CMAX"),
              "log",
              List.of("ALL", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "OFF")));

  /**
   * Checks the options' values.
   *
   * @throws OperandException for a value that an option does not know
   */
  public static ParForOptions of(Map<String, Scalar> values) {
    for (Map.Entry<String, List<String>> option : WORDS.entrySet()) {
      Scalar value = values.get(option.getKey());
      if (value != null && !isLevel(option.getKey(), value)) {
        word(option.getKey(), value, option.getValue());
      }
    }
    Scalar partitioner = values.get("taskpartitioner");
    return new ParForOptions(
        (int) number("par", values.get("par"), 0, MOST_WORKERS),
        partitioner == null
            ? Partitioner.NAIVE
            : Partitioner.valueOf(partitioner.asString().toUpperCase(Locale.ROOT)),
        number("tasksize", values.get("tasksize"), 1, Long.MAX_VALUE));
  }

  /** True for a level of {@code log} that is given as a number, as in {@code log=0}. */
  private static boolean isLevel(String option, Scalar value) {
    return option.equals("log") && value.type() != ValueType.STRING;
  }

  private static void word(String option, Scalar value, List<String> words) {
    String text = value.asString().toUpperCase(Locale.ROOT);
    if (value.type() != ValueType.STRING || !words.contains(text)) {
      String hint = NearestName.hint(text, words);
      throw new OperandException(
          "option '"
              + option
              + "' of parfor cannot be '"
              + value.asString()
              + "'; there are "
              + String.join(", ", words)
              + (hint == null ? "" : "; " + hint));
    }
  }

  private static long number(String option, Scalar value, long otherwise, long most) {
    if (value == null) {
      return otherwise;
    }
    if (value.type() == ValueType.STRING || value.asLong() < 1 || value.asLong() > most) {
      throw new OperandException(
          "option '"
              + option
              + "' of parfor must be "
              + (most == Long.MAX_VALUE ? "at least 1" : "between 1 and " + most)
              + ", not "
              + value.asString());
    }
    return value.asLong();
  }

  /** The tasks of so many iterations for so many workers. */
  public TaskPartition tasks(long count, int workers) {
    return switch (partitioner) {
      case NAIVE -> TaskPartition.fixed(count, 1);
      case FIXED -> TaskPartition.fixed(count, taskSize);
      case STATIC -> TaskPartition.even(count, workers);
      case FACTORING -> TaskPartition.factoring(count, workers, 1, Long.MAX_VALUE);
      case FACTORING_CMIN -> TaskPartition.factoring(count, workers, taskSize, Long.MAX_VALUE);
      case FACTORING_CMAX -> TaskPartition.factoring(count, workers, 1, taskSize);
    };
  }
}
