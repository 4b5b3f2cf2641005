package dev.reprise.runtime;

/**
 * A mistake in the values that reached an operation: wrong shape, wrong type, singular matrix, text
 * where a number is due. The engine adds script position, operand shapes and call stack; the
 * message says only what was asked and what was found.
 */
public class OperandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A mistake without a stack trace, which would show the runtime and not the script.
   *
   * @param message what was asked and what was found
   */
  public OperandException(String message) {
    super(message, null, false, false);
  }
}
