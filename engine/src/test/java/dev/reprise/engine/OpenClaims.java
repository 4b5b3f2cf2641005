package dev.reprise.engine;

import dev.reprise.cache.CacheEvents;
import dev.reprise.lineage.Key;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Keys that somebody has claimed and not let go of. */
final class OpenClaims implements CacheEvents {
  private final Set<Key> open = ConcurrentHashMap.newKeySet();

  Set<Key> now() {
    return Set.copyOf(open);
  }

  @Override
  public void claimed(Key key) {
    open.add(key);
  }

  @Override
  public void admitted(Key key, long bytes, long costNanos, long height) {
    open.remove(key);
  }

  @Override
  public void rejected(Key key, long bytes, Rejection reason) {
    open.remove(key);
  }

  @Override
  public void failed(Key key, Throwable error, int subscribers) {
    open.remove(key);
  }

  @Override
  public void abandoned(Key key) {
    open.remove(key);
  }
}
