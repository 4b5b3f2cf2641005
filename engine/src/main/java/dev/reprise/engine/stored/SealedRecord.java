package dev.reprise.engine.stored;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Records of calls and runs with their fingerprint behind them, since the database that holds them
 * does not notice damage: what does not fit is as if it were not there. Against damage alone;
 * whoever can write records can seal them.
 */
final class SealedRecord {
  private static final int SEAL = 16;

  private SealedRecord() {}

  /** Null for null. */
  static byte[] sealed(byte[] record) {
    if (record == null) {
      return null;
    }
    byte[] sealed = Arrays.copyOf(record, record.length + SEAL);
    Key hash = ContentHash.of(MemorySegment.ofArray(record));
    ByteBuffer.wrap(sealed, record.length, SEAL).putLong(hash.high()).putLong(hash.low());
    return sealed;
  }

  /** The record; null when there is none or it is damaged. */
  static byte[] opened(byte[] sealed) {
    if (sealed == null || sealed.length < SEAL) {
      return null;
    }
    byte[] record = Arrays.copyOf(sealed, sealed.length - SEAL);
    Key hash = ContentHash.of(MemorySegment.ofArray(record));
    ByteBuffer seal = ByteBuffer.wrap(sealed, record.length, SEAL);
    return seal.getLong() == hash.high() && seal.getLong() == hash.low() ? record : null;
  }
}
