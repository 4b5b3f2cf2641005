package dev.reprise.server;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps one space from taking all of a server: of its requests a limited number is worked on at a
 * time, and of its changes one, so that those that wait for their turn hold no connection to the
 * database. Thread-safe.
 */
final class SpaceGates {
  private final int requestsOfOne;
  private final Map<Long, Gate> gates = new ConcurrentHashMap<>();

  /** Of one space. */
  private static final class Gate {
    final Semaphore requests;
    final ReentrantLock changes = new ReentrantLock();

    Gate(int requests) {
      this.requests = new Semaphore(requests);
    }
  }

  SpaceGates(int requestsOfOne) {
    this.requestsOfOne = requestsOfOne;
  }

  private Gate of(long space) {
    return gates.computeIfAbsent(space, _ -> new Gate(requestsOfOne));
  }

  /** Begins a request; false when the space has too many. Each that began must end. */
  boolean enter(long space) {
    return of(space).requests.tryAcquire();
  }

  void leave(long space) {
    of(space).requests.release();
  }

  /** Held while a space is changed. */
  ReentrantLock changes(long space) {
    return of(space).changes;
  }
}
