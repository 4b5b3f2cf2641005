package dev.reprise.formats;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** One value on its way to a file, with the options heard. */
final class ValueWriter implements AtomicOutput.Content {
  private final Operand value;
  private final Path target;
  private final FileFormat format;
  private final String separator;
  private final boolean header;
  private final boolean sparse;
  private final String description;
  private final int threads;

  ValueWriter(Operand value, Path target, WriteOptions options, int threads) {
    this.value = value;
    this.target = target;
    String name = options.format() == null ? FileFormat.TEXT.label() : options.format();
    this.format = FileFormat.named(name, target.toString());
    this.separator = options.separator() == null ? "," : options.separator();
    this.header = Boolean.TRUE.equals(options.header());
    this.sparse = Boolean.TRUE.equals(options.sparse());
    this.description = options.description();
    this.threads = threads;
    if (separator.isEmpty()) {
      throw new FormatException(target.toString(), "the separator (sep) must not be empty");
    }
  }

  // Chains of instanceof rather than pattern switches: those link at run time, which the first
  // write
  // of a short program would pay for.

  @Override
  public void writeTo(FileChannel channel) throws IOException {
    if (value instanceof Scalar scalar) {
      new TextSink(channel).put(ScalarFiles.text(scalar)).flush();
    } else if (value instanceof DenseMatrix matrix) {
      write(matrix, channel);
    } else {
      write((Frame) value, channel);
    }
  }

  private void write(DenseMatrix matrix, FileChannel channel) throws IOException {
    switch (format) {
      case CSV -> new CsvWriter(channel, separator, threads).write(matrix, header, sparse);
      case TEXT -> new TextWriter(channel).write(matrix);
      case MATRIX_MARKET -> new TextWriter(channel).writeMarket(matrix);
      case BINARY -> BinaryFiles.write(matrix, channel);
    }
  }

  private void write(Frame frame, FileChannel channel) throws IOException {
    switch (format) {
      case CSV -> new CsvWriter(channel, separator, threads).write(frame, header);
      case TEXT -> new TextWriter(channel).write(frame);
      case MATRIX_MARKET ->
          throw new FormatException(target.toString(), "a frame cannot be written as mm; use csv");
      case BINARY -> BinaryFiles.write(frame, channel);
    }
  }

  /** What the sidecar of the file states. */
  Sidecar sidecar() {
    if (value instanceof Scalar scalar) {
      String type = ScalarFiles.typeName(scalar);
      return new Sidecar("scalar", type, null, -1, -1, -1, "text", null, null, description);
    }
    if (value instanceof DenseMatrix matrix) {
      long nonZeros = MatrixCells.nonZeros(matrix);
      return shaped("matrix", "double", null, matrix.rows(), matrix.cols(), nonZeros);
    }
    Frame frame = (Frame) value;
    String schema = Schemas.text(frame.schema());
    return shaped("frame", null, schema, frame.rows(), frame.cols(), -1);
  }

  private Sidecar shaped(
      String dataType, String valueType, String schema, long rows, long cols, long nonZeros) {
    boolean csv = format == FileFormat.CSV;
    return new Sidecar(
        dataType,
        valueType,
        schema,
        rows,
        cols,
        nonZeros,
        format.label(),
        csv ? header : null,
        csv ? separator : null,
        description);
  }
}
