package dev.reprise.store.remote;

import dev.reprise.lineage.Key;
import dev.reprise.store.exchange.ChangeWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Questions about many keys, as many at a time as a server takes: one round trip is dearer than a
 * thousand rows.
 */
final class KeyPortions {
  private KeyPortions() {}

  /** All keys in order, in portions that fit into a question; none of no keys. */
  static List<List<Key>> of(Collection<Key> keys) {
    List<Key> all = List.copyOf(keys);
    List<List<Key>> portions = new ArrayList<>();
    for (int from = 0; from < all.size(); from += Protocol.MOST_VALUES) {
      portions.add(all.subList(from, Math.min(from + Protocol.MOST_VALUES, all.size())));
    }
    return portions;
  }

  /** A question: how many keys, and the keys. */
  static byte[] question(List<Key> keys) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ChangeWriter out = new ChangeWriter(bytes);
    out.number(keys.size());
    for (Key key : keys) {
      out.key(key);
    }
    return bytes.toByteArray();
  }
}
