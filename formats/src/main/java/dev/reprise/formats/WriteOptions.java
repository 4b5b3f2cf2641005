package dev.reprise.formats;

import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;

/**
 * The arguments of {@code write} besides value and path; null means left out.
 *
 * @param format see {@link FileFormat}; default {@code text}
 * @param header whether csv starts with column names; default no
 * @param separator between csv fields; default a comma
 * @param sparse whether zeros of a csv matrix are left empty, and cells of hdf5 compressed; default
 *     no
 * @param description free text for the sidecar
 * @param indexSeparator between position and value in libsvm; default a colon
 * @param dataset name of the array in npz, default {@code arr_0}; path of the dataset in hdf5,
 *     default {@code X}
 */
public record WriteOptions(
    String format,
    Boolean header,
    String separator,
    Boolean sparse,
    String description,
    String indexSeparator,
    String dataset) {

  public static WriteOptions none() {
    return new WriteOptions(null, null, null, null, null, null, null);
  }

  /** No options but a format. */
  public static WriteOptions format(String format) {
    return new WriteOptions(format, null, null, null, null, null, null);
  }

  /**
   * The options of a {@code write} operation.
   *
   * @param operands in the order of the opcode's parameters: target, file, format, header, sep,
   *     sparse, append, description, privacy, indSep, dataset
   */
  public static WriteOptions of(Operand[] operands) {
    Scalar header = scalar(operands, 3);
    Scalar sparse = scalar(operands, 5);
    Scalar append = scalar(operands, 6);
    if (append != null && truth(append)) {
      throw new OperandException("'write' cannot append; write the whole value instead");
    }
    return new WriteOptions(
        text(operands, 2),
        header == null ? null : truth(header),
        text(operands, 4),
        sparse == null ? null : truth(sparse),
        text(operands, 7),
        text(operands, 9),
        text(operands, 10));
  }

  /** A boolean, also as text: SystemDS accepts {@code header="true"}. */
  private static boolean truth(Scalar scalar) {
    return scalar.type() == ValueType.STRING
        ? Boolean.parseBoolean(scalar.asString())
        : scalar.asBoolean();
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
    return new WriteOptions(format, value, separator, sparse, description, indexSeparator, dataset);
  }

  public WriteOptions withSeparator(String value) {
    return new WriteOptions(format, header, value, sparse, description, indexSeparator, dataset);
  }

  public WriteOptions withSparse(boolean value) {
    return new WriteOptions(format, header, separator, value, description, indexSeparator, dataset);
  }
}
