package dev.reprise.formats;

import dev.reprise.formats.hdf5.Hdf5Output;
import dev.reprise.formats.numpy.NpyFiles;
import dev.reprise.formats.parquet.ParquetOutput;
import dev.reprise.formats.tensors.SafetensorsFiles;
import dev.reprise.formats.tensors.TensorSource;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Scalar;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** One value on its way to a file, with the options heard. */
final class ValueWriter implements AtomicOutput.Content {
  private static final String ONLY_TENSOR = "X";

  private final Operand value;
  private final Path target;
  private final FileFormat format;
  private final String separator;
  private final boolean header;
  private final boolean sparse;
  private final String description;
  private final String indexSeparator;
  private final String dataset;
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
    this.indexSeparator = options.indexSeparator() == null ? ":" : options.indexSeparator();
    this.dataset = options.dataset();
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
    } else if (value instanceof MatrixOperand matrix) {
      write(matrix, channel);
    } else {
      write((Frame) value, channel);
    }
  }

  private void write(MatrixOperand matrix, FileChannel channel) throws IOException {
    switch (format) {
      case CSV -> new CsvWriter(channel, separator, threads).write(matrix, header, sparse);
      case TEXT -> new TextWriter(channel).write(matrix);
      case MATRIX_MARKET -> new TextWriter(channel).writeMarket(matrix);
      case LIBSVM -> {
        if (matrix.cols() == 0) {
          throw new FormatException(target.toString(), "libsvm needs a column of labels");
        }
        new TextWriter(channel).writeLibsvm(matrix, separator, indexSeparator);
      }
      case BINARY -> BinaryFiles.write(matrix, channel);
      case NPY -> NpyFiles.write(matrix, channel);
      case NPZ -> NpyFiles.writeNamed(matrix, dataset, channel);
      case SAFETENSORS ->
          SafetensorsFiles.write(
              TensorSource.of(dataset == null ? ONLY_TENSOR : dataset, matrix), channel);
      case PARQUET -> {
        requireColumns(matrix.cols());
        ParquetOutput.write(matrix, channel);
      }
      case HDF5 -> {
        if (sparse) {
          Hdf5Output.writeCompressed(matrix, dataset, channel, target.toString());
        } else {
          Hdf5Output.write(matrix, dataset, channel, target.toString());
        }
      }
      case JSON_LINES, ONNX -> throw cannot("matrix", "csv, npy or binary");
    }
  }

  private void write(Frame frame, FileChannel channel) throws IOException {
    switch (format) {
      case CSV -> new CsvWriter(channel, separator, threads).write(frame, header);
      case TEXT -> new TextWriter(channel).write(frame);
      case JSON_LINES -> new JsonLinesWriter(channel).write(frame);
      case BINARY -> BinaryFiles.write(frame, channel);
      case PARQUET -> {
        requireColumns(frame.cols());
        ParquetOutput.write(frame, channel);
      }
      case MATRIX_MARKET, LIBSVM, NPY, NPZ, HDF5, SAFETENSORS, ONNX ->
          throw cannot("frame", "csv, jsonl or parquet");
    }
  }

  private void requireColumns(long columns) {
    if (columns == 0) {
      throw new FormatException(
          target.toString(), "parquet holds columns, and there are none; use csv or binary");
    }
  }

  private FormatException cannot(String kind, String instead) {
    return new FormatException(
        target.toString(),
        "a " + kind + " cannot be written as " + format.label() + "; use " + instead);
  }

  /** What the sidecar of the file states. */
  Sidecar sidecar() {
    if (value instanceof Scalar scalar) {
      String type = ScalarFiles.typeName(scalar);
      return new Sidecar("scalar", type, null, -1, -1, -1, "text", null, null, description, -1, -1);
    }
    if (value instanceof MatrixOperand matrix) {
      long nonZeros = MatrixRows.nonZeros(matrix);
      // What a libsvm sidecar calls columns are the features: the label is not counted.
      long cols = format == FileFormat.LIBSVM ? matrix.cols() - 1 : matrix.cols();
      return shaped("matrix", "double", null, matrix.rows(), cols, nonZeros);
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
        csv || format == FileFormat.LIBSVM && !separator.equals(",") ? separator : null,
        description,
        -1,
        -1);
  }
}
