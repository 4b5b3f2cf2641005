package dev.reprise.formats;

import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Shape;

/** A matrix without counting, whose cells one may look at. */
record HeldMatrix(MatrixOperand cells) implements MatrixValue {
  @Override
  public Shape shape() {
    return cells.shape();
  }

  @Override
  public Precision precision() {
    return cells.precision();
  }

  @Override
  public MatrixOperand pinHost() {
    return cells;
  }

  @Override
  public void unpin() {}

  @Override
  public long bytes() {
    return cells.bytes();
  }

  @Override
  public void release() {
    cells.buffer().release();
  }
}
