package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.ColumnFoldCode.Kind;
import java.util.Arrays;

/**
 * Products of columns in machine code: cells are read once, where they lie, and multiplied one row
 * after the other. Where {@link CellFunction#areThere() there is code}; any thread.
 */
public final class ColumnProducts {
  private ColumnProducts() {}

  /**
   * Writes a product for each column.
   *
   * @param cells address of the first cell, which the JVM does not check
   * @param rowBytes from a row to the next
   */
  public static void run(
      Precision precision, long cells, long rowBytes, long rows, double[] products) {
    Arrays.fill(products, 1);
    ColumnPasses passes = new ColumnPasses(precision, Kind.PRODUCT, products, products.length);
    passes.run(cells, rowBytes, rows);
  }
}
