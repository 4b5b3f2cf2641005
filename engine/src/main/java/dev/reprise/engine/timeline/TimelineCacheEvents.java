package dev.reprise.engine.timeline;

import dev.reprise.cache.CacheEvents;
import dev.reprise.lineage.Key;
import java.util.Locale;

/**
 * Puts on the tracks which values leave the cache and come back, and passes everything on. Hits are
 * recorded where they are counted, which knows the operation.
 */
public final class TimelineCacheEvents implements CacheEvents {
  private final Timeline timeline;
  private final CacheEvents next;

  public TimelineCacheEvents(Timeline timeline, CacheEvents next) {
    this.timeline = timeline;
    this.next = next;
  }

  private void happened(EventKind kind, String name, long bytes) {
    Track track = timeline.track();
    track.moment(kind, track.label(name, null), bytes);
  }

  @Override
  public void spilled(Key key, long bytes) {
    happened(EventKind.SPILL, "", bytes);
    next.spilled(key, bytes);
  }

  @Override
  public void restored(Key key, long bytes) {
    happened(EventKind.RESTORE, "", bytes);
    next.restored(key, bytes);
  }

  @Override
  public void evicted(Key key, long bytes, Eviction reason) {
    happened(EventKind.EVICTION, reason.name().toLowerCase(Locale.ROOT), bytes);
    next.evicted(key, bytes, reason);
  }

  // ---- passed on

  @Override
  public void hit(Key key, long costNanos) {
    next.hit(key, costNanos);
  }

  @Override
  public void partialHit(Key key, String rewrite, long savedNanos) {
    next.partialHit(key, rewrite, savedNanos);
  }

  @Override
  public void claimed(Key key) {
    next.claimed(key);
  }

  @Override
  public void waiting(Key key) {
    next.waiting(key);
  }

  @Override
  public void tookOver(Key key) {
    next.tookOver(key);
  }

  @Override
  public void failed(Key key, Throwable error, int subscribers) {
    next.failed(key, error, subscribers);
  }

  @Override
  public void abandoned(Key key) {
    next.abandoned(key);
  }

  @Override
  public void admitted(Key key, long bytes, long costNanos, long height) {
    next.admitted(key, bytes, costNanos, height);
  }

  @Override
  public void rejected(Key key, long bytes, Rejection reason) {
    next.rejected(key, bytes, reason);
  }
}
