package dev.reprise.formats;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The formats that can be read and written; see {@code docs/file-formats.md}. */
public enum FileFormat {
  CSV("csv"),
  TEXT("text"),
  MATRIX_MARKET("mm"),
  LIBSVM("libsvm"),
  JSON_LINES("jsonl"),
  BINARY("binary"),
  NPY("npy"),
  NPZ("npz"),
  PARQUET("parquet"),
  HDF5("hdf5"),
  SAFETENSORS("safetensors"),
  ONNX("onnx");

  private final String label;

  FileFormat(String label) {
    this.label = label;
  }

  /** The name in scripts and sidecars. */
  public String label() {
    return label;
  }

  /** True for files of several named matrices. */
  boolean isArchive() {
    return this == NPZ || this == SAFETENSORS || this == HDF5;
  }

  /** All names, for messages. */
  static String labels() {
    return Arrays.stream(values()).map(FileFormat::label).collect(Collectors.joining(", "));
  }

  /**
   * The format of that name, any capitalisation.
   *
   * @param file where the name was used, for the message
   */
  static FileFormat named(String name, String file) {
    return switch (name.strip().toLowerCase(Locale.ROOT)) {
      case "csv" -> CSV;
      case "text", "textcell" -> TEXT;
      case "mm", "mtx" -> MATRIX_MARKET;
      case "libsvm" -> LIBSVM;
      case "jsonl", "json" -> JSON_LINES;
      case "binary" -> BINARY;
      case "npy" -> NPY;
      case "npz" -> NPZ;
      case "parquet" -> PARQUET;
      case "hdf5", "h5" -> HDF5;
      case "safetensors" -> SAFETENSORS;
      case "onnx" -> ONNX;
      default ->
          throw new FormatException(
              file, "format \"" + name + "\" is not supported; choose one of " + labels());
    };
  }

  /** The format that a file name suggests, or null. A trailing {@code .gz} is looked through. */
  static FileFormat ofExtension(String fileName) {
    String name = fileName.toLowerCase(Locale.ROOT);
    if (name.endsWith(".gz")) {
      name = name.substring(0, name.length() - 3);
    }
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "csv" -> CSV;
      case "txt", "text", "ijv" -> TEXT;
      case "mm", "mtx" -> MATRIX_MARKET;
      case "libsvm", "svm" -> LIBSVM;
      case "jsonl", "ndjson" -> JSON_LINES;
      case "bin", "binary" -> BINARY;
      case "npy" -> NPY;
      case "npz" -> NPZ;
      case "parquet" -> PARQUET;
      case "hdf5", "hdf", "h5" -> HDF5;
      case "safetensors" -> SAFETENSORS;
      case "onnx" -> ONNX;
      default -> null;
    };
  }
}
