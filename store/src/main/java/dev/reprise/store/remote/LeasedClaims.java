package dev.reprise.store.remote;

import dev.reprise.lineage.Key;
import dev.reprise.store.StoreClaim;
import dev.reprise.store.StoreException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Claims of one client on a server. They are leases: while there are any, a thread tells the server
 * every {@link Protocol#BEAT_MILLIS} that this client lives; the server gives the claims of one who
 * has been silent for {@link Protocol#LEASE_MILLIS} to others. Who was only stopped for longer
 * computes what another computes as well, nothing worse.
 *
 * <p>Thread-safe. {@code held} is guarded by this; the thread that beats waits on it and on nothing
 * else, and no lock is held while the server answers.
 */
final class LeasedClaims implements AutoCloseable {

  private final ServerConnection connection;
  private final Set<Key> held = new HashSet<>();
  private Thread beating;
  private boolean closed;

  LeasedClaims(ServerConnection connection) {
    this.connection = connection;
  }

  /** The claim of a key, or null when another client, or thread of this one, has it. */
  StoreClaim tryClaim(Key key) {
    synchronized (this) {
      if (closed || !held.add(key)) {
        return null;
      }
    }
    boolean granted = false;
    try {
      granted = connection.send("PUT", path(key)).status() != ServerConnection.TAKEN;
    } finally {
      if (!granted) {
        forget(key);
      }
    }
    if (!granted) {
      return null;
    }
    beat();
    AtomicBoolean ended = new AtomicBoolean();
    return () -> {
      if (ended.compareAndSet(false, true)) {
        release(key);
      }
    };
  }

  private static String path(Key key) {
    return "/v1/claims/" + key;
  }

  private synchronized void forget(Key key) {
    held.remove(key);
  }

  private void release(Key key) {
    forget(key);
    try {
      connection.send("DELETE", path(key));
    } catch (StoreException e) {
      // The lease ends by itself.
    }
  }

  private synchronized void beat() {
    if (beating == null && !closed) {
      beating = Thread.ofPlatform().name("reprise-claims").daemon().unstarted(this::beatOn);
      beating.start();
    } else {
      notifyAll();
    }
  }

  private void beatOn() {
    try {
      while (awaitClaims()) {
        try {
          connection.send("POST", "/v1/beat");
        } catch (StoreException e) {
          if (connection.problem() != null) {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** True when it is time to beat, false when all has ended. */
  private synchronized boolean awaitClaims() throws InterruptedException {
    long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Protocol.BEAT_MILLIS);
    while (!closed) {
      long left = TimeUnit.NANOSECONDS.toMillis(due - System.nanoTime());
      if (held.isEmpty()) {
        wait();
      } else if (left <= 0) {
        return true;
      } else {
        wait(left);
      }
    }
    return false;
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
