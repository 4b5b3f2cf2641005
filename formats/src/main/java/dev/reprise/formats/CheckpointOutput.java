package dev.reprise.formats;

import com.dynatrace.hash4j.hashing.HashValue128;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.SparseMatrix;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * A checkpoint on its way to a file: notes, then values one after another, lists as a mark before
 * their elements. {@link #publish} seals it, forces it to the disk and gives it its name in one
 * step, so that whatever happens, power cuts included, the name holds the checkpoint before or this
 * one. Closing without publishing removes what was written.
 *
 * <pre>
 *   "REPRISE-CHECKPOINT\n" version  payload bytes  checksum | notes | value value value ...
 * </pre>
 */
public final class CheckpointOutput implements AutoCloseable {
  private static final long CHUNK_BYTES = 64L << 20;

  private final Path target;
  private final Path temporary;
  private final FileChannel channel;
  private final Checksum checksum = new Checksum();
  private long bytes;
  private boolean published;

  private CheckpointOutput(Path target, Path temporary, FileChannel channel) {
    this.target = target;
    this.temporary = temporary;
    this.channel = channel;
  }

  /**
   * Begins a checkpoint.
   *
   * @param notes texts about the checkpoint as a whole
   * @throws FormatException when the place cannot be written
   */
  public static CheckpointOutput open(String path, Path folder, Map<String, String> notes) {
    Path target = DataPath.resolve(path, folder);
    if (Files.isDirectory(target) || DataFiles.isSpecial(target)) {
      throw new FormatException(
          path, "a checkpoint is one file, and there is a folder or device of that name");
    }
    Path temporary = AtomicOutput.temporary(target);
    try {
      Files.createDirectories(target.getParent());
      FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      CheckpointOutput output = new CheckpointOutput(target, temporary, channel);
      try {
        channel.position(CheckpointHeader.BYTES);
        output.notes(notes);
        return output;
      } catch (IOException | RuntimeException e) {
        output.close();
        throw e;
      }
    } catch (IOException e) {
      throw FileProblems.writing(target, e);
    }
  }

  /** Writes one piece of the head of a value, or of the notes. */
  private interface Content {
    void writeTo(DataOutputStream out) throws IOException;
  }

  private void notes(Map<String, String> notes) {
    head(out -> {
      out.writeInt(notes.size());
      for (Map.Entry<String, String> note : notes.entrySet()) {
        CheckpointHeader.writeText(out, note.getKey());
        CheckpointHeader.writeText(out, note.getValue());
      }
    });
  }

  /** Announces a list; its elements are written next. */
  public void list(List<String> names, int elements) {
    head(out -> {
      out.writeByte(CheckpointHeader.LIST);
      out.writeInt(elements);
      out.writeInt(names.size());
      for (String name : names) {
        CheckpointHeader.writeText(out, name);
      }
    });
  }

  /** Writes a scalar, an absent one too. */
  public void scalar(Scalar scalar) {
    head(out -> {
      out.writeByte(CheckpointHeader.SCALAR);
      CheckpointHeader.writeScalar(out, scalar);
    });
  }

  /** Writes a frame. */
  public void frame(Frame frame) {
    byte[] payload = BinaryFrame.encode(frame);
    shaped(CheckpointHeader.FRAME, frame.rows(), frame.cols(), 0, payload.length);
    segment(MemorySegment.ofArray(payload), payload.length);
  }

  /** Writes a matrix in the form and precision that it has. */
  public void matrix(MatrixOperand matrix) {
    boolean sparse = matrix instanceof SparseMatrix;
    MemorySegment cells =
        matrix instanceof SparseMatrix compressed
            ? compressed.segment()
            : ((DenseMatrix) matrix).segment();
    shaped(
        sparse ? CheckpointHeader.SPARSE : CheckpointHeader.DENSE,
        matrix.rows(),
        matrix.cols(),
        matrix.precision().bytesPerCell(),
        matrix.bytes());
    segment(cells, matrix.bytes());
  }

  private void shaped(int kind, long rows, long cols, int precision, long payloadBytes) {
    head(out -> {
      out.writeByte(kind);
      out.writeLong(rows);
      out.writeLong(cols);
      out.writeInt(precision);
      out.writeLong(payloadBytes);
    });
  }

  private void head(Content content) {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(head)) {
      content.writeTo(out);
    } catch (IOException e) {
      throw new IllegalStateException("a byte array does not fail", e);
    }
    byte[] all = head.toByteArray();
    segment(MemorySegment.ofArray(all), all.length);
  }

  private void segment(MemorySegment segment, long length) {
    checksum.segment(segment, length);
    try {
      for (long at = 0; at < length; at += CHUNK_BYTES) {
        long part = Math.min(CHUNK_BYTES, length - at);
        BinaryFiles.writeFully(channel, segment.asSlice(at, part).asByteBuffer());
      }
    } catch (IOException e) {
      throw FileProblems.writing(target, e);
    }
    bytes += length;
  }

  /** Seals the checkpoint and puts it in the place of the one before. */
  public void publish() {
    HashValue128 check = checksum.value();
    try {
      ByteBuffer header = new CheckpointHeader(bytes, check).encode();
      while (header.hasRemaining()) {
        channel.write(header, header.position());
      }
      channel.force(true);
      channel.close();
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      published = true;
    } catch (IOException e) {
      throw FileProblems.writing(target, e);
    }
    forceFolder();
  }

  /** So that the name is there after a power cut; not every system lets a folder be opened. */
  private void forceFolder() {
    try (FileChannel folder = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    } catch (IOException e) {
      // The checkpoint is in its place all the same.
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
      if (!published) {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      // The write has failed already and says why; a leftover hidden file does no harm.
    }
  }
}
