package dev.reprise.engine.stored;

import dev.reprise.engine.value.SmallContents;
import dev.reprise.formats.ValueContent;
import dev.reprise.lineage.ContentKeys;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.Handle;
import dev.reprise.memory.HostMemory;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.store.Artifact;

/**
 * Looks at the content of small values that something which the store may have is made of, so that
 * the same work is found whatever way they came to be: a regularisation that another grid contains,
 * a feature set out of a longer list. See {@link ContentKeys}. Thread-safe.
 *
 * <p>Which values are looked at must be the same in every run, or one would not find what another
 * has left. So it goes by what is asked for, and matrices count as long as no accelerator is open:
 * afterwards it would depend on where their cells happen to lie.
 */
public final class EqualContents {
  /** Larger matrices go by their history: looking at them would take longer than asking. */
  private static final long LARGEST_BYTES = Artifact.LARGEST_INLINE_BYTES;

  private static final int SCALAR = 1;
  private static final int MATRIX = 2;

  private final ContentKeys keys = new ContentKeys();
  private final HostMemory memory;

  EqualContents(HostMemory memory) {
    this.memory = memory;
  }

  /**
   * Looks at operands of what is about to be asked for.
   *
   * @param items entries may be null
   * @param values of these items, borrowed; entries may be null or still to come
   * @param matricesToo false once an accelerator is open
   */
  public void lookAt(LineageItem[] items, Value[] values, boolean matricesToo) {
    for (int i = 0; i < items.length; i++) {
      if (items[i] != null && values[i] != null) {
        lookAt(items[i], values[i], matricesToo);
      }
    }
  }

  /** Looks at one value; borrowed, and perhaps still to come. */
  public void lookAt(LineageItem item, Value given, boolean matricesToo) {
    if (keys.isNoted(item)) {
      return;
    }
    Value value = given instanceof Handle handle ? handle.valueOrNull() : given;
    if (value instanceof Scalar scalar) {
      keys.note(item, SCALAR, LineageItem.literal(scalar).key());
    } else if (matricesToo
        && value instanceof MatrixValue matrix
        && matrix.bytes() <= LARGEST_BYTES
        && SmallContents.isAtHand(matrix)) {
      lookAt(item, matrix);
    }
  }

  private void lookAt(LineageItem item, MatrixValue matrix) {
    try {
      ValueContent.Fingerprint content =
          memory.run(() -> ValueContent.fingerprint(matrix, MatrixValue::pinHost));
      keys.note(item, MATRIX, new Key(content.high(), content.low()));
    } catch (ResourceException e) {
      // It left host memory meanwhile, as the rows of a large matrix do: it goes by its history.
    }
  }

  /** The key that stands for the value of an item. */
  public Key of(LineageItem item) {
    return keys.of(item);
  }

  /** Keys that stand for values; null for null. */
  public Key[] of(LineageItem[] items) {
    Key[] all = new Key[items.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = items[i] == null ? null : keys.of(items[i]);
    }
    return all;
  }

  /** The keys themselves, for who writes and reads them. */
  public ContentKeys keys() {
    return keys;
  }
}
