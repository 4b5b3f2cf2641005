package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.ColumnFoldCode.Kind;
import java.util.Arrays;

/**
 * The least or largest cell of each column in machine code, in all rows that are given. Cells are
 * read once, where they lie. Where {@link CellFunction#areThere() there is code}; stateless, for
 * any number of threads.
 */
public enum ColumnExtremes {
  LEAST(Kind.LEAST, Double.POSITIVE_INFINITY),
  LARGEST(Kind.LARGEST, Double.NEGATIVE_INFINITY);

  private final Kind kind;
  private final double worst;

  ColumnExtremes(Kind kind, double worst) {
    this.kind = kind;
    this.worst = worst;
  }

  /**
   * Writes a number for each column.
   *
   * @param cells address of the first cell, which the JVM does not check
   * @param rowBytes from a row to the next
   * @return false where a cell is no number; then what was written is no result
   */
  public boolean run(Precision precision, long cells, long rowBytes, long rows, double[] extremes) {
    Arrays.fill(extremes, worst);
    return new ColumnPasses(precision, kind, extremes, extremes.length).run(cells, rowBytes, rows);
  }
}
