package dev.reprise.formats;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What a read is to do once arguments, sidecar and file name have been heard, in that order.
 *
 * @param data where the bytes are
 * @param format null for scalars
 * @param rows expected rows, or -1
 * @param cols expected columns, or -1
 * @param schema column types of a frame, comma-separated; null for all strings
 * @param shapeSource where rows and columns were stated, for messages
 * @param dataset name of an array in a file that holds several, or null
 * @param indexSeparator between position and value in libsvm
 * @param ownSeparator whether somebody stated the separator
 * @param nnz cells that are not zero as stated, a hint alone; or -1
 */
record ReadSettings(
    DataPath data,
    String dataType,
    String valueType,
    FileFormat format,
    long rows,
    long cols,
    String schema,
    boolean header,
    byte[] separator,
    MissingValues missing,
    String shapeSource,
    boolean ownRows,
    String dataset,
    byte[] indexSeparator,
    boolean ownSeparator,
    long nnz) {

  static ReadSettings of(DataPath data, ReadOptions options, Sidecar sidecar) {
    String file = data.path().toString();
    String dataType = lower(first(options.dataType(), sidecar.dataType(), "matrix"));
    if (dataType.equals("list") && options.dataset() != null) {
      // One matrix of a file of several.
      dataType = "matrix";
    }
    String valueType = lower(first(options.valueType(), sidecar.valueType(), null));
    boolean ownShape = options.rows() >= 0 || options.cols() >= 0;
    String separator = first(options.separator(), sidecar.separator(), ",");
    if (separator.isEmpty()) {
      throw new FormatException(file, "the separator (sep) must not be empty");
    }
    return new ReadSettings(
        data,
        dataType,
        valueType,
        dataType.equals("scalar") ? null : format(data, options, sidecar),
        options.rows() > 0 || sidecar.rows() < 0 ? options.rows() : sidecar.rows(),
        options.cols() > 0 || sidecar.cols() < 0 ? options.cols() : sidecar.cols(),
        schema(options, sidecar),
        options.header() != null ? options.header() : Boolean.TRUE.equals(sidecar.header()),
        separator.getBytes(StandardCharsets.UTF_8),
        new MissingValues(
            options.naStrings(),
            options.fill() == null || options.fill(),
            options.defaultValue() == null ? 0 : options.defaultValue()),
        ownShape ? "the arguments say" : "the sidecar says",
        options.rows() > 0,
        options.dataset(),
        first(options.indexSeparator(), null, ":").getBytes(StandardCharsets.UTF_8),
        options.separator() != null || sidecar.separator() != null,
        options.nnz() >= 0 ? options.nnz() : sidecar.nnz());
  }

  static FileFormat format(DataPath data, ReadOptions options, Sidecar sidecar) {
    String file = data.path().toString();
    if (options.format() != null) {
      return FileFormat.named(options.format(), file);
    }
    if (sidecar.format() != null) {
      return FileFormat.named(sidecar.format(), Sidecar.readFor(data.path()).toString());
    }
    FileFormat guess = named(data);
    if (guess != null) {
      return guess;
    }
    if (BinaryHeader.isAt(data.parts().get(0))) {
      return FileFormat.BINARY;
    }
    if (options.rows() > 0 && options.cols() > 0) {
      return FileFormat.TEXT;
    }
    throw new FormatException(
        file,
        "there is no sidecar and the name does not tell the format; add format=\"...\", one of "
            + FileFormat.labels());
  }

  /** The format that the name of the data, or of its first part, suggests; null when none. */
  static FileFormat named(DataPath data) {
    FileFormat guess = ofName(data.path());
    return guess != null || data.parts().isEmpty() ? guess : ofName(data.parts().getFirst());
  }

  /** Null as well for the root folder, which has no name. */
  private static FileFormat ofName(Path path) {
    return path.getFileName() == null
        ? null
        : FileFormat.ofExtension(path.getFileName().toString());
  }

  /** A frame's column types: stated as a schema, or one type for all columns. */
  private static String schema(ReadOptions options, Sidecar sidecar) {
    if (options.schema() != null) {
      return options.schema();
    }
    return options.valueType() != null && sidecar.schema() == null
        ? options.valueType()
        : sidecar.schema();
  }

  private static String first(String a, String b, String fallback) {
    return a != null ? a : b != null ? b : fallback;
  }

  private static String lower(String text) {
    return text == null ? null : text.strip().toLowerCase(Locale.ROOT);
  }

  String file() {
    return data.path().toString();
  }

  /**
   * How many rows a csv file gives: as many as the statement says, when the columns are known, too;
   * what the file lacks of them is filled up with zeros, as SystemDS does. A file that lacks rows
   * of its sidecar has been damaged.
   */
  long filledRows(long foundRows, long foundCols) {
    return ownRows && foundRows > 0 && rows > foundRows && cols == foundCols ? rows : foundRows;
  }

  /** Complains when the content does not have the stated shape. */
  void checkShape(long foundRows, long foundCols) {
    if (rows >= 0 && rows != foundRows || cols >= 0 && cols != foundCols) {
      throw new FormatException(
          file(),
          shapeSource
              + " "
              + (rows >= 0 ? rows + " rows" : "")
              + (rows >= 0 && cols >= 0 ? " and " : "")
              + (cols >= 0 ? cols + " columns" : "")
              + ", the file has "
              + foundRows
              + " rows and "
              + foundCols
              + " columns; correct that, or header= and sep=");
    }
  }
}
