package dev.reprise.store;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
final class PieceFiles {
  private static final byte PLAIN = 0;
  private static final byte PACKED = 1;

  /** Of the middle of a piece; packing it takes some microseconds. */
  private static final int SAMPLE_BYTES = 4 << 10;

  private final Path folder;

  PieceFiles(Path store) {
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
  void publish(Path draft, Key hash) throws IOException {
    Path target = of(hash);
    Files.createDirectories(target.getParent());
    Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Reads a piece.
   *
   * @param into its bytes, from a position on; exactly as many as it has
   * @throws NoSuchFileException when it is gone
   * @throws DamagedContentException when the file cannot be a piece of that length
   */
  void read(Key hash, byte[] into, int from, int length) throws IOException {
    byte[] file = Files.readAllBytes(of(hash));
    boolean whole = false;
    if (file.length == length + 1 && file[0] == PLAIN) {
      System.arraycopy(file, 1, into, from, length);
      whole = true;
    } else if (file.length > 1 && file[0] == PACKED) {
      try {
        int size =
            LZ4Factory.safeInstance()
                .safeDecompressor()
                .decompress(file, 1, file.length - 1, into, from, length);
        whole = size == length;
      } catch (LZ4Exception e) {
        // Said below.
      }
    }
    if (!whole) {
      throw new DamagedContentException("the piece " + hash + " was damaged");
    }
  }

  /** Pieces of a layout that are gone or damaged, with their lengths; looks at every byte. */
  Map<Key, Integer> damagedOf(Layout layout) {
    Map<Key, Integer> damaged = new LinkedHashMap<>();
    Set<Key> seen = new HashSet<>();
    for (int piece = 0; piece < layout.pieces().size(); piece++) {
      Key hash = layout.pieces().get(piece);
      if (seen.add(hash) && isDamaged(hash, layout.lengthOf(piece))) {
        damaged.put(hash, layout.lengthOf(piece));
      }
    }
    return damaged;
  }

  /** Whether a piece is gone or has other bytes than its name says. */
  boolean isDamaged(Key hash, int length) {
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
  long sizeOf(Key hash) {
    try {
      return Files.size(of(hash));
    } catch (IOException e) {
      return -1;
    }
  }

  boolean delete(Key hash) throws IOException {
    return Files.deleteIfExists(of(hash));
  }

  /** Every complete piece. */
  List<Key> all() throws IOException {
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
