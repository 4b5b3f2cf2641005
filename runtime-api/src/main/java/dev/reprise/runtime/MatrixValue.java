package dev.reprise.runtime;

/**
 * A matrix as the program knows it: a shape, and cells that live in one or more memories. Counted
 * by references; see {@link Value}.
 */
public interface MatrixValue extends Value {

  Shape shape();

  Precision precision();

  @Override
  default ValueType type() {
    return ValueType.MATRIX;
  }

  /**
   * Makes the cells resident in host memory and keeps them there until {@link #unpin}. The caller
   * must hold a reference. Pins nest.
   *
   * @throws ResourceException when there is no room to bring the cells back
   */
  MatrixOperand pinHost();

  /** Ends one {@link #pinHost}. */
  void unpin();
}
