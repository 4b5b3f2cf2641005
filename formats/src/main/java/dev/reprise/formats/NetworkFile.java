package dev.reprise.formats;

import dev.reprise.formats.onnx.Layer;
import dev.reprise.formats.onnx.OnnxFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file that is read as a list of layers: an ONNX model, perhaps with weights in files beside. */
final class NetworkFile {
  private NetworkFile() {}

  static boolean isAt(ReadRequest request) {
    Path file = DataPath.resolve(request.path(), request.workingDirectory());
    if (!Files.isRegularFile(file)) {
      return false;
    }
    ReadOptions options = request.options();
    Sidecar sidecar = Sidecar.of(file);
    String type = options.dataType() != null ? options.dataType() : sidecar.dataType();
    if (type != null && !type.strip().equalsIgnoreCase("list")) {
      return false;
    }
    DataPath data = DataPath.find(request.path(), request.workingDirectory());
    FileFormat format =
        options.format() == null && sidecar.format() == null
            ? ReadSettings.named(data)
            : ReadSettings.format(data, options, sidecar);
    return format == FileFormat.ONNX;
  }

  /** The files beside it that hold weights. */
  static List<Path> external(Path file, FingerprintCache cache) {
    try {
      return cache.externalTensors(file).files(file);
    } catch (IOException e) {
      throw FileProblems.reading(file, e);
    }
  }

  static List<Layer> read(Path file) {
    try {
      return OnnxFiles.read(file);
    } catch (IOException e) {
      throw FileProblems.reading(file, e);
    }
  }
}
