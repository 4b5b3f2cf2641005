package dev.reprise.lineage;

import dev.reprise.lineage.Patch.PatchValue;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Questions about a trace whose loops stay loops: as exact as {@link TraceQuery}, but expressed on
 * iterations, so no item is made. Ancestors and inputs cost a step per stretch of iterations that
 * take one path; descendants of what may be met inside of a loop cost the keys of its iterations,
 * too. For one thread.
 */
public final class LoopQuery {
  private final TraceProgram program;
  private final ProgramItems items;
  private final ProgramNumbers numbers;

  /** For a program that is not tangled. */
  public LoopQuery(TraceProgram program) {
    this.program = program;
    this.items = new ProgramItems(program);
    this.numbers = new ProgramNumbers(program);
  }

  /**
   * The item that a text names, made alone; null of selector for the first output.
   *
   * @throws IllegalArgumentException when there is none or several, saying what to try
   */
  public LineageItem item(String selector) {
    return items.item(place(selector));
  }

  /** True for a text that names a place in a loop, by the numbers of the trace with its loops. */
  public static boolean isPlaceInLoop(String selector) {
    return PlaceSelector.isPlaceInLoop(selector);
  }

  /**
   * Content from outside that the trace reads.
   *
   * @param name as a selector takes it
   */
  public record Source(String name, LineageItem item) {}

  /** Files and bound values, those that loops read included; equal ones once. */
  public List<Source> sources() {
    return new PlaceSelector(program, items).sources();
  }

  /** Everything that the outputs are made of, themselves included. */
  public LoopAnswer everything() {
    Below below = new Below();
    program.outputs().values().forEach(below.reached::set);
    below.walk(program.steps().size() - 1);
    LoopAnswerMaker maker = new LoopAnswerMaker(program, numbers, ALL);
    below.cones.forEach(maker::add);
    return new LoopAnswer(
        program,
        below.steps(program.steps().size()).boxed().toList(),
        List.copyOf(maker.parts()),
        List.copyOf(program.outputs().keySet()));
  }

  private ProgramPlace place(String selector) {
    return selector == null
        ? items.resolve(ProgramPlace.of(program.outputs().values().iterator().next()))
        : new PlaceSelector(program, items).find(selector);
  }

  /** The items that the named one is made of. */
  public LoopAnswer ancestors(String selector) {
    return below(place(selector), step -> true, ALL);
  }

  /** What reached the named item from outside: see {@link TraceQuery#inputs}; also columns. */
  public LoopAnswer inputs(String selector) {
    return below(place(selector), this::isInput, new InputFilter());
  }

  private LoopAnswer below(ProgramPlace start, IntPredicate hasStep, LoopAnswerMaker.Filter has) {
    Below below = new Below();
    below.start(start);
    below.walk(start.step() - 1);
    LoopAnswerMaker maker = new LoopAnswerMaker(program, numbers, has);
    below.cones.forEach(maker::add);
    return new LoopAnswer(
        program,
        below.steps(start.step()).filter(hasStep).boxed().toList(),
        List.copyOf(maker.parts()),
        List.of());
  }

  /** What something is made of: steps, and what of the loops. */
  private final class Below {
    private final BitSet reached = new BitSet();
    private final Map<Integer, BitSet> wanted = new HashMap<>();
    private final SortedMap<Integer, LoopCone> cones = new TreeMap<>();
    private final LoopCone.Known known = new LoopCone.Known();

    /** Begins with what a resolved place is made of. */
    void start(ProgramPlace place) {
      if (place.levels().isEmpty()) {
        reachInputs(place.step(), reached);
      } else if (place.last().kind() == ProgramPlace.Kind.NODE) {
        add(place.step(), known.of(items.run(place.step()).body, place.levels()));
      }
    }

    private void add(int step, LoopCone cone) {
      cones.put(step, cone);
      reachInputs(step, cone, reached);
    }

    /** Users come after what they use. */
    void walk(int last) {
      for (int step = last; step >= 0; step--) {
        if (!reached.get(step) && !wanted.containsKey(step)) {
          continue;
        }
        switch (program.steps().get(step)) {
          case TraceProgram.Item _ -> reachInputs(step, reached);
          case TraceProgram.LoopResult result ->
              wanted.computeIfAbsent(result.loop(), _ -> new BitSet()).set(result.variable());
          case TraceProgram.Loop loop -> add(step, known.of(loop.body(), wanted.get(step)));
        }
      }
    }

    /** Steps below one that are reached and are items. */
    IntStream steps(int end) {
      return reached.stream()
          .filter(step -> step < end && program.steps().get(step) instanceof TraceProgram.Item);
    }
  }

  private void reachInputs(int step, BitSet reached) {
    for (int input : ((TraceProgram.Item) program.steps().get(step)).inputs()) {
      reached.set(input);
    }
  }

  private void reachInputs(int step, LoopCone cone, BitSet reached) {
    TraceProgram.Loop loop = (TraceProgram.Loop) program.steps().get(step);
    RunInputs taken = loop.body().inputs();
    for (int i = 0; i < taken.carried().length; i++) {
      if (cone.carried.get(taken.carried()[i]) && loop.inputs()[i] >= 0) {
        reached.set(loop.inputs()[i]);
      }
    }
    for (int i = 0; i < taken.outers().length; i++) {
      if (cone.outers.get(taken.outers()[i])) {
        reached.set(loop.inputs()[taken.carried().length + i]);
      }
    }
    cone.items.forEach(item -> reached.set(program.stepOf(item)));
  }

  /** The items that the named one goes into, and the outputs that it reaches. */
  public LoopAnswer descendants(String selector) {
    LineageItem start = items.item(place(selector));
    LoopMatches.Search search = new LoopMatches.Search(start);
    LoopAnswerMaker maker = new LoopAnswerMaker(program, numbers, ALL);
    Below outputsBelow = new Below();
    program.outputs().values().forEach(outputsBelow.reached::set);
    outputsBelow.walk(program.steps().size() - 1);
    LoopOverlap.Known overlaps = new LoopOverlap.Known();
    BitSet reached = new BitSet();
    Map<Integer, BitSet> after = new HashMap<>();
    List<Integer> steps = new ArrayList<>();
    for (int step = 0; step < program.steps().size(); step++) {
      switch (program.steps().get(step)) {
        case TraceProgram.Item item -> {
          if (search.isItem(item.item())) {
            reached.set(step);
          } else if (isAnyReached(item.inputs(), reached)) {
            reached.set(step);
            if (outputsBelow.reached.get(step)) {
              steps.add(step);
            }
          }
        }
        case TraceProgram.LoopResult result ->
            reached.set(step, after.get(result.loop()).get(result.variable()));
        case TraceProgram.Loop loop -> {
          LoopTaint taint = taint(step, loop, search, reached);
          after.put(step, taint.after);
          LoopCone cone = outputsBelow.cones.get(step);
          if (cone != null) {
            maker.add(step, overlaps.of(taint, cone));
          }
        }
      }
    }
    List<String> outputs = new ArrayList<>();
    program
        .outputs()
        .forEach((name, step) -> {
          if (reached.get(step)) {
            outputs.add(name);
          }
        });
    return new LoopAnswer(program, steps, List.copyOf(maker.parts()), outputs);
  }

  private static boolean isAnyReached(int[] steps, BitSet reached) {
    for (int step : steps) {
      if (reached.get(step)) {
        return true;
      }
    }
    return false;
  }

  private LoopTaint taint(
      int step, TraceProgram.Loop loop, LoopMatches.Search search, BitSet reached) {
    RunInputs taken = loop.body().inputs();
    BitSet carried = new BitSet();
    BitSet outers = new BitSet();
    for (int i = 0; i < taken.carried().length; i++) {
      int input = loop.inputs()[i];
      carried.set(taken.carried()[i], input >= 0 && reached.get(input));
    }
    for (int i = 0; i < taken.outers().length; i++) {
      outers.set(taken.outers()[i], reached.get(loop.inputs()[taken.carried().length + i]));
    }
    return new LoopTaint.Known(item -> reached.get(program.stepOf(item)))
        .of(loop.body(), carried, outers, search.in(items.run(step)));
  }

  // ---- what counts as an input

  private boolean isInput(int step) {
    TraceProgram.Item item = (TraceProgram.Item) program.steps().get(step);
    if (item.item().isLiteral()) {
      return !item.item().literalNames().isEmpty();
    }
    if (item.item().operation().opcode().seedParameter() >= 0) {
      return true;
    }
    for (int input : item.inputs()) {
      if (!(program.steps().get(input) instanceof TraceProgram.Item one)
          || !one.item().isLiteral()) {
        return false;
      }
    }
    return true;
  }

  private static final LoopAnswerMaker.Filter ALL =
      new LoopAnswerMaker.Filter() {
        @Override
        public List<LoopSpans.Span> ofNode(
            RunBody body, int path, int node, BitSet literalOuters, LoopSpans.Span span) {
          return List.of(span);
        }

        @Override
        public boolean hasValue(PatchValue value) {
          // Items from elsewhere are listed where they are made.
          return value.kind() != ValueKind.ITEM;
        }
      };
}
