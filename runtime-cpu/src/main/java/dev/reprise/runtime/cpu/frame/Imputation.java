package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.Frame;
import java.util.HashMap;
import java.util.Map;

/** Learns what stands for the missing cells of a column. */
final class Imputation {
  private Imputation() {}

  /** The value for a column's missing cells, or null when they stay missing. */
  static String learn(Frame frame, int col, TransformSpec.Impute impute) {
    if (impute == null) {
      return null;
    }
    return switch (impute.method()) {
      case "constant" -> impute.value();
      case "global_mean" -> mean(frame, col);
      default -> mode(frame, col);
    };
  }

  /** The mean of the cells that are numbers: neither missing nor NaN. */
  private static String mean(Frame frame, int col) {
    int rows = (int) frame.rows();
    double[] values = new double[rows];
    PassThrough.numbers(frame, col, ChosenRows.all(rows), 0, rows, values);
    double sum = 0;
    long count = 0;
    for (double value : values) {
      if (!Double.isNaN(value)) {
        sum += value;
        count++;
      }
    }
    return count == 0 ? null : Double.toString(sum / count);
  }

  /** The most frequent text; of several the one that comes first in the meta frame's order. */
  private static String mode(Frame frame, int col) {
    Map<String, Integer> counts = new HashMap<>();
    for (int r = 0; r < frame.rows(); r++) {
      String text = frame.textAt(r, col);
      if (text != null && !text.isEmpty()) {
        counts.merge(text, 1, Integer::sum);
      }
    }
    String mode = null;
    int most = 0;
    for (Map.Entry<String, Integer> entry : counts.entrySet()) {
      if (entry.getValue() > most) {
        most = entry.getValue();
        mode = entry.getKey();
      }
    }
    return mode;
  }
}
