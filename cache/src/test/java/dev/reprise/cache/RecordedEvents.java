package dev.reprise.cache;

import dev.reprise.lineage.Key;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what the cache reports, one short text per event. */
final class RecordedEvents implements CacheEvents {
  private final List<String> log = new CopyOnWriteArrayList<>();

  List<String> log() {
    return List.copyOf(log);
  }

  private void add(String event, Key key) {
    log.add(event + " " + key.low());
  }

  @Override
  public void hit(Key key, long costNanos) {
    add("hit", key);
  }

  @Override
  public void claimed(Key key) {
    add("claimed", key);
  }

  @Override
  public void waiting(Key key) {
    add("waiting", key);
  }

  @Override
  public void tookOver(Key key) {
    add("tookOver", key);
  }

  @Override
  public void failed(Key key, Throwable error, int subscribers) {
    add("failed", key);
  }

  @Override
  public void abandoned(Key key) {
    add("abandoned", key);
  }

  @Override
  public void admitted(Key key, long bytes, long costNanos, long height) {
    add("admitted", key);
  }

  @Override
  public void rejected(Key key, long bytes, Rejection reason) {
    add(reason.name(), key);
  }

  @Override
  public void spilled(Key key, long bytes) {
    add("spilled", key);
  }

  @Override
  public void restored(Key key, long bytes) {
    add("restored", key);
  }

  @Override
  public void evicted(Key key, long bytes, Eviction reason) {
    add("evicted", key);
  }
}
