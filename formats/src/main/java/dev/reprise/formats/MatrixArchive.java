package dev.reprise.formats;

import dev.reprise.formats.hdf5.Hdf5Archive;
import dev.reprise.formats.hdf5.Hdf5Files;
import dev.reprise.formats.numpy.NpyFiles;
import dev.reprise.formats.tensors.SafetensorsFiles;
import dev.reprise.formats.tensors.TensorSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A list of named matrices in one file of npz, safetensors or hdf5. */
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
    Map<String, String> paths = new LinkedHashMap<>();
    for (String path : names(format, file)) {
      String name = ofElement(format, path);
      String other = paths.put(name, path);
      if (other != null) {
        throw new FormatException(
            file.toString(),
            "the datasets "
                + other
                + " and "
                + path
                + " would both be element \""
                + name
                + "\" of the list; read them one by one, with dataset=");
      }
    }
    return Optional.of(
        paths.entrySet().stream()
            .map(of -> new ListEntry(of.getKey(), file, each.withDataset(of.getValue())))
            .toList());
  }

  /** Null when nothing tells. */
  private static FileFormat formatOf(ReadRequest request, ReadOptions options, Sidecar sidecar) {
    DataPath data = DataPath.find(request.path(), request.workingDirectory());
    return options.format() == null && sidecar.format() == null
        ? ReadSettings.named(data)
        : ReadSettings.format(data, options, sidecar);
  }

  /** What lists within lists are called: groups are what stands before a dot. */
  private static String ofElement(FileFormat format, String name) {
    return format == FileFormat.HDF5 ? name.substring(1).replace('/', '.') : name;
  }

  private static List<String> names(FileFormat format, Path file) {
    try {
      return switch (format) {
        case NPZ -> NpyFiles.names(file);
        case HDF5 -> Hdf5Files.names(file);
        default -> SafetensorsFiles.names(file);
      };
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

  /** Refuses options that a list in one file has no place for. */
  static void check(WriteOptions options, FileFormat format, String file) {
    boolean isPlain = options.dataset() == null && !Boolean.TRUE.equals(options.sparse());
    if (format == FileFormat.HDF5 && !isPlain) {
      throw new FormatException(
          file,
          "a list in hdf5 has datasets of the names of its elements, one after the other; leave"
              + " dataset= and sparse= out, or write matrices one by one");
    }
  }

  static void write(TensorSource source, FileFormat format, FileChannel channel, String file)
      throws IOException {
    switch (format) {
      case NPZ -> NpyFiles.writeAll(source, channel);
      case HDF5 -> Hdf5Archive.write(source, channel, file);
      default -> SafetensorsFiles.write(source, channel);
    }
  }
}
