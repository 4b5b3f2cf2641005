package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.VectorProductsCode.Kind;
import java.lang.foreign.MemorySegment;

/**
 * Products of a matrix of doubles with one vector or a few of them, in machine code: the matrix is
 * read once, row by row as it lies in memory. Rows may lie at any distance from each other.
 *
 * <p>The bits of a row's product follow from its cells and the vector's alone; sums of columns are
 * added in groups of {@value #GROUP_ROWS} rows from the first one of a call on. {@link
 * VectorProductsCode} says in which order.
 *
 * <p>Addresses are not checked by the JVM, and it can stop no thread that is in here: a call should
 * take well below a millisecond. Stateless, for any number of threads.
 */
public final class VectorProducts {
  /** Rows that are added to the sums of columns together. */
  public static final int GROUP_ROWS = VectorProductsCode.GROUP_ROWS;

  private static final CodeTable CODES =
      new CodeTable(
          "products of matrix and vector",
          Kind.values().length,
          kind -> VectorProductsCode.of(Kind.values()[kind]));

  private VectorProducts() {}

  /** Whether the machine has such code. */
  public static boolean areThere() {
    return PanelSums.find(Precision.FP64) != null;
  }

  /**
   * The matrix that a call reads.
   *
   * @param cells address of the first cell
   * @param rowBytes from a row to the next
   */
  public record Rows(long cells, long rowBytes, long rows, int cols) {}

  /** What a chain does to the product of each row before it is multiplied with the row. */
  public enum Between {
    NOTHING(Kind.CHAIN),
    TIMES(Kind.CHAIN_TIMES),
    MINUS(Kind.CHAIN_MINUS);

    private final Kind kind;

    Between(Kind kind) {
      this.kind = kind;
    }
  }

  /**
   * The product of each row with each vector.
   *
   * @param right address of the first vector
   * @param rightBytes from a vector to the next
   * @param target address of the products, those of a row one behind the other
   */
  public static void multiply(Rows a, long right, long rightBytes, int vectors, long target) {
    long[] arguments = arguments(a);
    arguments[VectorProductsCode.COUNT] = a.rows;
    arguments[VectorProductsCode.VECTORS] = vectors;
    arguments[VectorProductsCode.RIGHT] = right;
    arguments[VectorProductsCode.RIGHT_BYTES] = rightBytes;
    arguments[VectorProductsCode.TARGET] = target;
    run(Kind.ROWS, arguments);
  }

  /**
   * Adds each row, times its factor, to sums of columns.
   *
   * @param factors address of the first row's factors, one for each vector behind the other
   * @param factorBytes from the factors of a row to those of the next
   * @param sums address of the first vector's sums, one for each column behind the other
   * @param sumsBytes from the sums of a vector to those of the next
   */
  public static void addRows(
      Rows a, long factors, long factorBytes, int vectors, long sums, long sumsBytes) {
    long[] arguments = groups(a);
    arguments[VectorProductsCode.VECTORS] = vectors;
    arguments[VectorProductsCode.FACTORS] = factors;
    arguments[VectorProductsCode.FACTORS_BYTES] = factorBytes;
    arguments[VectorProductsCode.TARGET] = sums;
    arguments[VectorProductsCode.TARGET_BYTES] = sumsBytes;
    run(Kind.COLUMNS, arguments);
  }

  /**
   * Adds each row, times its product with a vector, to sums of columns.
   *
   * @param right address of the vector
   * @param with address of a number for each row; not read where there is nothing to do between
   * @param sums address of the sums of the columns
   */
  public static void addChain(Between between, Rows a, long right, long with, long sums) {
    long[] arguments = groups(a);
    arguments[VectorProductsCode.VECTORS] = 1;
    arguments[VectorProductsCode.RIGHT] = right;
    arguments[VectorProductsCode.FACTORS_BYTES] = Double.BYTES;
    arguments[VectorProductsCode.WITH] = with;
    arguments[VectorProductsCode.TARGET] = sums;
    run(between.kind, arguments);
  }

  private static long[] groups(Rows a) {
    long[] arguments = arguments(a);
    arguments[VectorProductsCode.COUNT] = a.rows / GROUP_ROWS;
    arguments[VectorProductsCode.ROWS_LEFT] = a.rows % GROUP_ROWS;
    return arguments;
  }

  private static long[] arguments(Rows a) {
    long[] arguments = new long[VectorProductsCode.ARGUMENTS];
    arguments[VectorProductsCode.CELLS] = a.cells;
    arguments[VectorProductsCode.ROW_BYTES] = a.rowBytes;
    arguments[VectorProductsCode.SIXTEENS] = a.cols / 16;
    arguments[VectorProductsCode.FOURS] = a.cols % 16 / 4;
    arguments[VectorProductsCode.ALL_FOURS] = a.cols / 4;
    int rest = a.cols % 4;
    arguments[VectorProductsCode.REST_BYTES] = (long) rest * Double.BYTES;
    for (int lane = 0; lane < rest; lane++) {
      arguments[VectorProductsCode.MASK + lane] = -1;
    }
    return arguments;
  }

  private static void run(Kind kind, long[] arguments) {
    MemorySegment places = MemorySegment.ofArray(arguments);
    CodeCall.withSegments(CODES.of(kind.ordinal()), places, places, 0, 0, 0, 0);
  }
}
