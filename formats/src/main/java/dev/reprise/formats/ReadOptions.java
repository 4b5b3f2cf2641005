package dev.reprise.formats;

import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import java.util.List;

/**
 * The arguments of {@code read} besides the path. A null (or -1 for a count) was left out and is
 * answered by the sidecar, then by the file itself.
 *
 * @param dataType {@code matrix}, {@code frame} or {@code scalar}
 * @param valueType type of a scalar, or of every column of a frame; {@code detect} looks at the
 *     cells
 * @param schema column types of a frame, comma-separated
 * @param format see {@link FileFormat}
 * @param rows expected rows
 * @param cols expected columns
 * @param nnz accepted and ignored: the count follows from the cells
 * @param header whether a csv file starts with a line of column names
 * @param separator between csv fields; one or more characters
 * @param naStrings fields that stand for a missing value
 * @param fill whether an empty csv field of a matrix becomes {@code defaultValue} or is an error
 * @param defaultValue the number that stands for an empty field
 * @param dataset which array of a file that holds several (hdf5, npz): its name or path
 * @param indexSeparator between position and value in libsvm
 */
public record ReadOptions(
    String dataType,
    String valueType,
    String schema,
    String format,
    long rows,
    long cols,
    long nnz,
    Boolean header,
    String separator,
    List<String> naStrings,
    Boolean fill,
    Double defaultValue,
    String dataset,
    String indexSeparator) {

  public ReadOptions {
    naStrings = naStrings == null ? List.of() : List.copyOf(naStrings);
  }

  /** Nothing said: all follows from sidecar and file. */
  public static ReadOptions none() {
    return new ReadOptions(
        null, null, null, null, -1, -1, -1, null, null, List.of(), null, null, null, null);
  }

  /**
   * The options of a {@code read} operation.
   *
   * @param operands in the order of the opcode's parameters: file, data_type, value_type, format,
   *     rows, cols, nnz, header, sep, naStrings, fill, default, schema, dataset, indSep
   * @param naStrings the elements of the list argument, which is no operand; empty when left out
   */
  public static ReadOptions of(Operand[] operands, List<String> naStrings) {
    List<String> missing = naStrings;
    Scalar single = scalar(operands, 9);
    if (missing.isEmpty() && single != null) {
      missing = List.of(single.asString());
    }
    Scalar header = scalar(operands, 7);
    Scalar fill = scalar(operands, 10);
    Scalar defaultValue = scalar(operands, 11);
    return new ReadOptions(
        text(operands, 1),
        text(operands, 2),
        text(operands, 12),
        text(operands, 3),
        count(operands, 4),
        count(operands, 5),
        count(operands, 6),
        header == null ? null : header.asBoolean(),
        text(operands, 8),
        missing,
        fill == null ? null : fill.asBoolean(),
        defaultValue == null ? null : defaultValue.asDouble(),
        text(operands, 13),
        text(operands, 14));
  }

  private static Scalar scalar(Operand[] operands, int position) {
    if (position >= operands.length || operands[position] == null) {
      return null;
    }
    if (operands[position] instanceof Scalar scalar) {
      return scalar.isAbsent() ? null : scalar;
    }
    throw new OperandException("the options of 'read' and 'write' are scalars");
  }

  private static String text(Operand[] operands, int position) {
    Scalar scalar = scalar(operands, position);
    return scalar == null ? null : scalar.asString();
  }

  private static long count(Operand[] operands, int position) {
    Scalar scalar = scalar(operands, position);
    return scalar == null ? -1 : scalar.asLong();
  }

  public ReadOptions withDataType(String value) {
    Draft draft = new Draft(this);
    draft.dataType = value;
    return draft.options();
  }

  public ReadOptions withValueType(String value) {
    Draft draft = new Draft(this);
    draft.valueType = value;
    return draft.options();
  }

  public ReadOptions withSchema(String value) {
    Draft draft = new Draft(this);
    draft.schema = value;
    return draft.options();
  }

  public ReadOptions withFormat(String value) {
    Draft draft = new Draft(this);
    draft.format = value;
    return draft.options();
  }

  public ReadOptions withShape(long newRows, long newCols) {
    Draft draft = new Draft(this);
    draft.rows = newRows;
    draft.cols = newCols;
    return draft.options();
  }

  public ReadOptions withHeader(boolean value) {
    Draft draft = new Draft(this);
    draft.header = value;
    return draft.options();
  }

  public ReadOptions withSeparator(String value) {
    Draft draft = new Draft(this);
    draft.separator = value;
    return draft.options();
  }

  public ReadOptions withNaStrings(List<String> value) {
    Draft draft = new Draft(this);
    draft.naStrings = value;
    return draft.options();
  }

  /** Says what becomes of empty fields: replaced by the default value, or an error. */
  public ReadOptions withFill(boolean value, double newDefault) {
    Draft draft = new Draft(this);
    draft.fill = value;
    draft.defaultValue = newDefault;
    return draft.options();
  }

  public ReadOptions withDataset(String value) {
    Draft draft = new Draft(this);
    draft.dataset = value;
    return draft.options();
  }

  /** Options that are being changed. */
  private static final class Draft {
    private String dataType;
    private String valueType;
    private String schema;
    private String format;
    private long rows;
    private long cols;
    private long nnz;
    private Boolean header;
    private String separator;
    private List<String> naStrings;
    private Boolean fill;
    private Double defaultValue;
    private String dataset;
    private String indexSeparator;

    Draft(ReadOptions from) {
      this.dataType = from.dataType;
      this.valueType = from.valueType;
      this.schema = from.schema;
      this.format = from.format;
      this.rows = from.rows;
      this.cols = from.cols;
      this.nnz = from.nnz;
      this.header = from.header;
      this.separator = from.separator;
      this.naStrings = from.naStrings;
      this.fill = from.fill;
      this.defaultValue = from.defaultValue;
      this.dataset = from.dataset;
      this.indexSeparator = from.indexSeparator;
    }

    ReadOptions options() {
      return new ReadOptions(
          dataType,
          valueType,
          schema,
          format,
          rows,
          cols,
          nnz,
          header,
          separator,
          naStrings,
          fill,
          defaultValue,
          dataset,
          indexSeparator);
    }
  }
}
