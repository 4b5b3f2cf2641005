package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Reads and writes networks as ONNX models, in memory as a whole. */
public final class OnnxFiles {
  private OnnxFiles() {}

  /** The layers of a model. */
  public static List<Layer> read(Path file) throws IOException {
    checkSize(file, Files.size(file));
    byte[] bytes = Files.readAllBytes(file);
    return OnnxImport.of(OnnxModel.read(ByteBuffer.wrap(bytes), file), file.toString());
  }

  /** The tensors of a model whose cells lie in files beside it. */
  public static ExternalTensors externalTensors(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      checkSize(file, channel.size());
      ByteBuffer bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena).asByteBuffer();
      return OnnxModel.read(bytes, file).externalTensors();
    } catch (InternalError e) {
      // What the JVM makes of a page of a mapped file that is no longer there.
      throw new FormatException(file.toString(), "the file became shorter while it was read");
    }
  }

  private static void checkSize(Path file, long bytes) {
    if (bytes > Integer.MAX_VALUE - 8) {
      throw new FormatException(
          file.toString(), "no ONNX model has 2 GiB or more; keep its weights in a second file");
    }
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
