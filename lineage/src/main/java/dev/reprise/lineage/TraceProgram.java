package dev.reprise.lineage;

import dev.reprise.runtime.operation.Operation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A trace as a program: literals, operations and loops in an order in which they can be executed.
 * Runs stay loops; equal literals and operations over equal inputs are one step. Made without
 * expanding anything and without computing keys. Immutable.
 */
public final class TraceProgram {

  /** One step. */
  sealed interface Step permits Item, Loop, LoopResult {}

  /**
   * An operation or literal.
   *
   * @param item what it is; its own inputs do not count
   * @param inputs steps above
   */
  record Item(LineageItem item, int[] inputs) implements Step {}

  /**
   * A run.
   *
   * @param inputs steps above in the order of {@link RunInputs}; -1 for no value
   */
  record Loop(RunBody body, int[] inputs) implements Step {}

  /**
   * A variable at the end of a run.
   *
   * @param loop the step of the run
   */
  record LoopResult(int loop, int variable) implements Step {}

  private final List<Step> steps = new ArrayList<>();
  private final Map<String, Integer> outputs = new LinkedHashMap<>();

  private TraceProgram() {}

  /** The program that computes named outputs; their order is that of the map. */
  public static TraceProgram of(Map<String, LineageItem> outputs) {
    return new Maker(Map.of()).make(outputs);
  }

  /**
   * Likewise, with other items in the place of some, below which nothing is looked at.
   *
   * @param instead what stands for an item; without inputs
   */
  static TraceProgram of(Map<String, LineageItem> outputs, Map<LineageItem, LineageItem> instead) {
    Map<Place, LineageItem> places = new HashMap<>();
    instead.forEach((item, other) -> places.put(new Place(item), other));
    return new Maker(places).make(outputs);
  }

  List<Step> steps() {
    return steps;
  }

  /** Outputs by name, as numbers of steps. */
  Map<String, Integer> outputs() {
    return outputs;
  }

  /** True when the program has a loop; false, and no steps, for a tangled one. */
  public boolean hasLoops() {
    return steps.stream().anyMatch(step -> step instanceof Loop);
  }

  /** Number of items that the program stands for, at most; stops at the largest long. */
  public long expandedSize() {
    long size = 0;
    for (Step step : steps) {
      long more = step instanceof Loop loop ? loop.body().operations() : 1;
      size = size > Long.MAX_VALUE - more ? Long.MAX_VALUE : size + more;
    }
    return size;
  }

  /** The operations of all steps and of the loops' patches, no iteration looked at. */
  public Set<Operation> operations() {
    Set<Operation> found = new HashSet<>();
    Set<RunBody> seen = new HashSet<>();
    for (Step step : steps) {
      if (step instanceof Item one && !one.item().isLiteral()) {
        found.add(one.item().operation());
      } else if (step instanceof Loop loop) {
        BodyTree.addOperations(loop.body(), found, seen);
      }
    }
    return found;
  }

  /** True when a loop refers to itself in a way that no text and no replay follows. */
  public boolean isTangled() {
    return tangled;
  }

  private boolean tangled;
  private Map<Place, Integer> itemSteps = Map.of();

  /** A run up to and with an iteration. */
  private record Prefix(Run run, long length) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Prefix that && length == that.length && run.isSameAs(that.run);
    }

    @Override
    public int hashCode() {
      return 31 * run.placeHash() + Long.hashCode(length);
    }
  }

  /** An item by identity, items of runs by their place. */
  private record Place(LineageItem item) {
    Place {
      item = RunItem.settled(item);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Place that && RunItem.isSame(item, that.item);
    }

    @Override
    public int hashCode() {
      return RunItem.placeHash(item);
    }
  }

  /** What makes two steps one: operation or literal, note and inputs. */
  private record Content(Object what, Object place, String note, List<Integer> inputs) {}

  /** Some variables of a body after so many iterations. */
  private record Cut(RunBody body, long length, BitSet variables) {}

  private static final class Maker {
    private final TraceProgram program = new TraceProgram();
    private final Map<Prefix, BitSet> wanted = new HashMap<>();
    private final Map<Prefix, RunSlice> slices = new HashMap<>();
    // Runs of one body are cut alike once.
    private final Map<Cut, RunSlice> cuts = new HashMap<>();
    private final Map<Prefix, LineageItem[]> inputs = new HashMap<>();
    private final Map<Place, Integer> numbers = new HashMap<>();
    private final Map<Prefix, Integer> loops = new HashMap<>();
    private final Map<Content, Integer> contents = new HashMap<>();
    private final Map<Place, LineageItem> instead;

    Maker(Map<Place, LineageItem> instead) {
      this.instead = instead;
    }

    /** What stands for an item, or null. */
    private LineageItem standIn(LineageItem item) {
      return instead.isEmpty() ? null : instead.get(new Place(item));
    }

    TraceProgram make(Map<String, LineageItem> outputs) {
      collectWanted(outputs);
      if (program.tangled) {
        return program;
      }
      for (Map.Entry<String, LineageItem> output : outputs.entrySet()) {
        emit(output.getValue());
        program.outputs.put(output.getKey(), numbers.get(new Place(output.getValue())));
      }
      program.itemSteps = numbers;
      return program;
    }

    /** Finds which variables of which runs are asked for, before any run is cut down to them. */
    private void collectWanted(Map<String, LineageItem> outputs) {
      Map<Place, Boolean> seen = new HashMap<>();
      ArrayDeque<LineageItem> open = new ArrayDeque<>(outputs.values());
      while (!open.isEmpty() && !program.tangled) {
        LineageItem item = RunItem.settled(open.pop());
        if (seen.put(new Place(item), true) != null || standIn(item) != null) {
          continue;
        }
        if (item instanceof RunItem place && place.place < 0) {
          want(place, open);
        } else {
          for (int i = 0; i < item.inputCount(); i++) {
            open.push(item.input(i));
          }
        }
      }
    }

    private void want(RunItem place, ArrayDeque<LineageItem> open) {
      Prefix prefix = new Prefix(place.run, place.iteration + 1);
      BitSet variables = wanted.computeIfAbsent(prefix, _ -> new BitSet());
      variables.set(~place.place);
      RunSlice slice =
          cuts.computeIfAbsent(
              new Cut(place.run.body, prefix.length, (BitSet) variables.clone()),
              cut -> RunSlice.of(cut.body, cut.length, cut.variables));
      slices.put(prefix, slice);
      for (LineageItem input : slice.inputs(place.run)) {
        if (input != null) {
          open.push(input);
        }
      }
      for (LineageItem item : ColumnItems.of(slice.body())) {
        program.tangled |= item instanceof RunItem own && own.run.isSameAs(place.run);
        open.push(item);
      }
    }

    /** Depth first; a unit waits on the stack until what it needs has steps. */
    private void emit(LineageItem output) {
      ArrayDeque<LineageItem> stack = new ArrayDeque<>();
      stack.push(output);
      while (!stack.isEmpty()) {
        LineageItem top = RunItem.settled(stack.peek());
        if (numbers.containsKey(new Place(top)) || !pushMissing(needed(top), stack)) {
          stack.pop();
          number(top);
        }
      }
    }

    private List<LineageItem> needed(LineageItem item) {
      List<LineageItem> needed = new ArrayList<>();
      if (standIn(item) != null) {
        return needed;
      }
      if (item instanceof RunItem place && place.place < 0) {
        Prefix prefix = new Prefix(place.run, place.iteration + 1);
        if (!loops.containsKey(prefix)) {
          needed.addAll(Arrays.asList(inputs(prefix)));
          needed.addAll(ColumnItems.of(slices.get(prefix).body()));
        }
      } else {
        for (int i = 0; i < item.inputCount(); i++) {
          needed.add(item.input(i));
        }
      }
      return needed;
    }

    private boolean pushMissing(List<LineageItem> needed, ArrayDeque<LineageItem> stack) {
      boolean any = false;
      for (LineageItem item : needed.reversed()) {
        if (item != null && !numbers.containsKey(new Place(item))) {
          stack.push(item);
          any = true;
        }
      }
      return any;
    }

    private void number(LineageItem item) {
      Place place = new Place(item);
      if (numbers.containsKey(place)) {
        return;
      }
      LineageItem other = standIn(item);
      if (other != null) {
        numbers.put(place, add(new Item(other, new int[0])));
        return;
      }
      if (item instanceof RunItem result && result.place < 0) {
        numbers.put(place, result(result));
        return;
      }
      List<Integer> inputs = new ArrayList<>();
      for (int i = 0; i < item.inputCount(); i++) {
        inputs.add(numbers.get(new Place(item.input(i))));
      }
      Content content =
          item.isLiteral()
              ? new Content(LiteralBits.of(item.literalOrNull()), item.literalNames(), null, inputs)
              : new Content(item.operation(), item.place(), item.note(), inputs);
      Integer known = contents.get(content);
      if (known == null) {
        known = add(new Item(item, inputs.stream().mapToInt(Integer::intValue).toArray()));
        contents.put(content, known);
      }
      numbers.put(place, known);
    }

    private int result(RunItem item) {
      Prefix prefix = new Prefix(item.run, item.iteration + 1);
      RunSlice slice = slices.get(prefix);
      Integer loop = loops.get(prefix);
      if (loop == null) {
        LineageItem[] items = inputs(prefix);
        int[] steps = new int[items.length];
        for (int i = 0; i < steps.length; i++) {
          steps[i] = items[i] == null ? -1 : numbers.get(new Place(items[i]));
        }
        loop = add(new Loop(slice.body(), steps));
        loops.put(prefix, loop);
      }
      return add(new LoopResult(loop, slice.variable(~item.place)));
    }

    /** Lifted numbers are literals made for each call, so a run is asked once. */
    private LineageItem[] inputs(Prefix prefix) {
      return inputs.computeIfAbsent(prefix, _ -> slices.get(prefix).inputs(prefix.run));
    }

    private int add(Step step) {
      program.steps.add(step);
      return program.steps.size() - 1;
    }
  }

  /** All content from outside that has a note: the name of a file, or of a bound value. */
  List<LineageItem> noted() {
    List<LineageItem> noted = new ArrayList<>();
    Set<RunBody> seen = new HashSet<>();
    Consumer<LineageItem> sink =
        item -> {
          if (item.note() != null) {
            noted.add(item);
          }
        };
    for (Step step : steps) {
      switch (step) {
        case Item one -> sink.accept(one.item());
        case Loop loop -> BodyTree.forEachConstant(loop.body(), sink, seen);
        case LoopResult _ -> {}
      }
    }
    return noted;
  }

  /** True when an item outside of the loops, or a result of one, passes a test. */
  boolean hasItem(Predicate<LineageItem> test) {
    return itemSteps.keySet().stream().anyMatch(place -> test.test(place.item()));
  }

  /** The number of the step that an item from elsewhere in a column has. */
  int stepOf(LineageItem item) {
    return itemSteps.get(new Place(item));
  }
}
