package dev.reprise.server;

import dev.reprise.lineage.Key;
import dev.reprise.store.remote.Protocol;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Who computes what, among the clients of all spaces. A claim is a lease: it ends when its holder
 * says so, or has been silent for {@link Protocol#LEASE_MILLIS}. Nothing is written down: after a
 * restart something may be computed twice, nothing worse.
 *
 * <p>The time is that of a clock that never jumps. Thread-safe: all is guarded by this, and nothing
 * waits.
 */
final class Leases {
  /** Of one client; more is refused. */
  static final int MOST_OF_ONE = 10_000;

  /** Of all clients; silent ones are cleared away when it is reached. */
  private static final int MOST_HOLDERS = 100_000;

  private static final long LEASE_NANOS = TimeUnit.MILLISECONDS.toNanos(Protocol.LEASE_MILLIS);

  private final LongSupplier nanos;
  private final Map<Claimed, Holder> holders = new HashMap<>();
  private final Map<Client, Holder> clients = new HashMap<>();

  /** A client, as he calls himself in his space. */
  record Client(long space, String session) {}

  private record Claimed(long space, Key key) {}

  private static final class Holder {
    final Client client;
    final Set<Key> keys = new HashSet<>();
    long lastBeat;

    Holder(Client client) {
      this.client = client;
    }
  }

  enum Outcome {
    GRANTED,
    TAKEN,
    TOO_MANY
  }

  /**
   * @param nanos of a clock that never goes back
   */
  Leases(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** A claim that the client has already is his again. */
  synchronized Outcome tryClaim(Client client, Key key) {
    Claimed claimed = new Claimed(client.space, key);
    Holder before = holders.get(claimed);
    if (before != null && !before.client.equals(client)) {
      if (isAlive(before)) {
        return Outcome.TAKEN;
      }
      drop(before);
    }
    if (!clients.containsKey(client) && clients.size() >= MOST_HOLDERS) {
      dropSilent();
      if (clients.size() >= MOST_HOLDERS) {
        return Outcome.TOO_MANY;
      }
    }
    Holder holder = clients.computeIfAbsent(client, Holder::new);
    if (holder.keys.size() >= MOST_OF_ONE) {
      return Outcome.TOO_MANY;
    }
    holder.lastBeat = nanos.getAsLong();
    holder.keys.add(key);
    holders.put(claimed, holder);
    return Outcome.GRANTED;
  }

  private boolean isAlive(Holder holder) {
    return nanos.getAsLong() - holder.lastBeat < LEASE_NANOS;
  }

  private void dropSilent() {
    clients.values().stream().filter(holder -> !isAlive(holder)).toList().forEach(this::drop);
  }

  private void drop(Holder holder) {
    clients.remove(holder.client);
    for (Key key : holder.keys) {
      holders.remove(new Claimed(holder.client.space, key), holder);
    }
  }

  /** Ends a claim, if the client has it. */
  synchronized void release(Client client, Key key) {
    Holder holder = clients.get(client);
    if (holder != null && holder.keys.remove(key)) {
      holders.remove(new Claimed(client.space, key), holder);
      if (holder.keys.isEmpty()) {
        clients.remove(client);
      }
    }
  }

  /** The client lives. */
  synchronized void beat(Client client) {
    Holder holder = clients.get(client);
    if (holder != null) {
      holder.lastBeat = nanos.getAsLong();
    }
  }

  synchronized int size() {
    return holders.size();
  }
}
