package dev.reprise.formats;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The records of a Hadoop sequence file, uncompressed, version 6: the container in which SystemDS
 * keeps its binary blocks.
 *
 * <pre>
 *   "SEQ" 6 | key class | value class | compressed? | by blocks? | metadata | mark (16 bytes)
 *   record: length (4) | length of the key (4) | key | value;   length -1: the mark follows
 * </pre>
 */
final class SequenceFile {
  private static final int MARK_BYTES = 16;
  private static final int VERSION = 6;

  private final Path file;

  SequenceFile(Path file) {
    this.file = file;
  }

  /** Takes one record. */
  interface Records {
    /**
     * @param key and {@code value}: big-endian, valid during the call
     */
    void take(ByteBuffer key, ByteBuffer value);
  }

  /** True when a file starts as sequence files do. */
  static boolean isAt(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer start = ByteBuffer.allocate(4);
      channel.read(start, 0);
      return start.position() == 4
          && start.get(0) == 'S'
          && start.get(1) == 'E'
          && start.get(2) == 'Q'
          && start.get(3) == VERSION;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Hands over all records in order.
   *
   * @param valueClass simple name of the class whose values are expected
   * @throws FormatException when the file holds other values, is compressed or damaged
   */
  void read(String valueClass, Records records) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      Bytes bytes = new Bytes(channel);
      readHeader(bytes, valueClass);
      while (bytes.hasMore()) {
        int length = bytes.number();
        if (length == -1) {
          bytes.next(MARK_BYTES);
          continue;
        }
        int keyLength = bytes.number();
        if (keyLength < 0 || length < keyLength) {
          throw damaged();
        }
        records.take(bytes.next(keyLength), bytes.next(length - keyLength));
      }
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw damaged();
    } catch (IOException e) {
      throw FileProblems.reading(file, e);
    }
  }

  FormatException damaged() {
    return new FormatException(
        file.toString(), "this binary file of SystemDS is damaged or truncated; write it again");
  }

  private void readHeader(Bytes bytes, String valueClass) throws IOException {
    bytes.next(4);
    bytes.text();
    String found = bytes.text();
    boolean compressed = bytes.next(1).get() != 0;
    boolean byBlocks = bytes.next(1).get() != 0;
    if (compressed || byBlocks) {
      throw new FormatException(
          file.toString(),
          "this binary file of SystemDS is compressed; write it there with format=\"csv\" or"
              + " \"text\"");
    }
    if (!found.endsWith("." + valueClass)) {
      throw new FormatException(
          file.toString(),
          "this binary file of SystemDS holds values of "
              + found.substring(found.lastIndexOf('.') + 1)
              + ", expected "
              + valueClass
              + "; check data_type=, or write it there with format=\"csv\" or \"text\"");
    }
    int pairs = bytes.number();
    for (int i = 0; i < 2 * pairs; i++) {
      bytes.text();
    }
    bytes.next(MARK_BYTES);
  }

  /** Reads on through a file. */
  private static final class Bytes {
    private final FileChannel channel;
    private final long size;
    private long at;

    Bytes(FileChannel channel) throws IOException {
      this.channel = channel;
      this.size = channel.size();
    }

    boolean hasMore() {
      return at < size;
    }

    ByteBuffer next(int count) throws IOException {
      if (count < 0 || count > size - at) {
        throw new BufferUnderflowException();
      }
      ByteBuffer bytes = ByteBuffer.allocate(count);
      while (bytes.hasRemaining() && channel.read(bytes, at + bytes.position()) > 0) {
        // Reads until the bytes are complete or the file ends.
      }
      at += count;
      return bytes.flip();
    }

    int number() throws IOException {
      return next(4).getInt();
    }

    /** A class name: its length takes one byte, since all names are shorter than 128 bytes. */
    String text() throws IOException {
      int length = next(1).get();
      return new String(next(length).array(), StandardCharsets.UTF_8);
    }
  }
}
