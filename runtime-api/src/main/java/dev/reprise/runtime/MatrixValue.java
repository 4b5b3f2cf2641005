package dev.reprise.runtime;

/**
 * A matrix as the program knows it: a shape, and cells that live in one or more memories. Counted
 * by references; see {@link Value}.
 */
public interface MatrixValue extends Value {

  /** {@return rows and columns} */
  Shape shape();

  /** {@return the width of a cell} */
  Precision precision();

  @Override
  default ValueType type() {
    return ValueType.MATRIX;
  }

  /**
   * Makes the cells resident in host memory and keeps them there until {@link #unpin}. The caller
   * must hold a reference. Pins nest.
   *
   * @return the cells, until the pin ends
   * @throws ResourceException when there is no room to bring the cells back
   */
  MatrixOperand pinHost();

  /** Ends one {@link #pinHost}. */
  void unpin();
}
