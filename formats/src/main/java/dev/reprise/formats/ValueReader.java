package dev.reprise.formats;

import dev.reprise.formats.hdf5.Hdf5Files;
import dev.reprise.formats.numpy.NpyFiles;
import dev.reprise.formats.parquet.ParquetFiles;
import dev.reprise.formats.tensors.SafetensorsFiles;
import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** One value on its way from a file, with the options heard. */
final class ValueReader {
  private final ReadSettings settings;
  private final Sidecar sidecar;
  private final TextSource source;
  private final int threads;

  ValueReader(ReadSettings settings, Sidecar sidecar, TextSource source, int threads) {
    this.settings = settings;
    this.sidecar = sidecar;
    this.source = source;
    this.threads = threads;
  }

  /** Reads the value; the caller owns a matrix's buffer. */
  Operand read(Allocator allocator) {
    return switch (settings.dataType()) {
      case "scalar" ->
          ScalarFiles.read(settings, source.bytes(settings.data()), sidecar.dataType() != null);
      case "matrix" -> matrix(allocator);
      case "frame" -> frame(allocator);
      default ->
          throw new FormatException(
              settings.file(),
              "data_type \""
                  + settings.dataType()
                  + "\" is not known; use matrix, frame, list or scalar");
    };
  }

  /** Reads a matrix from a file without parts, whatever its size. */
  private interface FileRead<T> {
    T from(Path file) throws IOException;
  }

  private MatrixOperand matrix(Allocator allocator) {
    return switch (settings.format()) {
      case CSV -> new CsvMatrixReader(settings, blocks(), threads).read(allocator);
      case TEXT -> new TextReader(settings, blocks(), threads).matrix(allocator);
      case MATRIX_MARKET -> new MarketReader(settings, blocks()).matrix(allocator);
      case LIBSVM -> new LibsvmReader(settings, blocks(), threads).matrix(allocator);
      case JSON_LINES -> throw notA("matrix", "frame");
      case ONNX -> throw notA("matrix", "list");
      case BINARY -> binaryMatrix(allocator);
      case NPY -> checked(single(file -> NpyFiles.read(file, allocator)));
      case NPZ -> checked(single(file -> NpyFiles.readNamed(file, settings.dataset(), allocator)));
      case PARQUET -> checked(single(file -> ParquetFiles.matrix(file, allocator)));
      case SAFETENSORS ->
          checked(single(file -> SafetensorsFiles.read(file, settings.dataset(), allocator)));
      case HDF5 -> checked(single(file -> Hdf5Files.read(file, settings.dataset(), allocator)));
    };
  }

  private Frame frame(Allocator allocator) {
    return switch (settings.format()) {
      case CSV -> new CsvFrameReader(settings, blocks()).read();
      case TEXT -> new TextReader(settings, blocks(), threads).frame();
      case JSON_LINES -> new JsonLinesReader(settings, blocks()).read();
      case BINARY -> binaryFrame(allocator);
      case PARQUET -> {
        Frame frame = single(ParquetFiles::frame);
        settings.checkShape(frame.rows(), frame.cols());
        yield frame;
      }
      case MATRIX_MARKET, LIBSVM, NPY, NPZ, HDF5, SAFETENSORS -> throw notA("frame", "matrix");
      case ONNX -> throw notA("frame", "list");
    };
  }

  private List<TextBlock> blocks() {
    return source.blocks(settings.data());
  }

  private FormatException notA(String asked, String instead) {
    return new FormatException(
        settings.file(),
        "format "
            + settings.format().label()
            + " does not hold a "
            + asked
            + "; use data_type=\""
            + instead
            + "\""
            + (instead.equals("matrix") ? ", or read the data from csv" : ""));
  }

  private MatrixOperand binaryMatrix(Allocator allocator) {
    if (SequenceFile.isAt(settings.data().parts().get(0))) {
      return new BlockMatrixReader(settings, sidecar).matrix(allocator);
    }
    if (BinaryFiles.read(settings, allocator) instanceof MatrixOperand matrix) {
      return matrix;
    }
    throw new FormatException(
        settings.file(), "the file holds a frame, not a matrix; add data_type=\"frame\"");
  }

  private Frame binaryFrame(Allocator allocator) {
    if (SequenceFile.isAt(settings.data().parts().get(0))) {
      return new BlockFrameReader(settings).frame();
    }
    Operand value = BinaryFiles.read(settings, allocator);
    if (value instanceof Frame frame) {
      return frame;
    }
    ((MatrixOperand) value).buffer().release();
    throw new FormatException(
        settings.file(), "the file holds a matrix, not a frame; add data_type=\"matrix\"");
  }

  /** Reads the only file of the data. */
  private <T> T single(FileRead<T> read) {
    if (settings.data().parts().size() != 1) {
      throw new FormatException(
          settings.file(),
          "a folder of "
              + settings.format().label()
              + " files is not one input; name one of the files");
    }
    Path file = settings.data().parts().get(0);
    try {
      return read.from(file);
    } catch (IOException e) {
      throw FileProblems.reading(file, e);
    }
  }

  private MatrixOperand checked(MatrixOperand matrix) {
    try {
      settings.checkShape(matrix.rows(), matrix.cols());
      return matrix;
    } catch (FormatException e) {
      matrix.buffer().release();
      throw e;
    }
  }
}
