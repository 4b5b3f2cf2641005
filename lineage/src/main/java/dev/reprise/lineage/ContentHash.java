package dev.reprise.lineage;

import com.dynatrace.hash4j.hashing.ByteAccess;
import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.lang.foreign.MemorySegment;

/**
 * 128-bit fingerprints of outside content, XXH3-128 over the bytes: equal in every process, several
 * GB/s. It guards against change, not against somebody who constructs collisions.
 */
public final class ContentHash {
  private static final Hasher128 HASHER = Hashing.xxh3_128();
  private static final ByteAccess<MemorySegment> BYTES =
      ByteAccess.forMemorySegment(MemorySegment.class);

  private ContentHash() {}

  /** The fingerprint of all bytes of a segment, which must not change meanwhile. */
  public static Key of(MemorySegment content) {
    HashValue128 hash = HASHER.hashBytesTo128Bits(content, 0, content.byteSize(), BYTES);
    return new Key(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
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
}
