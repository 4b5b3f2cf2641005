package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.OperandException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The encoding of a whole frame: one encoder per column, and which matrix columns it fills. A
 * dummycoded column fills one matrix column per code, with a one in the column of its code. What
 * stands for missing values takes the place of NaN after encoding; a dummycoded column stays zero.
 */
final class Encoding {
  private final List<String> names;
  private final TransformSpec spec;
  private final ColumnEncoder[] encoders;
  private final String[] fills;
  private final int[] begins;

  private Encoding(
      List<String> names, TransformSpec spec, ColumnEncoder[] encoders, String[] fills) {
    this.names = names;
    this.spec = spec;
    this.encoders = encoders;
    this.fills = fills;
    this.begins = new int[encoders.length + 1];
    for (int c = 0; c < encoders.length; c++) {
      int width = isDummycoded(c) ? encoders[c].codes() : encoders[c].width();
      if (width > Integer.MAX_VALUE - begins[c]) {
        throw new OperandException(
            "the encoded matrix would have more than "
                + Integer.MAX_VALUE
                + " columns; make fewer of column "
                + names.get(c));
      }
      begins[c + 1] = begins[c] + width;
    }
  }

  /** Runs a body for each column, in any order. */
  @FunctionalInterface
  interface Columns {
    void forEach(int count, IntConsumer body);
  }

  /** Learns the encoding from a frame. */
  static Encoding learn(Frame frame, TransformSpec spec, Columns columns) {
    ColumnEncoder[] encoders = new ColumnEncoder[frame.cols()];
    String[] fills = new String[frame.cols()];
    columns.forEach(
        encoders.length,
        c -> {
          fills[c] = Imputation.learn(frame, c, spec.column(c).impute());
          encoders[c] = learn(frame, c, spec, fills[c]);
        });
    return new Encoding(frame.names(), spec, encoders, fills);
  }

  private static ColumnEncoder learn(Frame frame, int c, TransformSpec spec, String fill) {
    TransformSpec.Column column = spec.column(c);
    if (column.isEmbedded()) {
      throw new OperandException(
          "word_embedding needs a meta frame that numbers the words; make one by recoding the"
              + " column with transformencode, then use transformapply with 'embedding'");
    }
    if (column.isRecoded()) {
      return RecodeColumn.learn(frame, c, fill);
    }
    if (column.bins() != null) {
      return BinColumn.learn(frame, c, column.bins());
    }
    if (column.isHashed()) {
      return new HashColumn(spec.hashBuckets());
    }
    return column.isBagOfWords() ? BagOfWords.learn(frame, c) : new PassThrough();
  }

  /**
   * Reads the encoding back from a meta frame.
   *
   * @param embedding a row per word, for columns of words; else null
   */
  static Encoding fromMeta(Frame meta, TransformSpec spec, MatrixOperand embedding) {
    ColumnEncoder[] encoders = new ColumnEncoder[meta.cols()];
    String[] fills = new String[meta.cols()];
    for (int c = 0; c < encoders.length; c++) {
      List<String> cells = new ArrayList<>();
      for (int r = 0; r < meta.rows(); r++) {
        String cell = meta.textAt(r, c);
        if (cell != null && !cell.isEmpty()) {
          cells.add(cell);
        }
      }
      fills[c] = spec.column(c).impute() == null ? null : meta.fill(c);
      String[] texts = cells.toArray(String[]::new);
      encoders[c] = read(texts, spec, c, meta.names().get(c), embedding);
    }
    return new Encoding(meta.names(), spec, encoders, fills);
  }

  private static ColumnEncoder read(
      String[] cells, TransformSpec spec, int c, String name, MatrixOperand embedding) {
    TransformSpec.Column column = spec.column(c);
    if (column.isEmbedded()) {
      if (embedding == null) {
        throw new OperandException(
            "word_embedding needs the matrix 'embedding', a row for each word of the meta frame");
      }
      return new EmbeddingColumn(RecodeColumn.fromMeta(cells, name), embedding);
    }
    if (column.isRecoded()) {
      return RecodeColumn.fromMeta(cells, name);
    }
    if (column.bins() != null) {
      return BinColumn.fromMeta(cells, name);
    }
    if (column.isBagOfWords()) {
      return BagOfWords.fromMeta(cells, name);
    }
    if (!column.isHashed()) {
      return new PassThrough();
    }
    if (cells.length == 0) {
      throw BinColumn.badMeta(name, "the number of hash buckets", "nothing");
    }
    return HashColumn.fromMeta(cells, name);
  }

  /** The meta frame, which reads back as this encoding. */
  Frame meta() {
    List<String[]> cells = new ArrayList<>();
    int rows = 0;
    for (ColumnEncoder encoder : encoders) {
      cells.add(encoder.meta());
      rows = Math.max(rows, cells.getLast().length);
    }
    List<Object> columns = new ArrayList<>();
    for (String[] column : cells) {
      columns.add(Arrays.copyOf(column, rows));
    }
    List<ColumnType> schema = Collections.nCopies(columns.size(), ColumnType.STRING);
    return new Frame(rows, names, schema, columns, null, fills);
  }

  int columns() {
    return encoders.length;
  }

  ColumnEncoder encoder(int c) {
    return encoders[c];
  }

  boolean isDummycoded(int c) {
    return spec.column(c).isDummycoded();
  }

  /** The first matrix column that a column of the frame fills. */
  int begin(int c) {
    return begins[c];
  }

  /** The number of matrix columns. */
  int width() {
    return begins[encoders.length];
  }

  /** What takes the place of NaN in a column; NaN when nothing does. */
  double fill(int c) {
    if (fills[c] == null || isDummycoded(c)) {
      return Double.NaN;
    }
    try {
      return encoders[c].encode(fills[c]);
    } catch (NumberFormatException e) {
      throw new OperandException(
          "column "
              + names.get(c)
              + " holds numbers and cannot be filled with \""
              + fills[c]
              + "\"; impute it by a number, or recode it");
    }
  }

  /** Rows that stay: all, unless a column that must not be missing is. */
  ChosenRows keptRows(Frame frame) {
    int[] omitted = spec.omitted();
    if (omitted.length == 0) {
      return ChosenRows.all((int) frame.rows());
    }
    int[] kept = new int[(int) frame.rows()];
    int count = 0;
    for (int r = 0; r < kept.length; r++) {
      if (!isOmitted(frame, r, omitted)) {
        kept[count++] = r;
      }
    }
    return ChosenRows.of(Arrays.copyOf(kept, count));
  }

  private static boolean isOmitted(Frame frame, int row, int[] omitted) {
    for (int c : omitted) {
      String text = frame.textAt(row, c);
      if (text == null || text.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  void checkColumns(Frame frame) {
    if (frame.cols() != encoders.length) {
      throw new OperandException(
          "the frame has " + frame.cols() + " columns, the meta frame has " + encoders.length);
    }
  }

  /** The frame that a matrix of this encoding stands for. */
  Frame decode(MatrixOperand matrix) {
    if (matrix.cols() != width()) {
      throw new OperandException(
          "the matrix has " + matrix.cols() + " columns, this encoding makes " + width());
    }
    int rows = Math.toIntExact(matrix.rows());
    FrameBuilder builder = new FrameBuilder();
    for (int c = 0; c < encoders.length; c++) {
      double[] codes = new double[rows];
      for (int r = 0; r < rows; r++) {
        codes[r] = code(matrix, r, c);
      }
      ColumnEncoder encoder = encoders[c];
      boolean plain = encoder instanceof PassThrough || encoder instanceof HashColumn;
      builder.add(
          names.get(c),
          plain
              ? new Column(ColumnType.DOUBLE, codes, null)
              : new Column(ColumnType.STRING, texts(encoder, codes), null));
    }
    return builder.build(rows);
  }

  private static String[] texts(ColumnEncoder encoder, double[] codes) {
    String[] texts = new String[codes.length];
    for (int r = 0; r < texts.length; r++) {
      texts[r] = encoder.decode(codes[r]);
    }
    return texts;
  }

  private double code(MatrixOperand matrix, int row, int c) {
    if (!isDummycoded(c)) {
      return matrix.get(row, begins[c]);
    }
    for (int col = begins[c]; col < begins[c + 1]; col++) {
      if (matrix.get(row, col) != 0) {
        return col - begins[c] + 1;
      }
    }
    return Double.NaN;
  }

  /** For each column of the frame: its number, and the first and last matrix column it fills. */
  double[][] columnMap() {
    double[][] map = new double[encoders.length][];
    for (int c = 0; c < map.length; c++) {
      map[c] = new double[] {c + 1, begins[c] + 1, begins[c + 1]};
    }
    return map;
  }
}
