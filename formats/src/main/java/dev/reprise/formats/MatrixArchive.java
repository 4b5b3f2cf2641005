package dev.reprise.formats;

import dev.reprise.formats.numpy.NpyFiles;
import dev.reprise.formats.tensors.SafetensorsFiles;
import dev.reprise.formats.tensors.TensorSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A list of named matrices in one file of npz or safetensors. */
final class MatrixArchive {
  private MatrixArchive() {}

  /** The matrices of a file, if it is an archive that is to be read as a list; else empty. */
  static Optional<List<ListEntry>> entries(ReadRequest request, Path file) {
    ReadOptions options = request.options();
    if (!Files.isRegularFile(file) || options.dataset() != null) {
      return Optional.empty();
    }
    Sidecar sidecar = Sidecar.of(file);
    String type = options.dataType() != null ? options.dataType() : sidecar.dataType();
    if (type != null && !type.strip().equalsIgnoreCase("list")) {
      return Optional.empty();
    }
    FileFormat format = formatOf(request, options, sidecar);
    boolean isList = type != null || format == FileFormat.SAFETENSORS;
    if (!isList || format == null || !format.isArchive()) {
      return Optional.empty();
    }
    ReadOptions each = ReadOptions.none().withDataType("matrix").withFormat(format.label());
    return Optional.of(
        names(format, file).stream()
            .map(name -> new ListEntry(name, file, each.withDataset(name)))
            .toList());
  }

  /** Null when nothing tells. */
  private static FileFormat formatOf(ReadRequest request, ReadOptions options, Sidecar sidecar) {
    DataPath data = DataPath.find(request.path(), request.workingDirectory());
    return options.format() == null && sidecar.format() == null
        ? ReadSettings.named(data)
        : ReadSettings.format(data, options, sidecar);
  }

  private static List<String> names(FileFormat format, Path file) {
    try {
      return format == FileFormat.NPZ ? NpyFiles.names(file) : SafetensorsFiles.names(file);
    } catch (IOException e) {
      throw FileProblems.reading(file, e);
    }
  }

  /** The format of an archive that a list is to be written to; null for any other output. */
  static FileFormat of(WriteOptions options, Path target) {
    if (options.format() == null) {
      return null;
    }
    FileFormat format = FileFormat.named(options.format(), target.toString());
    return format.isArchive() ? format : null;
  }

  static void write(TensorSource source, FileFormat format, FileChannel channel)
      throws IOException {
    if (format == FileFormat.NPZ) {
      NpyFiles.writeAll(source, channel);
    } else {
      SafetensorsFiles.write(source, channel);
    }
  }
}
