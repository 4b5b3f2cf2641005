package dev.reprise.formats;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Cuts text input into blocks of whole lines that can be read and parsed independently. Files are
 * read block by block, so memory stays bounded; gzip is unpacked at once, also into blocks.
 */
final class TextSource {
  /** Large enough to amortise a read and a task, small enough to stay in the last-level cache. */
  static final int BLOCK_BYTES = 4 << 20;

  private static final int LONGEST_BLOCK = 1 << 30;

  private final int blockBytes;

  TextSource(int blockBytes) {
    this.blockBytes = blockBytes;
  }

  /** The blocks of every part in order; empty files give none. */
  List<TextBlock> blocks(DataPath data) {
    List<TextBlock> blocks = new ArrayList<>();
    for (Path part : data.parts()) {
      try {
        blocks.addAll(isGzip(part) ? unpacked(part) : cut(part));
      } catch (IOException e) {
        throw FileProblems.reading(part, e);
      }
    }
    return blocks;
  }

  /** All bytes of all parts, unpacked; for small inputs. */
  byte[] bytes(DataPath data) {
    List<TextBlock> blocks = blocks(data);
    long total = blocks.stream().mapToLong(TextBlock::length).sum();
    if (total > LONGEST_BLOCK) {
      throw new FormatException(
          data.path().toString(), "too large for a single text: " + total + " bytes");
    }
    byte[] all = new byte[(int) total];
    int at = 0;
    for (TextBlock block : blocks) {
      System.arraycopy(block.load(), 0, all, at, block.length());
      at += block.length();
    }
    return all;
  }

  private static boolean isGzip(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.read() == 0x1f && in.read() == 0x8b;
    }
  }

  private List<TextBlock> cut(Path file) throws IOException {
    List<TextBlock> blocks = new ArrayList<>();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      long start = startOfText(channel);
      TextBlock before = null;
      while (start < size) {
        long end = lineEnd(channel, Math.min(size, start + blockBytes), size);
        if (end - start > LONGEST_BLOCK) {
          throw new FormatException(file.toString(), "a line is longer than 1 GiB; is this text?");
        }
        before = new TextBlock(file, before, start, (int) (end - start), null);
        blocks.add(before);
        start = end;
      }
    }
    return blocks;
  }

  /** Skips the byte order mark that some programs put before UTF-8. */
  private static long startOfText(FileChannel channel) throws IOException {
    ByteBuffer mark = ByteBuffer.allocate(3);
    return channel.read(mark, 0) == 3 && isMark(mark.array()) ? 3 : 0;
  }

  private static boolean isMark(byte[] bytes) {
    return bytes.length >= 3
        && bytes[0] == (byte) 0xEF
        && bytes[1] == (byte) 0xBB
        && bytes[2] == (byte) 0xBF;
  }

  /** The position after the first line end at or after {@code from - 1}, or the file's end. */
  private static long lineEnd(FileChannel channel, long from, long size) throws IOException {
    ByteBuffer window = ByteBuffer.allocate(8 << 10);
    long at = from - 1;
    while (at < size) {
      window.clear();
      int got = channel.read(window, at);
      for (int i = 0; i < got; i++) {
        if (window.get(i) == '\n') {
          return at + i + 1;
        }
      }
      if (got <= 0) {
        break;
      }
      at += got;
    }
    return size;
  }

  private List<TextBlock> unpacked(Path file) throws IOException {
    List<TextBlock> blocks = new ArrayList<>();
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file), 64 << 10)) {
      TextBlock before = null;
      byte[] rest = {};
      long offset = 0;
      boolean first = true;
      while (true) {
        byte[] bytes = Arrays.copyOf(rest, rest.length + blockBytes);
        int filled = rest.length + in.readNBytes(bytes, rest.length, blockBytes);
        boolean last = filled < bytes.length;
        int from = first && isMark(bytes) ? 3 : 0;
        int cut = last ? filled : lastLineEnd(bytes, filled);
        first = first && cut == 0;
        if (cut > from) {
          byte[] lines = Arrays.copyOfRange(bytes, from, cut);
          before = new TextBlock(file, before, offset, lines.length, lines);
          blocks.add(before);
          offset += lines.length;
        }
        if (last) {
          return blocks;
        }
        rest = Arrays.copyOfRange(bytes, cut, filled);
        if (rest.length > LONGEST_BLOCK) {
          throw new FormatException(file.toString(), "a line is longer than 1 GiB; is this text?");
        }
      }
    } catch (EOFException e) {
      throw new FormatException(
          file.toString(), "the gzip file is truncated; copy or compress it again");
    } catch (ZipException e) {
      throw new FormatException(
          file.toString(),
          "the gzip file is damaged (" + e.getMessage() + "); copy or compress it again");
    }
  }

  /** Position after the last line end, or 0. */
  private static int lastLineEnd(byte[] bytes, int filled) {
    for (int i = filled - 1; i >= 0; i--) {
      if (bytes[i] == '\n') {
        return i + 1;
      }
    }
    return 0;
  }
}
