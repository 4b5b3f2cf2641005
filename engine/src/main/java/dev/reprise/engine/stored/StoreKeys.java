package dev.reprise.engine.stored;

import dev.reprise.cache.TagClass;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;

/**
 * Under which keys the values of a session lie in its store: those of their lineage, in which the
 * content of small operands stands for how they came to be, changed by the session's tag class and
 * by the numeric contract. Thread-safe.
 */
final class StoreKeys {
  private final TagClass tags;
  private final StoreOpening opening;
  private final EqualContents contents;

  StoreKeys(TagClass tags, StoreOpening opening, EqualContents contents) {
    this.tags = tags;
    this.opening = opening;
    this.contents = contents;
  }

  /** Of an item's value, by the content of what it was made of. */
  Key of(LineageItem item) {
    return of(contents.of(item));
  }

  /** Of what lies under a key of lineage or contents. */
  Key of(Key lineage) {
    Key tagged = tags.of(lineage);
    Key contract = opening.contract();
    return new Key(tagged.high() ^ contract.high(), tagged.low() ^ contract.low());
  }
}
