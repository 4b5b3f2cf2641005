package dev.reprise.lineage;

import dev.reprise.runtime.operation.Evaluation;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keys under which values are found although they have other histories: where the content of a
 * small value is known, it stands for how the value came to be.
 *
 * <pre>
 *   history                                     its key is made of
 *   solve(tsmm(X) + diag(r), ...)               tsmm(X) and the number that r is
 *            r = reg[3, 1], reg = 10^seq(...)    not asked for: another grid has another history
 * </pre>
 *
 * <p>An operation is a function of its operands, so two items with equal content keys stand for
 * equal values, as two with equal keys do. The content key of an item below which nothing is noted
 * is its key. A literal is itself, and no computed number is the same as a literal: which of the
 * operands of a call were literals decides what the history of its outcome looks like.
 *
 * <p>What was found out is remembered for the {@value #GENERATION} items that were asked for last,
 * and for some before them. Whatever is forgotten is found out anew, perhaps with less known: then
 * a value is not found, never a wrong one. Thread-safe.
 */
public final class ContentKeys {
  /** Items that are remembered at least. */
  static final int GENERATION = 1 << 16;

  /** Histories of which more is unknown keep their keys: looking takes too long. */
  static final int MOST_OPERATIONS = 4_096;

  /** "content:" in ASCII; no operation and no literal begins with it. */
  private static final long CONTENT = 0x636f6e74656e743aL;

  // Both guarded by this; what is asked for in the elder moves to the younger.
  private Map<Key, Known> younger = new HashMap<>();
  private Map<Key, Known> elder = new HashMap<>();

  /**
   * What is known of an item.
   *
   * @param isContent whether it is that of the value's content
   */
  private record Known(Key key, boolean isContent) {}

  /**
   * Notes the content of a value.
   *
   * @param kind tells apart what has equal fingerprints and is not equal
   * @param fingerprint of the content
   */
  public synchronized void note(LineageItem item, int kind, Key fingerprint) {
    if (isNoted(item)) {
      return;
    }
    put(item.key(), new Known(ofContent(kind, fingerprint), true));
  }

  /**
   * The key that stands for a content; that of no item.
   *
   * @param kind tells apart what has equal fingerprints and is not equal
   */
  public static Key ofContent(long kind, Key fingerprint) {
    KeyMixer mixer = new KeyMixer();
    mixer.mix(CONTENT, kind);
    mixer.mix(fingerprint.high(), fingerprint.low());
    mixer.finish();
    return new Key(mixer.high(), mixer.low());
  }

  /** True when the content of a value need not be looked at. */
  public synchronized boolean isNoted(LineageItem item) {
    if (item.isLiteral()) {
      return true;
    }
    Known known = get(item.key());
    return known != null && known.isContent;
  }

  /** Notes a content key that was found out elsewhere, of a value whose history is not at hand. */
  public synchronized void learn(LineageItem item, Key contentKey) {
    if (!isNoted(item)) {
      put(item.key(), new Known(contentKey, false));
    }
  }

  /** The content key of an item. */
  public synchronized Key of(LineageItem item) {
    Key known = knownOf(item);
    return known != null ? known : find(item);
  }

  /** Finds out what is not known below, inputs first. */
  private Key find(LineageItem root) {
    List<LineageItem> open = new ArrayList<>();
    open.add(root);
    int looked = 0;
    Key found = null;
    while (!open.isEmpty()) {
      LineageItem top = open.getLast();
      found = knownOf(top);
      if (found == null) {
        int size = open.size();
        found = mixed(top, open);
        looked += open.size() - size;
        if (looked > MOST_OPERATIONS) {
          put(root.key(), new Known(root.key(), false));
          return root.key();
        }
      }
      if (found != null) {
        open.removeLast();
      }
    }
    return found;
  }

  /** Null when it has to be found out from the inputs. */
  private Key knownOf(LineageItem item) {
    Operation operation = item.operation();
    if (operation == null
        || item.inputCount() == 0
        || operation.opcode().evaluation() == Evaluation.EFFECT) {
      Known noted = operation == null ? null : get(item.key());
      return noted == null ? item.key() : noted.key;
    }
    Known known = get(item.key());
    return known == null ? null : known.key;
  }

  /**
   * The key of the operation on the content keys of its inputs; null when some of these have to be
   * found out before, which are added then.
   */
  private Key mixed(LineageItem item, List<LineageItem> unknown) {
    KeyMixer mixer = KeyMixer.ofOperation(item.operation());
    boolean isOther = false;
    boolean isReady = true;
    for (int i = 0; i < item.inputCount(); i++) {
      LineageItem input = item.input(i);
      Key key = knownOf(input);
      if (key == null) {
        unknown.add(input);
        isReady = false;
      } else {
        isOther |= !key.equals(input.key());
        mixer.mix(key.high(), key.low());
      }
    }
    if (!isReady) {
      return null;
    }
    mixer.finish();
    Key key = isOther ? new Key(mixer.high(), mixer.low()) : item.key();
    put(item.key(), new Known(key, false));
    return key;
  }

  private Known get(Key key) {
    Known known = younger.get(key);
    if (known == null) {
      known = elder.get(key);
      if (known != null) {
        put(key, known);
      }
    }
    return known;
  }

  private void put(Key key, Known known) {
    younger.put(key, known);
    if (younger.size() >= GENERATION) {
      elder = younger;
      younger = new HashMap<>();
    }
  }
}
