package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.OperandException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The encoding of a whole frame: one encoder per column, and which matrix columns it fills. A
 * dummycoded column fills one matrix column per code, with a one in the column of its code.
 */
final class Encoding {
  // The last cell of a meta column whose missing cells are filled: this mark, then the value.
  private static final String IMPUTED = ColumnEncoder.MARK + "MV" + ColumnEncoder.MARK;

  private final List<String> names;
  private final TransformSpec spec;
  private final ColumnEncoder[] encoders;
  private final String[] imputed;
  private final int[] begins;

  private Encoding(
      List<String> names, TransformSpec spec, ColumnEncoder[] encoders, String[] imputed) {
    this.names = names;
    this.spec = spec;
    this.encoders = encoders;
    this.imputed = imputed;
    this.begins = new int[encoders.length + 1];
    for (int c = 0; c < encoders.length; c++) {
      begins[c + 1] = Math.addExact(begins[c], width(c));
    }
  }

  private int width(int c) {
    return spec.column(c).isDummycoded() ? encoders[c].codes() : 1;
  }

  /** Learns the encoding from a frame. */
  static Encoding learn(Frame frame, TransformSpec spec) {
    ColumnEncoder[] encoders = new ColumnEncoder[frame.cols()];
    String[] imputed = new String[frame.cols()];
    for (int c = 0; c < encoders.length; c++) {
      TransformSpec.Column column = spec.column(c);
      imputed[c] = Imputation.learn(frame, c, column.impute());
      ColumnCells cells = new ColumnCells(frame, c, imputed[c]);
      encoders[c] =
          column.isRecoded()
              ? RecodeColumn.of(cells)
              : column.bins() != null
                  ? BinColumn.of(cells, column.bins())
                  : column.isHashed() ? new HashColumn(spec.hashBuckets()) : new PassThrough();
    }
    return new Encoding(frame.names(), spec, encoders, imputed);
  }

  /** Reads the encoding back from a meta frame. */
  static Encoding fromMeta(Frame meta, TransformSpec spec) {
    ColumnEncoder[] encoders = new ColumnEncoder[meta.cols()];
    String[] imputed = new String[meta.cols()];
    for (int c = 0; c < encoders.length; c++) {
      List<String> cells = new ArrayList<>();
      for (int r = 0; r < meta.rows(); r++) {
        String cell = FrameCells.text(meta, r, c);
        if (cell != null && cell.startsWith(IMPUTED)) {
          imputed[c] = cell.substring(IMPUTED.length());
        } else if (cell != null && !cell.isEmpty()) {
          cells.add(cell);
        }
      }
      encoders[c] = read(cells.toArray(String[]::new), spec.column(c), meta.names().get(c));
    }
    return new Encoding(meta.names(), spec, encoders, imputed);
  }

  private static ColumnEncoder read(String[] cells, TransformSpec.Column column, String name) {
    if (column.isRecoded()) {
      return RecodeColumn.fromMeta(cells, name);
    }
    if (column.bins() != null) {
      return BinColumn.fromMeta(cells, name);
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
    for (int c = 0; c < encoders.length; c++) {
      String[] column = encoders[c].meta();
      if (imputed[c] != null) {
        column = Arrays.copyOf(column, column.length + 1);
        column[column.length - 1] = IMPUTED + imputed[c];
      }
      cells.add(column);
      rows = Math.max(rows, column.length);
    }
    List<Object> columns = new ArrayList<>();
    for (String[] column : cells) {
      columns.add(Arrays.copyOf(column, rows));
    }
    return new Frame(rows, names, Collections.nCopies(columns.size(), ColumnType.STRING), columns);
  }

  /** The number of matrix columns. */
  int width() {
    return begins[encoders.length];
  }

  /** Rows that stay: all, unless a column that must not be missing is. */
  int[] keptRows(Frame frame) {
    int[] kept = new int[(int) frame.rows()];
    int count = 0;
    for (int r = 0; r < kept.length; r++) {
      if (!isOmitted(frame, r)) {
        kept[count++] = r;
      }
    }
    return Arrays.copyOf(kept, count);
  }

  private boolean isOmitted(Frame frame, int row) {
    for (int c = 0; c < encoders.length; c++) {
      if (spec.column(c).isOmitted() && FrameCells.text(frame, row, c) == null) {
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

  /** Encodes the rows {@code kept[from]} to {@code kept[to - 1]} into rows from to to - 1. */
  void encode(Frame frame, int[] kept, DenseMatrix matrix, int from, int to) {
    for (int c = 0; c < encoders.length; c++) {
      ColumnCells cells = new ColumnCells(frame, c, imputed[c]);
      boolean dummy = spec.column(c).isDummycoded();
      for (int r = from; r < to; r++) {
        double code = encoders[c].encode(cells, kept[r]);
        if (dummy) {
          setOne(matrix, r, c, code);
        } else {
          matrix.set(r, begins[c], code);
        }
      }
    }
  }

  private void setOne(DenseMatrix matrix, int row, int c, double code) {
    for (int col = begins[c]; col < begins[c + 1]; col++) {
      // NaN is no column: a missing or unknown category is all zeros.
      matrix.set(row, col, code == col - begins[c] + 1 ? 1 : 0);
    }
  }

  /** The frame that a matrix of this encoding stands for. */
  Frame decode(DenseMatrix matrix) {
    if (matrix.cols() != width()) {
      throw new OperandException(
          "the matrix has " + matrix.cols() + " columns, this encoding makes " + width());
    }
    int rows = Math.toIntExact(matrix.rows());
    List<ColumnType> schema = new ArrayList<>();
    List<Object> columns = new ArrayList<>();
    for (int c = 0; c < encoders.length; c++) {
      boolean plain = encoders[c].codes() == 0 && !spec.column(c).isRecoded();
      double[] codes = new double[rows];
      for (int r = 0; r < rows; r++) {
        codes[r] = code(matrix, r, c);
      }
      schema.add(plain ? ColumnType.DOUBLE : ColumnType.STRING);
      columns.add(plain ? codes : texts(encoders[c], codes));
    }
    return new Frame(rows, names, schema, columns);
  }

  private static String[] texts(ColumnEncoder encoder, double[] codes) {
    String[] texts = new String[codes.length];
    for (int r = 0; r < texts.length; r++) {
      texts[r] = encoder.decode(codes[r]);
    }
    return texts;
  }

  private double code(DenseMatrix matrix, int row, int c) {
    if (!spec.column(c).isDummycoded()) {
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
