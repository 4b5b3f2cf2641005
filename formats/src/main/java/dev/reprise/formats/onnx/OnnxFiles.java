package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads and writes sequential networks as ONNX models, in memory as a whole. */
public final class OnnxFiles {
  private OnnxFiles() {}

  /** The layers of a model. */
  public static List<Layer> read(Path file) throws IOException {
    if (Files.size(file) > Integer.MAX_VALUE - 8) {
      throw new FormatException(file.toString(), "no ONNX model has 2 GiB or more");
    }
    byte[] bytes = Files.readAllBytes(file);
    return OnnxImport.of(OnnxModel.read(ByteBuffer.wrap(bytes), file.toString()), file.toString());
  }

  /**
   * Writes layers as a model.
   *
   * @param file for messages
   */
  public static void write(List<Layer> layers, Path file, FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(OnnxExport.of(layers, file.toString()));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
