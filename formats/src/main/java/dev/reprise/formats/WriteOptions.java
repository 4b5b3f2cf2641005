package dev.reprise.formats;

import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;

/**
 * The arguments of {@code write} besides value and path; null means left out.
 *
 * @param format see {@link FileFormat}; default {@code text}
 * @param header whether csv starts with column names; default no
 * @param separator between csv fields; default a comma
 * @param sparse whether zeros of a csv matrix are left empty; default no
 * @param description free text for the sidecar
 */
public record WriteOptions(
    String format, Boolean header, String separator, Boolean sparse, String description) {

  public static WriteOptions none() {
    return new WriteOptions(null, null, null, null, null);
  }

  /** No options but a format. */
  public static WriteOptions format(String format) {
    return new WriteOptions(format, null, null, null, null);
  }

  /**
   * The options of a {@code write} operation.
   *
   * @param operands in the order of the opcode's parameters: target, file, format, header, sep,
   *     sparse, append, description
   */
  public static WriteOptions of(Operand[] operands) {
    Scalar header = scalar(operands, 3);
    Scalar sparse = scalar(operands, 5);
    Scalar append = scalar(operands, 6);
    if (append != null && append.asBoolean()) {
      throw new OperandException("'write' cannot append; write the whole value instead");
    }
    return new WriteOptions(
        text(operands, 2),
        header == null ? null : header.asBoolean(),
        text(operands, 4),
        sparse == null ? null : sparse.asBoolean(),
        text(operands, 7));
  }

  private static Scalar scalar(Operand[] operands, int position) {
    return position < operands.length
            && operands[position] instanceof Scalar scalar
            && !scalar.isAbsent()
        ? scalar
        : null;
  }

  private static String text(Operand[] operands, int position) {
    Scalar scalar = scalar(operands, position);
    return scalar == null ? null : scalar.asString();
  }

  public WriteOptions withHeader(boolean value) {
    return new WriteOptions(format, value, separator, sparse, description);
  }

  public WriteOptions withSeparator(String value) {
    return new WriteOptions(format, header, value, sparse, description);
  }

  public WriteOptions withSparse(boolean value) {
    return new WriteOptions(format, header, separator, value, description);
  }
}
