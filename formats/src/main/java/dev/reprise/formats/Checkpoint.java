package dev.reprise.formats;

import dev.reprise.formats.ValueContent.Fingerprint;
import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.StringScalar;
import dev.reprise.runtime.Value;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A checkpoint: a list of values and texts about it, in one file.
 *
 * <pre>
 *   "REPRISE-CHECKPOINT\n" version  bytes  fingerprint | list(notes = list(name = text, ..), value = value)
 *                                                        \-- as ValueContent has it --------------------/
 * </pre>
 *
 * <p>It is sealed, forced to the disk, and given its name in one step, so that whatever happens,
 * power cuts included, the name holds the checkpoint before or this one. A symbolic link stays, and
 * what it leads to is the checkpoint.
 *
 * @param notes texts about the values
 * @param value the list; borrowed when it is written, owned by the receiver when it was read
 */
public record Checkpoint(Map<String, String> notes, ListValue value) {
  private static final List<String> PARTS = List.of("notes", "value");

  public Checkpoint {
    notes = Map.copyOf(notes);
  }

  // ---- writing

  /**
   * Writes the checkpoint in the place of the one before. What was written is removed when this
   * fails.
   *
   * @param pinning pins a matrix of the value in host memory; unpinned when it is written
   * @throws FormatException when the place cannot be written, or not this value
   */
  public void write(String path, Path folder, Function<MatrixValue, MatrixOperand> pinning) {
    Path name = DataPath.resolve(path, folder);
    if (Files.isDirectory(name) || DataFiles.isSpecial(name)) {
      throw new FormatException(
          path, "a checkpoint is one file, and there is a folder or device of that name");
    }
    ListValue content = content();
    if (!ValueContent.canWrite(content)) {
      throw new FormatException(
          path,
          "a checkpoint has no room for lists that lie in more than "
              + (ValueContent.DEEPEST_LIST - 2)
              + " others, nor for frames of 1 GiB or more; write what is too large by itself");
    }
    try {
      write(content, LinkedPlace.of(name), pinning);
    } catch (IOException e) {
      throw FileProblems.writing(name, e);
    }
  }

  private static void write(
      ListValue content, Path target, Function<MatrixValue, MatrixOperand> pinning)
      throws IOException {
    Path temporary = AtomicOutput.temporary(target);
    try {
      Files.createDirectories(target.getParent());
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        channel.position(CheckpointHeader.BYTES);
        CheckpointHeader header =
            new CheckpointHeader(ValueContent.write(content, channel, pinning));
        channel.position(0);
        BinaryFiles.writeFully(channel, header.encode());
        channel.force(true);
      }
      ReplacedFile.move(temporary, target);
    } finally {
      removeRest(temporary);
    }
    forceFolder(target.getParent());
  }

  /** Borrows the value: nobody releases this list. */
  private ListValue content() {
    List<String> names = new ArrayList<>(notes.keySet());
    names.sort(null);
    List<Value> texts = new ArrayList<>();
    names.forEach(name -> texts.add(Scalar.of(notes.get(name))));
    return new ListValue(PARTS, List.of(new ListValue(names, texts), value));
  }

  private static void removeRest(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      // The write has failed already and says why; a leftover hidden file does no harm.
    }
  }

  /** So that the name is there after a power cut; not every system lets a folder be opened. */
  private static void forceFolder(Path parent) {
    try (FileChannel folder = FileChannel.open(parent, StandardOpenOption.READ)) {
      folder.force(true);
    } catch (IOException e) {
      // The checkpoint is in its place all the same.
    }
  }

  // ---- reading

  /**
   * Reads a checkpoint; all of it is checked.
   *
   * @param allocator memory for cells
   * @param adopt makes a value of a matrix; its buffer is handed over, whatever comes of it
   * @return the caller owns one reference to the value
   * @throws FormatException when it is missing, damaged, of another version or none; nothing is
   *     left open
   */
  public static Checkpoint read(
      String path, Path folder, Allocator allocator, Function<MatrixOperand, Value> adopt) {
    if (Files.isDirectory(DataPath.resolve(path, folder))) {
      throw new FormatException(
          path, "this is a folder, and no checkpoint; a checkpoint is one file, name that");
    }
    Path file = DataPath.find(path, folder).path();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      Fingerprint written = header(channel, file).content();
      MemorySegment content =
          channel.map(MapMode.READ_ONLY, CheckpointHeader.BYTES, written.bytes(), arena);
      return of(intact(content, written, file, allocator, adopt), file);
    } catch (IOException e) {
      throw FileProblems.reading(file, e);
    }
  }

  private static CheckpointHeader header(FileChannel channel, Path file) throws IOException {
    ByteBuffer start = ByteBuffer.allocate(CheckpointHeader.BYTES);
    while (start.hasRemaining() && channel.read(start, start.position()) > 0) {
      // Reads until the header is complete or the file ends.
    }
    return CheckpointHeader.decode(start.flip(), channel.size(), file.toString());
  }

  private static Value intact(
      MemorySegment content,
      Fingerprint written,
      Path file,
      Allocator allocator,
      Function<MatrixOperand, Value> adopt) {
    try {
      return ValueContent.read(content, written, file, allocator, adopt);
    } catch (FormatException e) {
      throw damaged(file, "the checksum does not match: it was damaged after it was written");
    }
  }

  /** What the content of a checkpoint says, with the value's reference; releases the rest. */
  private static Checkpoint of(Value content, Path file) {
    try {
      if (content instanceof ListValue parts
          && parts.names().equals(PARTS)
          && parts.elements().getFirst() instanceof ListValue texts
          && parts.elements().getLast() instanceof ListValue value) {
        Map<String, String> notes = new HashMap<>();
        for (int i = 0; i < texts.size(); i++) {
          if (texts.isNamed() && texts.elements().get(i) instanceof StringScalar(String text)) {
            notes.put(texts.names().get(i), text);
          }
        }
        value.retain();
        return new Checkpoint(notes, value);
      }
    } finally {
      content.release();
    }
    throw damaged(file, "it holds other things than one");
  }

  private static FormatException damaged(Path file, String how) {
    return new FormatException(
        file.toString(), "the checkpoint cannot be resumed: " + how + "; use an earlier one");
  }
}
