package dev.reprise.cache;

import dev.reprise.cache.State.Claimed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** The waiters of one claim, in the order in which they subscribed. */
final class Subscribers {

  private Subscribers() {}

  /**
   * Tells everybody who waited for a claim that has ended. Nobody is left out, even when the heap
   * is full or the stack ends: then only the order is lost.
   */
  static void tell(Waiter taker, Claimed last, Consumer<Waiter> news) {
    List<Waiter> waiters;
    try {
      waiters = inOrder(taker, last);
    } catch (OutOfMemoryError | StackOverflowError e) {
      tellOutOfOrder(taker, last, news);
      throw e;
    }
    forEach(waiters, news);
  }

  private static void tellOutOfOrder(Waiter taker, Claimed last, Consumer<Waiter> news) {
    try {
      if (taker != null) {
        news.accept(taker);
      }
    } finally {
      if (last.waiter() != null) {
        tellOutOfOrder(last.waiter(), last.earlier(), news);
      }
    }
  }

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

  static int count(Waiter taker, Claimed last) {
    int count = taker == null ? 0 : 1;
    for (Claimed each = last; each.waiter() != null; each = each.earlier()) {
      count++;
    }
    return count;
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
