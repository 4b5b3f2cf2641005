package dev.reprise.cache;

import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Which values a look-up may find besides those of its key: caches and stores are asked for (key,
 * tag class). Immutable.
 *
 * <p>The default class takes values of every tag. An exact class takes one tag only: it looks under
 * a key of its own, made of the lineage key and the tag, so that what was put there under another
 * class or another tag is never found, whoever shares the cache, the disk or the store.
 */
public final class TagClass {
  public static final TagClass DEFAULT = new TagClass(null, new Key(0, 0));

  private final ValueTag only;
  private final Key difference;

  private TagClass(ValueTag only, Key difference) {
    this.only = only;
    this.difference = difference;
  }

  /** The class that takes nothing but values of this tag. */
  public static TagClass exactly(ValueTag tag) {
    byte[] text = tag.toString().getBytes(StandardCharsets.UTF_8);
    return new TagClass(tag, ContentHash.of(MemorySegment.ofArray(text)));
  }

  /** Whether a value of that tag may be put where look-ups of this class find it. */
  public boolean takes(ValueTag tag) {
    return only == null || only.equals(tag);
  }

  /** Whether values that were put together from parts, or by fused reductions, may be found. */
  public boolean takesRewritten() {
    return only == null || only.rewritten();
  }

  /** The key under which values of this class are kept. Different keys stay different. */
  public Key of(Key lineage) {
    return only == null
        ? lineage
        : new Key(lineage.high() ^ difference.high(), lineage.low() ^ difference.low());
  }
}
