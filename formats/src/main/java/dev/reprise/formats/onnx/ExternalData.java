package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * Where the cells of a tensor lie when they are in a file beside the model: ONNX's external data,
 * which PyTorch writes for all weights that are not small.
 *
 * @param tensor its name, for messages
 * @param location path relative to the folder of the model
 * @param offset of the first byte
 * @param length in bytes; -1 for all to the end of the file
 */
record ExternalData(String tensor, String location, long offset, long length) {

  /** From the entries of the model; keys that are not known do not matter. */
  static ExternalData of(String tensor, Map<String, String> entries, Path model) {
    String location = entries.get("location");
    if (location == null) {
      throw problem(tensor, model, "lies in another file, but the model does not say in which");
    }
    long offset = count(entries, "offset", 0, tensor, model);
    return new ExternalData(tensor, location, offset, count(entries, "length", -1, tensor, model));
  }

  private static long count(
      Map<String, String> entries, String key, long fallback, String tensor, Path model) {
    String text = entries.get(key);
    if (text == null) {
      return fallback;
    }
    try {
      long count = Long.parseLong(text.strip());
      if (count >= 0) {
        return count;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw problem(
        tensor, model, "has the " + key + " \"" + text + "\", which is no count of bytes");
  }

  /**
   * The file, links followed.
   *
   * @throws FormatException when it is not there, or not within the folder of the model: a model
   *     from somebody else must not make us read any other file
   */
  Path file(Path model) {
    Path folder = model.toAbsolutePath().getParent();
    Path named = named(folder);
    if (named == null) {
      throw problem(model, "which is not a path within the folder of the model; move it there");
    }
    if (!Files.exists(named)) {
      throw problem(
          model, "but there is no such file beside the model; copy it to " + folder + ", too");
    }
    try {
      Path file = named.toRealPath();
      if (!file.startsWith(folder.toRealPath())) {
        throw problem(
            model, "which is a link to outside of the model's folder; copy the file there");
      }
      if (!Files.isRegularFile(file)) {
        throw problem(model, "which is not a file");
      }
      return file;
    } catch (IOException e) {
      throw unreadable(model, e);
    }
  }

  /** Null for what is not a relative path that stays within the folder. */
  private Path named(Path folder) {
    try {
      Path relative = Path.of(location);
      Path named = folder.resolve(relative).normalize();
      boolean isWithin = !relative.isAbsolute() && named.startsWith(folder.normalize());
      return isWithin && !location.isBlank() ? named : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /** The bytes of the cells. */
  ByteBuffer read(Path model) {
    Path file = file(model);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      long count = length < 0 ? size - offset : length;
      if (offset > size || count > size - offset) {
        throw problem(
            model,
            "whose "
                + size
                + " bytes end before the tensor does ("
                + (length < 0 ? "" : length + " bytes ")
                + "from "
                + offset
                + " on); copy model and weights again");
      }
      if (count > Integer.MAX_VALUE - 8) {
        throw problem(model, "and has 2 GiB or more, which cannot be read");
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) count).order(ByteOrder.LITTLE_ENDIAN);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, offset + bytes.position()) < 0) {
          throw problem(model, "which became shorter while it was read");
        }
      }
      return bytes.flip();
    } catch (IOException e) {
      throw unreadable(model, e);
    }
  }

  private FormatException unreadable(Path model, IOException e) {
    return problem(model, "which cannot be read: " + e.getMessage());
  }

  private FormatException problem(Path model, String what) {
    return problem(tensor, model, "lies in \"" + location + "\", " + what);
  }

  private static FormatException problem(String tensor, Path model, String what) {
    return new FormatException(model.toString(), "tensor \"" + tensor + "\" " + what);
  }
}
