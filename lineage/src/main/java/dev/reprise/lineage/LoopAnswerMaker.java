package dev.reprise.lineage;

import dev.reprise.lineage.LoopAnswer.Entry;
import dev.reprise.lineage.LoopAnswer.Iterations;
import dev.reprise.lineage.LoopAnswer.Level;
import dev.reprise.lineage.LoopAnswer.Part;
import dev.reprise.lineage.LoopSpans.Span;
import dev.reprise.lineage.Patch.InnerRun;
import dev.reprise.lineage.Patch.PatchValue;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.Place;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Turns what was reached in the iterations of loops into parts of an answer. */
final class LoopAnswerMaker {

  /** Which entries of a patch belong into the answer. */
  interface Filter {
    /** The iterations of a span in which an operation does. */
    List<Span> ofNode(RunBody body, int path, int node, BitSet literalOuters, Span span);

    boolean hasValue(PatchValue value);
  }

  private final TraceProgram program;
  private final ProgramNumbers numbers;
  private final Filter filter;
  private final List<Part> parts = new ArrayList<>();

  LoopAnswerMaker(TraceProgram program, ProgramNumbers numbers, Filter filter) {
    this.program = program;
    this.numbers = numbers;
    this.filter = filter;
  }

  List<Part> parts() {
    return parts;
  }

  void add(int step, LoopCone cone) {
    add(outermost(step, cone.body), cone.spans.close(), literalOuters(step), Reach.CONE);
  }

  void add(int step, LoopOverlap reached) {
    add(outermost(step, reached.body), reached.spans, literalOuters(step), Reach.OVERLAP);
  }

  /**
   * A loop of which parts are made.
   *
   * @param around levels of the loops around it, the outermost first
   * @param name in the answer
   * @param place of its first operation that has one, or null
   */
  private record Loop(List<Level> around, String name, Place place, RunBody body) {}

  /**
   * The iterations of a loop that take a path.
   *
   * @param number of the path's patch in the answer
   */
  private record LoopPath(Loop loop, int path, int number) {
    RunBody body() {
      return loop.body;
    }
  }

  /**
   * What is reached in the iterations of a path.
   *
   * @param entries spans by the number of the entry, values after nodes
   * @param inner spans by the node of an inner loop, and by what is reached in that
   */
  private record Reached(
      Map<Integer, List<Span>> entries, Map<Integer, Map<Object, List<Span>>> inner) {
    Reached() {
      this(new TreeMap<>(), new TreeMap<>());
    }

    void addEntry(int number, List<Span> spans) {
      entries.computeIfAbsent(number, _ -> new ArrayList<>()).addAll(spans);
    }

    void addInner(int node, Object within, Span span) {
      inner
          .computeIfAbsent(node, _ -> new LinkedHashMap<>())
          .computeIfAbsent(within, _ -> new ArrayList<>())
          .add(span);
    }
  }

  private static Loop outermost(int step, RunBody body) {
    return new Loop(List.of(), "%" + (step + 1), place(body), body);
  }

  /** What a flow of either direction has. */
  private record Reach<F>(
      Function<F, BitSet> nodes,
      Function<F, BitSet> values,
      Function<F, Map<Integer, ?>> inner,
      Function<Object, RunBody> bodyOf,
      Function<Object, List<Span>> spansOf) {
    static final Reach<LoopCone.Flow> CONE =
        new Reach<>(
            flow -> flow.nodes,
            flow -> flow.values,
            flow -> flow.inner,
            cone -> ((LoopCone) cone).body,
            cone -> ((LoopCone) cone).spans.close());
    static final Reach<LoopOverlap.Flow> OVERLAP =
        new Reach<>(
            LoopOverlap.Flow::nodes,
            _ -> new BitSet(),
            LoopOverlap.Flow::inner,
            reached -> ((LoopOverlap) reached).body,
            reached -> ((LoopOverlap) reached).spans);
  }

  private BitSet literalOuters(int step) {
    TraceProgram.Loop loop = (TraceProgram.Loop) program.steps().get(step);
    RunInputs taken = loop.body().inputs();
    BitSet literals = new BitSet();
    for (int i = 0; i < taken.outers().length; i++) {
      int input = loop.inputs()[taken.carried().length + i];
      literals.set(
          taken.outers()[i],
          program.steps().get(input) instanceof TraceProgram.Item item && item.item().isLiteral());
    }
    return literals;
  }

  private <F> void add(Loop loop, List<Span> spans, BitSet literals, Reach<F> reach) {
    List<Span> inOrder = new ArrayList<>(spans);
    inOrder.sort((a, b) -> Long.compare(a.from(), b.from()));
    for (int path = 0; path < loop.body.patchCount(); path++) {
      Reached reached = reached(loop.body, path, inOrder, literals, reach);
      LoopPath taken = new LoopPath(loop, path, numbers.patch(loop.body.patch(path)));
      addEntries(taken, reached.entries);
      reached.inner.forEach((node, byReach) ->
          byReach.forEach(
              (within, where) -> addInner(taken, node, within, where, literals, reach)));
    }
  }

  private <F> Reached reached(
      RunBody body, int path, List<Span> spans, BitSet literals, Reach<F> reach) {
    Patch patch = body.patch(path);
    Reached reached = new Reached();
    for (Span span : spans) {
      if (span.byPath()[path] == null) {
        continue;
      }
      @SuppressWarnings("unchecked")
      F flow = (F) span.byPath()[path];
      reach.nodes.apply(flow).stream()
          .filter(node -> patch.nodes[node] instanceof Operation)
          .forEach(node -> reached.addEntry(node, filter.ofNode(body, path, node, literals, span)));
      reach.values.apply(flow).stream()
          .filter(value -> filter.hasValue(patch.values[value]))
          .forEach(value -> reached.addEntry(patch.size() + value, List.of(span)));
      reach.inner.apply(flow).forEach((node, within) -> reached.addInner(node, within, span));
    }
    return reached;
  }

  /** Parts of an inner loop: some for each set of what is literal outside of it. */
  private <F> void addInner(
      LoopPath taken, int node, Object within, List<Span> where, BitSet literals, Reach<F> reach) {
    Loop loop = taken.loop;
    RunBody body = reach.bodyOf.apply(within);
    InputFilter.byLiteralOuters(loop.body, taken.path, node, body, literals, where)
        .forEach((innerLiterals, part) -> {
          Level level = level(taken, part);
          if (level != null) {
            List<Level> around = new ArrayList<>(loop.around);
            around.add(level);
            Loop inner = new Loop(around, "$" + (node + 1), place(body), body);
            add(inner, reach.spansOf.apply(within), innerLiterals, reach);
          }
        });
  }

  private void addEntries(LoopPath taken, Map<Integer, List<Span>> reached) {
    // Entries of the same iterations are one part.
    Map<List<Iterations>, List<Entry>> entries = new LinkedHashMap<>();
    Map<List<Iterations>, Level> levels = new LinkedHashMap<>();
    reached.forEach((entry, where) -> {
      Level level = level(taken, where);
      if (level != null) {
        levels.putIfAbsent(level.iterations(), level);
        entries
            .computeIfAbsent(level.iterations(), _ -> new ArrayList<>())
            .add(entry(taken.body(), taken.path, entry));
      }
    });
    entries.forEach((where, all) -> {
      List<Level> chain = new ArrayList<>(taken.loop.around);
      chain.add(levels.get(where));
      parts.add(new Part(List.copyOf(chain), List.copyOf(all)));
    });
  }

  /** Iterations of spans that took a path; null for none. Neighbours become one. */
  private static Level level(LoopPath of, List<Span> spans) {
    PathColumn paths = of.body().path;
    List<Iterations> found = new ArrayList<>();
    long count = 0;
    long base = of.body().firstIteration + 1;
    for (Span span : spans) {
      Span taken = cut(paths, of.path, span);
      if (taken == null) {
        continue;
      }
      count += count(paths, of.path, taken);
      Iterations before = found.isEmpty() ? null : found.getLast();
      long from = base + taken.from();
      long to = base + taken.to();
      if (before != null && before.step() == 1 && taken.step() == 1 && before.to() + 1 == from) {
        found.set(found.size() - 1, new Iterations(before.from(), to, 1));
      } else {
        found.add(new Iterations(from, to, from == to ? 1 : taken.step()));
      }
    }
    return found.isEmpty()
        ? null
        : new Level(of.loop.name, of.loop.place, of.number, List.copyOf(found), count);
  }

  /** From the first to the last iteration that took the path. */
  private static Span cut(PathColumn column, int path, Span span) {
    long from = span.from();
    while (from <= span.to() && column.at(from) != path) {
      from = span.step() > 1 ? from + span.step() : column.stretchEnd(from, span.to() + 1);
    }
    if (from > span.to()) {
      return null;
    }
    long to = span.to();
    while (column.at(to) != path) {
      to = span.step() > 1 ? to - span.step() : Math.max(from, column.stretchStart(to) - 1);
    }
    return new Span(from, to, span.step(), span.byPath());
  }

  private static long count(PathColumn column, int path, Span span) {
    if (span.step() > 1) {
      // Such spans lie within one stretch.
      return (span.to() - span.from()) / span.step() + 1;
    }
    long count = 0;
    long at = span.from();
    while (at <= span.to()) {
      long end = column.stretchEnd(at, span.to() + 1);
      count += column.at(at) == path ? end - at : 0;
      at = end;
    }
    return count;
  }

  // ---- words

  private Entry entry(RunBody body, int path, int number) {
    Patch patch = body.patch(path);
    StringBuilder text = new StringBuilder();
    if (number < patch.size()) {
      Operation operation = (Operation) patch.nodes[number];
      PatchWords.appendNode(patch, number, "", text);
      String place = operation.place() == null ? "" : operation.place().text();
      return new Entry("$" + (number + 1), text.toString(), operation.name(), place);
    }
    int value = number - patch.size();
    LineageItem constant = patch.values[value].constant();
    PatchWords.appendValue(value, patch.values[value], text);
    if (constant == null) {
      appendColumn(body, path, value, text);
    }
    return new Entry(
        "?" + (value + 1),
        text.toString(),
        constant == null ? TraceSyntax.COLUMN : constant.name(),
        constant == null ? "" : place(constant));
  }

  private void appendColumn(RunBody body, int path, int value, StringBuilder text) {
    if (body.patch(path).values[value].kind() == ValueKind.ITEM) {
      text.append(": an item of each iteration");
      return;
    }
    NumberColumn column = body.numbers(path, value);
    if (column.segments() == 1 && column.isSeeds(0)) {
      text.append(": seeds that the system drew");
    } else if (column.segments() == 1) {
      text.append(": one step of ");
      text.append(column.kind().scalar(column.step(0)).asString());
      text.append(" per iteration");
    } else {
      text.append(": ").append(column.segments()).append(" sequences of numbers");
    }
  }

  static String place(LineageItem item) {
    if (!item.literalNames().isEmpty()) {
      return String.join(", ", item.literalNames().stream().map(Object::toString).toList());
    }
    return item.isLiteral() || item.place() == null ? "" : item.place().text();
  }

  /** The first place in the script that an operation of the body has. */
  private static Place place(RunBody body) {
    for (int p = 0; p < body.patchCount(); p++) {
      for (Object node : body.patch(p).nodes) {
        Place place =
            node instanceof Operation operation
                ? operation.place()
                : ((InnerRun) node).body() == null ? null : place(((InnerRun) node).body());
        if (place != null) {
          return place;
        }
      }
    }
    return null;
  }

  static String line(TraceProgram program, int step) {
    TraceProgram.Item item = (TraceProgram.Item) program.steps().get(step);
    StringBuilder text = new StringBuilder("%").append(step + 1).append(" = ");
    PatchWords.appendContent(item.item(), text);
    for (int input : item.inputs()) {
      text.append(" %").append(input + 1);
    }
    PatchWords.appendNote(item.item(), text);
    return text.toString();
  }
}
