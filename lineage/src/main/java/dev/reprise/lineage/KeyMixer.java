package dev.reprise.lineage;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Operation;
import java.nio.ByteBuffer;

/**
 * Mixes 128-bit blocks into a 128-bit key: MurmurHash3_x64_128 with seed 0 (Austin Appleby, public
 * domain) over the blocks as little-endian bytes, so that any MurmurHash3 can check a key.
 *
 * <p>The first block is the operation's fingerprint or the type of a literal, then one block per
 * input in order. The number of blocks enters at the end. Each block changes the state by a
 * bijection and so does the end: two literals of one numeric type never collide, and nothing is
 * commutative.
 *
 * <p>Confined to one call; the compiler keeps it in registers.
 */
final class KeyMixer {
  private static final long C1 = 0x87c37b91114253d5L;
  private static final long C2 = 0x4cf5ad432745937fL;

  /** "literal:" in ASCII; the other half of a literal's first block is its type. */
  private static final long LITERAL = 0x6c69746572616c3aL;

  private static final int DOUBLE = 1;
  private static final int INTEGER = 2;
  private static final int BOOLEAN = 3;
  private static final int STRING = 4;
  private static final int ABSENT = 5;

  private long high;
  private long low;
  private int blocks;

  static KeyMixer ofOperation(Operation operation) {
    KeyMixer mixer = new KeyMixer();
    mixer.mix(operation.fingerprintHigh(), operation.fingerprintLow());
    return mixer;
  }

  /** All NaN are one; -0.0 and 0.0 differ, and so do equal numbers of different types. */
  static KeyMixer ofLiteral(Scalar literal) {
    KeyMixer mixer = new KeyMixer();
    // By type, not by pattern: a pattern switch costs a slow first call at every start.
    switch (literal.type()) {
      case DOUBLE -> mixer.literal(DOUBLE, Double.doubleToLongBits(literal.asDouble()));
      case INTEGER -> mixer.literal(INTEGER, literal.asLong());
      case BOOLEAN -> mixer.literal(BOOLEAN, literal.asLong());
      case STRING -> mixer.text(literal.asString());
      case ABSENT -> mixer.literal(ABSENT, 0);
      default -> throw new IllegalArgumentException("no literal has type " + literal.type());
    }
    return mixer;
  }

  /** The number as a literal of its type. */
  static KeyMixer ofNumber(ValueKind kind, long bits) {
    KeyMixer mixer = new KeyMixer();
    int type = kind == ValueKind.DOUBLE ? DOUBLE : kind == ValueKind.INTEGER ? INTEGER : BOOLEAN;
    mixer.literal(type, bits);
    return mixer;
  }

  private void literal(int type, long bits) {
    mix(LITERAL, type);
    mix(bits, 0);
  }

  /** Over UTF-16, not UTF-8, so that texts with unpaired surrogates differ as well. */
  private void text(String value) {
    ByteBuffer units = ByteBuffer.allocate(Character.BYTES * value.length());
    units.asCharBuffer().put(value);
    Key content = ContentHash.of(units.array());
    mix(LITERAL, STRING);
    mix(content.high(), content.low());
  }

  void mix(long first, long second) {
    long k1 = Long.rotateLeft(first * C1, 31) * C2;
    high = (Long.rotateLeft(high ^ k1, 27) + low) * 5 + 0x52dce729;
    long k2 = Long.rotateLeft(second * C2, 33) * C1;
    low = (Long.rotateLeft(low ^ k2, 31) + high) * 5 + 0x38495ab5;
    blocks++;
  }

  /** Ends the mixing; after it {@link #high} and {@link #low} are the key. */
  void finish() {
    long bytes = 16L * blocks;
    high ^= bytes;
    low ^= bytes;
    high += low;
    low += high;
    high = avalanche(high);
    low = avalanche(low);
    high += low;
    low += high;
  }

  private static long avalanche(long bits) {
    long mixed = (bits ^ (bits >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }

  /** Never 0, which marks a key that is not known yet. */
  long high() {
    return high == 0 ? 1 : high;
  }

  /** Never 0, which marks a key that is not known yet. */
  long low() {
    return low == 0 ? 1 : low;
  }
}
