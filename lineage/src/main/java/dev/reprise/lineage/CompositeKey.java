package dev.reprise.lineage;

/**
 * Keys of whole calls and blocks: what is executed, then what it is executed on.
 *
 * <p>Of a literal they say also whether a loop has counted it: what is traced inside depends on
 * that, see {@link LineageItem#counted}.
 *
 * <p>They have a name space of their own. Their first block can be that of no item, since it begins
 * with a word that neither a literal nor (but for an accident of 2^-64) an operation begins with.
 */
public final class CompositeKey {
  /** "composit" in ASCII. */
  private static final long COMPOSITE = 0x636f6d706f736974L;

  /** "counted:" in ASCII; before a literal that is. With a 0 it is the key of no input. */
  private static final long COUNTED = 0x636f756e7465643aL;

  private CompositeKey() {}

  /**
   * The key of a piece of program on its inputs.
   *
   * @param kind tells apart pieces that one fingerprint may stand for
   * @param piece fingerprint of the piece
   * @param inputs items of what the piece reads, in an order that the piece fixes; null for a
   *     variable without a value. The keys of the items are computed if they are not known yet.
   */
  public static Key of(long kind, Key piece, LineageItem[] inputs) {
    KeyMixer mixer = begin(kind, piece);
    for (LineageItem input : inputs) {
      mark(input, mixer);
      // No half of an item's key is 0.
      mixer.mix(input == null ? 0 : input.keyHigh(), input == null ? 0 : input.keyLow());
    }
    return end(mixer);
  }

  /**
   * Likewise, by keys that stand for the inputs.
   *
   * @param keys as many as inputs; null for a variable without a value
   */
  public static Key of(long kind, Key piece, LineageItem[] inputs, Key[] keys) {
    KeyMixer mixer = begin(kind, piece);
    for (int i = 0; i < keys.length; i++) {
      mark(inputs[i], mixer);
      mixer.mix(keys[i] == null ? 0 : keys[i].high(), keys[i] == null ? 0 : keys[i].low());
    }
    return end(mixer);
  }

  private static void mark(LineageItem input, KeyMixer mixer) {
    if (input != null && input.isCounted()) {
      mixer.mix(COUNTED, 0);
    }
  }

  private static KeyMixer begin(long kind, Key piece) {
    KeyMixer mixer = new KeyMixer();
    mixer.mix(COMPOSITE, kind);
    mixer.mix(piece.high(), piece.low());
    return mixer;
  }

  private static Key end(KeyMixer mixer) {
    mixer.finish();
    return new Key(mixer.high(), mixer.low());
  }
}
