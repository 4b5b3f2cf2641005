package dev.reprise.runtime;

/**
 * Rows and columns of a matrix or frame; either may be zero.
 *
 * @param rows number of rows
 * @param cols number of columns
 */
public record Shape(long rows, long cols) {

  /**
   * Looks at both numbers.
   *
   * @throws IllegalArgumentException when one is negative
   */
  public Shape {
    if (rows < 0 || cols < 0) {
      throw new IllegalArgumentException("negative shape " + rows + "x" + cols);
    }
  }

  /** {@return the number of cells; {@link Long#MAX_VALUE} where it would overflow} */
  public long cells() {
    long high = Math.multiplyHigh(rows, cols);
    long low = rows * cols;
    return high != 0 || low < 0 ? Long.MAX_VALUE : low;
  }

  /** {@return the shape of the transposed matrix} */
  public Shape transposed() {
    return new Shape(cols, rows);
  }

  /** {@return whether there is one cell} */
  public boolean isScalarLike() {
    return rows == 1 && cols == 1;
  }

  /** Written out as in a key: operations on small matrices compare shapes all the time. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Shape that && rows == that.rows && cols == that.cols;
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(rows) + Long.hashCode(cols);
  }

  @Override
  public String toString() {
    return rows + "x" + cols;
  }
}
