package dev.reprise.memory;

import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;

/** A matrix whose cells come when somebody pins it. */
public final class AbsentMatrix extends AbsentValue<MatrixValue> implements MatrixValue {
  private final Precision precision;

  /**
   * A matrix with one reference.
   *
   * @param source closed by the matrix
   */
  public AbsentMatrix(Shape shape, Precision precision, Source source) {
    super(shape, source);
    this.precision = precision;
  }

  /** What is there: the matrix itself when it is, borrowed from this one; else this one. */
  public MatrixValue nearest() {
    MatrixValue known = presentOrNull();
    return known == null ? this : known;
  }

  @Override
  MatrixValue checked(Value made) {
    if (made instanceof MatrixValue matrix
        && matrix.shape().equals(shape())
        && matrix.precision() == precision) {
      return matrix;
    }
    throw new ResourceException(
        "a matrix that was kept as " + shape() + " of " + precision + " came back as " + made);
  }

  @Override
  public Precision precision() {
    return precision;
  }

  /** What the cells take, or would take if they were dense and there. */
  @Override
  public long bytes() {
    MatrixValue known = presentOrNull();
    return known == null ? shape().cells() * precision.bytesPerCell() : known.bytes();
  }

  @Override
  public MatrixOperand pinHost() {
    MatrixValue known = presentOrNull();
    if (known == null) {
      throw new AbsentValueException(this);
    }
    return known.pinHost();
  }

  @Override
  public void unpin() {
    presentOrNull().unpin();
  }
}
