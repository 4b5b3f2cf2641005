package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.ColumnFoldCode.Kind;
import java.util.Arrays;

/**
 * Where the least or largest cell of each column is, in machine code: cells are read once, where
 * they lie. Where {@link CellFunction#areThere() there is code}; stateless, for any number of
 * threads.
 */
public enum ColumnPlaces {
  OF_LARGEST(Kind.PLACE_OF_LARGEST, Double.NEGATIVE_INFINITY),
  OF_LEAST(Kind.PLACE_OF_LEAST, Double.POSITIVE_INFINITY);

  private final Kind kind;
  private final double worst;

  ColumnPlaces(Kind kind, double worst) {
    this.kind = kind;
    this.worst = worst;
  }

  /**
   * Writes an extreme for each column, and the number from 1 of the last row that has it. A column
   * without numbers gets the worst one and row 0.
   *
   * @param cells address of the first cell, which the JVM does not check
   * @param rowBytes from a row to the next
   */
  public void run(
      Precision precision,
      long cells,
      long rowBytes,
      long rows,
      double[] extremes,
      double[] places) {
    int cols = extremes.length;
    double[] state = new double[2 * cols];
    Arrays.fill(state, 0, cols, worst);
    new ColumnPasses(precision, kind, state, cols).run(cells, rowBytes, rows);
    System.arraycopy(state, 0, extremes, 0, cols);
    System.arraycopy(state, cols, places, 0, cols);
  }
}
