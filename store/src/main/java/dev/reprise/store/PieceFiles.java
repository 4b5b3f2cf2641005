package dev.reprise.store;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;

/**
 * Pieces of contents as files named by the fingerprints of their bytes, shared by all contents that
 * have the same piece:
 *
 * <pre>
 *   pieces/3f/3fa9...c1     form(1), then the bytes as they are (0) or packed by LZ4 (1)
 * </pre>
 *
 * <p>A piece is packed when a sample of it becomes half as long. Files appear complete or not at
 * all. Thread-safe, for several processes.
 */
public final class PieceFiles implements PieceSource {
  private static final byte PLAIN = 0;
  private static final byte PACKED = 1;

  /** Of the middle of a piece; packing it takes some microseconds. */
  private static final int SAMPLE_BYTES = 4 << 10;

  private final Path folder;

  /**
   * @param store the folder in which theirs is; it need not be there
   */
  public PieceFiles(Path store) {
    this.folder = store.resolve("pieces");
  }

  private Path of(Key hash) {
    String name = hash.toString();
    return folder.resolve(name.substring(0, 2)).resolve(name);
  }

  /** True when packing the bytes is likely to pay. */
  static boolean packs(byte[] bytes, int from, int length) {
    int sample = Math.min(length, SAMPLE_BYTES);
    LZ4Compressor packer = LZ4Factory.safeInstance().fastCompressor();
    byte[] packed = new byte[packer.maxCompressedLength(sample)];
    int middle = from + (length - sample) / 2;
    return packer.compress(bytes, middle, sample, packed, 0) <= sample / 2;
  }

  /** Writes a piece to a draft; returns the length of the file. */
  static long write(Path draft, byte[] bytes, int from, int length) throws IOException {
    ByteBuffer body = ByteBuffer.wrap(bytes, from, length);
    byte form = PLAIN;
    if (packs(bytes, from, length)) {
      LZ4Compressor packer = LZ4Factory.safeInstance().fastCompressor();
      byte[] packed = new byte[packer.maxCompressedLength(length)];
      int size = packer.compress(bytes, from, length, packed, 0);
      if (size < length) {
        form = PACKED;
        body = ByteBuffer.wrap(packed, 0, size);
      }
    }
    try (FileChannel out =
        FileChannel.open(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer[] parts = {ByteBuffer.wrap(new byte[] {form}), body};
      while (parts[1].hasRemaining()) {
        out.write(parts);
      }
      return out.position();
    }
  }

  /** Gives a draft its name. */
  public void publish(Path draft, Key hash) throws IOException {
    Path target = of(hash);
    Files.createDirectories(target.getParent());
    Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Writes a piece as another store packed it; it appears at once. */
  public void put(Key hash, byte[] file) throws IOException {
    Path target = of(hash);
    Files.createDirectories(target.getParent());
    Files.write(target, file);
  }

  /**
   * Takes a piece from others without copying it, so that it stays here when it goes there.
   *
   * @return false when it is not there, or the file system cannot do that
   */
  public boolean link(PieceFiles others, Key hash) throws IOException {
    Path target = of(hash);
    Files.createDirectories(target.getParent());
    try {
      Files.createLink(target, others.of(hash));
      return true;
    } catch (FileSystemException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** Takes a piece away from others. */
  public void take(PieceFiles others, Key hash) throws IOException {
    publish(others.of(hash), hash);
  }

  /**
   * The file of a piece, as it is.
   *
   * @throws NoSuchFileException when it is gone
   */
  public byte[] file(Key hash) throws IOException {
    return Files.readAllBytes(of(hash));
  }

  /**
   * Reads a piece.
   *
   * @param into its bytes, from a position on; exactly as many as it has
   * @throws NoSuchFileException when it is gone
   * @throws DamagedContentException when the file cannot be a piece of that length
   */
  void read(Key hash, byte[] into, int from, int length) throws IOException {
    unpack(hash, file(hash), length, 0, into, from, length);
  }

  @Override
  public void read(Key hash, int length, int start, byte[] into, int from, int count)
      throws IOException {
    if (start == 0 && count == length) {
      read(hash, into, from, length);
      return;
    }
    try (FileChannel file = FileChannel.open(of(hash), StandardOpenOption.READ)) {
      ByteBuffer form = ByteBuffer.allocate(1);
      if (file.read(form, 0) == 1 && form.get(0) == PLAIN && file.size() == length + 1L) {
        ByteBuffer bytes = ByteBuffer.wrap(into, from, count);
        long at = 1L + start;
        while (bytes.hasRemaining() && file.read(bytes, at) > 0) {
          at = 1L + start + count - bytes.remaining();
        }
        if (bytes.hasRemaining()) {
          throw damaged(hash);
        }
        return;
      }
    }
    unpack(hash, file(hash), length, start, into, from, count);
  }

  /**
   * Takes some bytes of a piece out of its file.
   *
   * @param length of the whole piece
   * @throws DamagedContentException when the file cannot be a piece of that length
   */
  public static void unpack(
      Key hash, byte[] file, int length, int start, byte[] into, int from, int count)
      throws DamagedContentException {
    if (file.length == length + 1 && file[0] == PLAIN) {
      System.arraycopy(file, 1 + start, into, from, count);
      return;
    }
    if (file.length <= 1 || file[0] != PACKED) {
      throw damaged(hash);
    }
    boolean all = start == 0 && count == length;
    byte[] room = all ? into : new byte[length];
    int at = all ? from : 0;
    try {
      int size =
          LZ4Factory.safeInstance()
              .safeDecompressor()
              .decompress(file, 1, file.length - 1, room, at, length);
      if (size != length) {
        throw damaged(hash);
      }
    } catch (LZ4Exception e) {
      throw damaged(hash);
    }
    if (!all) {
      System.arraycopy(room, start, into, from, count);
    }
  }

  private static DamagedContentException damaged(Key hash) {
    return new DamagedContentException("the piece " + hash + " was damaged");
  }

  /** Pieces of a layout that are gone or damaged, with their lengths; looks at every byte. */
  public Map<Key, Integer> damagedOf(Layout layout) {
    Map<Key, Integer> damaged = layout.lengths();
    damaged.entrySet().removeIf(piece -> !isDamaged(piece.getKey(), piece.getValue()));
    return damaged;
  }

  /** Whether a piece is gone or has other bytes than its name says. */
  public boolean isDamaged(Key hash, int length) {
    byte[] bytes = new byte[length];
    try {
      read(hash, bytes, 0, length);
      return !ContentHash.of(bytes).equals(hash);
    } catch (NoSuchFileException | DamagedContentException e) {
      return true;
    } catch (IOException e) {
      // Too many open files, say: no reason to take it from others.
      return false;
    }
  }

  /** Bytes of the file of a piece; -1 when it is not there, or that cannot be told. */
  public long sizeOf(Key hash) {
    try {
      return Files.size(of(hash));
    } catch (IOException e) {
      return -1;
    }
  }

  public boolean delete(Key hash) throws IOException {
    return Files.deleteIfExists(of(hash));
  }

  /** Every complete piece. */
  public List<Key> all() throws IOException {
    List<Key> found = new ArrayList<>();
    try (Stream<Path> folders = Files.list(folder)) {
      for (Path each : folders.toList()) {
        try (Stream<Path> files = Files.list(each)) {
          files.map(ArtifactFiles::hashOf).filter(hash -> hash != null).forEach(found::add);
        }
      }
    } catch (NoSuchFileException e) {
      return found;
    }
    return found;
  }
}
