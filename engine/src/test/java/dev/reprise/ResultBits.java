package dev.reprise;

import dev.reprise.runtime.Scalar;

/** Values of a run as texts that differ when a bit does, but for those of a NaN. */
final class ResultBits {
  private ResultBits() {}

  /** A number with its type, or a matrix row by row. */
  static String of(RunResult result, String name) {
    if (result.value(name) instanceof Scalar scalar) {
      return scalar.type() + " " + Double.doubleToLongBits(scalar.asDouble());
    }
    StringBuilder text = new StringBuilder();
    for (double[] row : result.matrix(name)) {
      for (double cell : row) {
        text.append(Long.toHexString(Double.doubleToLongBits(cell))).append(' ');
      }
      text.append('\n');
    }
    return text.toString();
  }
}
