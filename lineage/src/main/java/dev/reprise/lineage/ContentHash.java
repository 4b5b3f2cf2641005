package dev.reprise.lineage;

import com.dynatrace.hash4j.hashing.HashStream128;
import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * 128-bit fingerprints of outside content, XXH3-128 over the bytes: equal in every process, several
 * GB/s. They guard against change, not against somebody who constructs collisions.
 */
public final class ContentHash {
  // Bytes pass through an array in pieces: each piece is a call, so that the code is compiled after
  // a few of them. One call over a large segment stays interpreted for long (0.03 GB/s measured).
  private static final int PIECE_BYTES = 1 << 16;

  private ContentHash() {}

  /** The fingerprint of all bytes of a segment, which must not change meanwhile. */
  public static Key of(MemorySegment content) {
    HashStream128 stream = Hashing.xxh3_128().hashStream();
    long size = content.byteSize();
    byte[] piece = new byte[(int) Math.min(size, PIECE_BYTES)];
    for (long start = 0; start < size; start += piece.length) {
      int length = (int) Math.min(piece.length, size - start);
      MemorySegment.copy(content, ValueLayout.JAVA_BYTE, start, piece, 0, length);
      stream.putBytes(piece, 0, length);
    }
    return keyOf(stream);
  }

  /** The fingerprint of an array; equals that of the same bytes in a segment. */
  public static Key of(byte[] content) {
    return of(content, 0, content.length);
  }

  /** The fingerprint of a part of an array. */
  public static Key of(byte[] content, int from, int length) {
    HashStream128 stream = Hashing.xxh3_128().hashStream();
    for (int start = 0; start < length; start += PIECE_BYTES) {
      stream.putBytes(content, from + start, Math.min(PIECE_BYTES, length - start));
    }
    return keyOf(stream);
  }

  /** The fingerprint of what a stream still has; equals that of the same bytes in memory. */
  public static Key of(InputStream content) throws IOException {
    HashStream128 stream = Hashing.xxh3_128().hashStream();
    byte[] piece = new byte[PIECE_BYTES];
    int length = content.read(piece);
    while (length >= 0) {
      stream.putBytes(piece, 0, length);
      length = content.read(piece);
    }
    return keyOf(stream);
  }

  /** The fingerprint of a row-major matrix: cells and shape, so that a reshaped matrix differs. */
  public static Key ofMatrix(MemorySegment cells, long rows, long cols) {
    Key bytes = of(cells);
    KeyMixer mixer = new KeyMixer();
    mixer.mix(bytes.high(), bytes.low());
    mixer.mix(rows, cols);
    mixer.finish();
    return new Key(mixer.high(), mixer.low());
  }

  /** The fingerprint of a row-major matrix; equals that of the same cells in native memory. */
  public static Key ofMatrix(double[] cells, long rows, long cols) {
    return ofMatrix(MemorySegment.ofArray(cells), rows, cols);
  }

  /** The fingerprint of bytes that come one after another; for one thread. */
  public static final class Running {
    private final HashStream128 stream = Hashing.xxh3_128().hashStream();
    private final byte[] piece = new byte[PIECE_BYTES];

    /** Adds the next bytes. */
    public void add(MemorySegment bytes) {
      for (long start = 0; start < bytes.byteSize(); start += piece.length) {
        int length = (int) Math.min(piece.length, bytes.byteSize() - start);
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, start, piece, 0, length);
        stream.putBytes(piece, 0, length);
      }
    }

    /** Of all that was added; equals that of the same bytes in memory. */
    public Key key() {
      return keyOf(stream);
    }
  }

  private static Key keyOf(HashStream128 stream) {
    HashValue128 hash = stream.get();
    return new Key(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
  }
}
