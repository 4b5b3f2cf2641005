package dev.reprise.lineage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What a question reaches in the iterations of a loop, as spans: for each path that iterations of a
 * span took, what is reached in them. A stretch of equal iterations costs as many steps as there
 * are states, not iterations.
 *
 * @param <F> what is reached in one iteration, compared by identity
 */
final class LoopSpans<F> {
  /** A hundred megabytes of spans; whoever needs more has a loop that changes all the time. */
  private static final int MOST = 1 << 21;

  /**
   * Iterations from, from + step, ... up to to.
   *
   * @param byPath what is reached in those that took a path; null for none of these
   */
  record Span(long from, long to, long step, Object[] byPath) {}

  private final int paths;
  private final List<Span> spans = new ArrayList<>();
  private final Map<List<Object>, Object[]> shared = new HashMap<>();

  // The span in work; its paths are still added to.
  private long from;
  private long to = -1;
  private Object state;
  private Object[] open;

  LoopSpans(int paths) {
    this.paths = paths;
  }

  /** All spans, in the order in which they were walked; no more are added. */
  List<Span> close() {
    if (open != null) {
      flush();
    }
    return spans;
  }

  /**
   * Adds iterations of one path, next to those added before in one direction or the other.
   *
   * @param around the state that they find, by identity: iterations of one span have one
   */
  void add(long first, long last, int path, F flow, Object around) {
    boolean adjacent = open != null && (first == to + 1 || last == from - 1);
    if (adjacent && state == around && (open[path] == null || open[path] == flow)) {
      from = Math.min(from, first);
      to = Math.max(to, last);
      open[path] = flow;
      return;
    }
    if (open != null) {
      flush();
    }
    from = first;
    to = last;
    state = around;
    open = new Object[paths];
    open[path] = flow;
  }

  private void flush() {
    Object[] flows = shared.computeIfAbsent(Arrays.asList(open), _ -> open);
    keep(new Span(from, to, 1, flows));
    open = null;
  }

  private void keep(Span span) {
    if (spans.size() == MOST) {
      throw new IllegalArgumentException(
          "what the item depends on changes more than "
              + MOST
              + " times in one loop; ask for a place in an earlier iteration");
    }
    spans.add(span);
  }

  /**
   * Walks a stretch of iterations that differ in their states alone.
   *
   * @param start the state in the first of them
   * @param first the iteration walked first
   * @param count of iterations
   * @param direction 1, or -1 for backwards
   * @param flow what is reached in an iteration with a state
   * @param next the state in the iteration walked next; equal states are one object
   * @return the state after the last of them
   */
  <S> S walk(
      S start,
      long first,
      long count,
      int direction,
      int path,
      Function<S, F> flow,
      Function<F, S> next) {
    if (count == 1) {
      F reached = flow.apply(start);
      add(first, first, path, reached, start);
      return next.apply(reached);
    }
    S at = start;
    List<S> states = new ArrayList<>();
    Map<S, Integer> seen = new HashMap<>();
    for (long done = 0; done < count; done++) {
      F reached = flow.apply(at);
      S after = next.apply(reached);
      long iteration = first + direction * done;
      if (after == at) {
        long last = first + direction * (count - 1);
        add(Math.min(iteration, last), Math.max(iteration, last), path, reached, at);
        return at;
      }
      Integer before = seen.put(at, (int) done);
      if (before != null) {
        return walkCycle(
            states.subList(before, (int) done), iteration, count - done, direction, path, flow);
      }
      states.add(at);
      add(iteration, iteration, path, reached, at);
      at = after;
    }
    return at;
  }

  /** The states come again and again: every so many iterations are one span. */
  private <S> S walkCycle(
      List<S> states, long first, long count, int direction, int path, Function<S, F> flow) {
    if (open != null) {
      flush();
    }
    int period = states.size();
    for (int offset = 0; offset < Math.min(period, count); offset++) {
      long times = (count - 1 - offset) / period;
      long one = first + direction * offset;
      long other = one + direction * times * period;
      Object[] flows = new Object[paths];
      flows[path] = flow.apply(states.get(offset));
      keep(new Span(Math.min(one, other), Math.max(one, other), period, flows));
    }
    return states.get((int) (count % period));
  }
}
