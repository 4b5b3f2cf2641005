package dev.reprise.lineage;

import dev.reprise.lineage.LoopSpans.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an item goes into, cut down to what the outputs are made of: a loop's text keeps whole
 * patches, of which some iterations may have computed what nobody asked for.
 */
final class LoopOverlap {

  /** What is in both in one iteration. */
  record Flow(BitSet nodes, Map<Integer, LoopOverlap> inner) {}

  private record Pair(Object taint, Object cone) {}

  /** Overlaps of inner loops. Confined to one question. */
  static final class Known {
    private final Map<Pair, LoopOverlap> overlaps = new HashMap<>();

    LoopOverlap of(LoopTaint taint, LoopCone cone) {
      Pair pair = new Pair(taint, cone);
      LoopOverlap known = overlaps.get(pair);
      if (known == null) {
        known = new LoopOverlap(taint, cone, this);
        overlaps.put(pair, known);
      }
      return known;
    }
  }

  final RunBody body;
  final List<Span> spans = new ArrayList<>();
  private final Known known;
  private final Map<Pair, Flow> flows = new HashMap<>();

  private LoopOverlap(LoopTaint taint, LoopCone cone, Known known) {
    this.body = taint.body;
    this.known = known;
    List<Span> theirs = sorted(cone.spans.close());
    // The latest end of the spans up to each: those before it cannot reach further.
    long[] ends = new long[theirs.size()];
    for (int i = 0; i < ends.length; i++) {
      ends[i] = Math.max(theirs.get(i).to(), i == 0 ? -1 : ends[i - 1]);
    }
    for (Span mine : taint.spans.close()) {
      int at = Arrays.binarySearch(ends, mine.from());
      at = at < 0 ? ~at : at;
      while (at > 0 && ends[at - 1] >= mine.from()) {
        at--;
      }
      for (; at < ends.length && theirs.get(at).from() <= mine.to(); at++) {
        add(mine, theirs.get(at));
      }
    }
  }

  private static List<Span> sorted(List<Span> spans) {
    return spans.stream().sorted((a, b) -> Long.compare(a.from(), b.from())).toList();
  }

  private void add(Span taint, Span cone) {
    long to = Math.min(taint.to(), cone.to());
    long from = align(Math.max(taint.from(), cone.from()), taint);
    // Both steps are small: the first common iteration is among so many.
    for (long tried = 0; tried < cone.step(); tried++, from += taint.step()) {
      if ((from - cone.from()) % cone.step() == 0) {
        break;
      }
    }
    if (from > to || (from - cone.from()) % cone.step() != 0) {
      return;
    }
    long step = taint.step() / gcd(taint.step(), cone.step()) * cone.step();
    Object[] byPath = new Object[taint.byPath().length];
    boolean any = false;
    for (int path = 0; path < byPath.length; path++) {
      if (taint.byPath()[path] != null && cone.byPath()[path] != null) {
        byPath[path] =
            flow((LoopTaint.Flow) taint.byPath()[path], (LoopCone.Flow) cone.byPath()[path]);
        any = true;
      }
    }
    if (any) {
      spans.add(new Span(from, from + (to - from) / step * step, step, byPath));
    }
  }

  private static long align(long from, Span span) {
    return span.from() + (from - span.from() + span.step() - 1) / span.step() * span.step();
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  private Flow flow(LoopTaint.Flow taint, LoopCone.Flow cone) {
    Pair pair = new Pair(taint, cone);
    Flow flow = flows.get(pair);
    if (flow == null) {
      BitSet nodes = (BitSet) taint.nodes.clone();
      nodes.and(cone.nodes);
      Map<Integer, LoopOverlap> inner = new HashMap<>();
      taint.inner.forEach((node, within) -> {
        LoopCone needed = cone.inner.get(node);
        if (needed != null) {
          inner.put(node, known.of(within, needed));
        }
      });
      flow = new Flow(nodes, inner);
      flows.put(pair, flow);
    }
    return flow;
  }
}
