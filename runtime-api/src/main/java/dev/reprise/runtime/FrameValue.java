package dev.reprise.runtime;

/** A frame as a program holds it: one that is there, or whose cells are still to come. */
public interface FrameValue extends Value {
  /** {@return rows and columns, which are known in any case} */
  Shape shape();

  /**
   * {@return the frame itself, borrowed}
   *
   * @throws ResourceException when its cells are not there yet
   */
  Frame frame();

  @Override
  default ValueType type() {
    return ValueType.FRAME;
  }
}
