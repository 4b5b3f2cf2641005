package dev.reprise.cache;

import dev.reprise.cache.State.Claimed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** The waiters of one claim, in the order in which they subscribed. */
final class Subscribers {

  private Subscribers() {}

  /** First subscriber first; the taker of the claim, if any, before all. */
  static List<Waiter> inOrder(Waiter taker, Claimed last) {
    if (taker == null && last.waiter() == null) {
      return List.of();
    }
    List<Waiter> waiters = new ArrayList<>();
    for (Claimed each = last; each.waiter() != null; each = each.earlier()) {
      waiters.add(each.waiter());
    }
    if (taker != null) {
      waiters.add(taker);
    }
    Collections.reverse(waiters);
    return waiters;
  }

  /** The stack that holds these waiters, given in order. */
  static Claimed stack(List<Waiter> inOrder) {
    Claimed stack = Claimed.BY_NOBODY_ELSE;
    for (Waiter waiter : inOrder) {
      stack = new Claimed(waiter, stack);
    }
    return stack;
  }

  /**
   * Does something for every waiter, whatever a callback of one of them throws; the first thing
   * thrown is thrown again at the end.
   */
  static void forEach(List<Waiter> waiters, Consumer<Waiter> action) {
    Throwable thrown = null;
    for (Waiter waiter : waiters) {
      try {
        action.accept(waiter);
      } catch (Throwable e) {
        thrown = thrown == null ? e : thrown;
      }
    }
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
