package dev.reprise.server;

import dev.reprise.lineage.Key;
import dev.reprise.store.DamagedContentException;
import dev.reprise.store.Layout;
import dev.reprise.store.exchange.GraphChange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;

/**
 * What is damaged of contents that clients found damaged: looked for before the space is locked,
 * since all bytes are read, and removed under the lock.
 *
 * @param files to be removed of those that lie whole
 */
record SpaceDamage(Map<Key, Integer> pieces, List<SpaceContents.Removal> files) {
  /** Contents that are looked at because clients found them damaged; a check finds the others. */
  private static final long MOST_SUSPECTED_BYTES = 4L << 30;

  /** Of the contents that changes remove. */
  static SpaceDamage of(Jdbi jdbi, Tenant tenant, SpaceContents contents, List<GraphChange> changes)
      throws IOException {
    SpaceDamage damage = new SpaceDamage(new HashMap<>(), new ArrayList<>());
    Set<Key> looked = new HashSet<>();
    long bytes = 0;
    for (GraphChange each : changes) {
      if (bytes < MOST_SUSPECTED_BYTES
          && each instanceof GraphChange.Removed removed
          && looked.add(removed.hash())) {
        Layout layout = layoutOf(jdbi, tenant, contents, removed.hash());
        if (layout != null) {
          bytes += layout.bytes();
          damage.pieces.putAll(contents.pieces(tenant.space()).damagedOf(layout));
        }
        bytes += Math.max(contents.sizeOf(tenant.space(), removed.hash()), 0);
        SpaceContents.Removal whole = contents.damaged(tenant.space(), removed.hash());
        if (whole != null) {
          damage.files.add(whole);
        }
      }
    }
    return damage;
  }

  /** How a content lies in pieces, or null. */
  private static Layout layoutOf(Jdbi jdbi, Tenant tenant, SpaceContents contents, Key hash) {
    try {
      return jdbi.withHandle(
          handle -> new SpaceArtifacts(handle, tenant, contents).layouts().find(hash));
    } catch (DamagedContentException e) {
      return null;
    }
  }

  /** It is gone for all who have it: the next one who sends it mends it for all. */
  void remove(SpaceArtifacts artifacts) throws IOException {
    artifacts.layouts().damaged(pieces);
    for (SpaceContents.Removal file : files) {
      file.run();
    }
  }
}
