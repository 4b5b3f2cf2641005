package dev.reprise.lineage;

import dev.reprise.runtime.operation.Operation;
import java.util.Arrays;

/**
 * Runs the hash programs of a run's patches, iteration by iteration, over the keys of its inputs:
 * no items are made. About 5 ns per operation. An inner run is evaluated by an evaluator of its
 * own: recursion is as deep as loops are nested. Confined to one thread.
 */
final class RunEvaluator {
  private final RunBody body;
  // Keys and heights of the inputs in the order of RunBody.Inputs; outers by their position there.
  private final RunBody.Inputs inputs;
  private final long[] outerHigh;
  private final long[] outerLow;
  private final int[] outerHeights;
  // Starts of lifted progressions; null when the columns' own starts count.
  private final long[] lifts;
  private final SeedRule seeds;

  // The state after the iteration evaluated last.
  private long iteration;
  private long[] high;
  private long[] low;
  private int[] heights;
  private long[] nextHigh;
  private long[] nextLow;
  private int[] nextHeights;

  private Places[] places = new Places[1];

  /** What one patch's program works on; see {@link Patch#flatRefs}. */
  static final class Places {
    final long[] high;
    final long[] low;
    final int[] heights;
    final long[] valueBits;

    Places(Patch patch) {
      high = new long[patch.places()];
      low = new long[patch.places()];
      heights = new int[patch.places()];
      valueBits = new long[patch.values.length];
    }
  }

  RunEvaluator(
      RunBody body,
      RunBody.Inputs inputs,
      long[] outerHigh,
      long[] outerLow,
      int[] outerHeights,
      long[] lifts,
      SeedRule seeds,
      RunState start) {
    this.body = body;
    this.inputs = inputs;
    this.outerHigh = outerHigh;
    this.outerLow = outerLow;
    this.outerHeights = outerHeights;
    this.lifts = lifts;
    this.seeds = seeds;
    this.iteration = start.iteration;
    this.high = start.high.clone();
    this.low = start.low.clone();
    this.heights = start.heights.clone();
    this.nextHigh = new long[high.length];
    this.nextLow = new long[high.length];
    this.nextHeights = new int[high.length];
  }

  RunState state() {
    return new RunState(iteration, high.clone(), low.clone(), heights.clone());
  }

  long iteration() {
    return iteration;
  }

  void advance(long to) {
    while (iteration < to) {
      step();
    }
  }

  /** True when a variable has another key than one of the other run, and both have a value. */
  boolean differs(int variable, RunEvaluator other, int otherVariable) {
    long mine = high[variable];
    long theirs = other.high[otherVariable];
    return mine != 0
        && theirs != 0
        && (mine != theirs || low[variable] != other.low[otherVariable]);
  }

  /** Evaluates the next iteration and returns the places of its patch. */
  Places step() {
    long next = iteration + 1;
    int path = body.path.at(next);
    Patch patch = body.patch(path);
    Places at = places(path, patch);
    setValues(at, path, patch, next);
    int carried = patch.firstCarried();
    for (int c : patch.carriedRead) {
      at.high[carried] = high[c];
      at.low[carried] = low[c];
      at.heights[carried] = heights[c];
      carried++;
    }
    for (int node = 0; node < patch.nodes.length; node++) {
      if (patch.nodes[node] instanceof Operation operation) {
        mix(at, patch, node, operation);
      } else {
        evaluateInner(at, path, patch, node, next);
      }
    }
    leave(at, patch);
    iteration = next;
    return at;
  }

  private Places places(int path, Patch patch) {
    if (path >= places.length) {
      places = Arrays.copyOf(places, Math.max(path + 1, 2 * places.length));
    }
    Places known = places[path];
    return known != null ? known : prepare(path, patch);
  }

  /** Fills in what is the same in all iterations. */
  private Places prepare(int path, Patch patch) {
    Places made = new Places(patch);
    for (int v = 0; v < patch.values.length; v++) {
      LineageItem constant = patch.values[v].constant();
      if (constant != null) {
        made.high[v] = constant.keyHigh();
        made.low[v] = constant.keyLow();
      }
    }
    int place = patch.firstOuter();
    for (int outer : patch.outersRead) {
      int input = Arrays.binarySearch(inputs.outers(), outer);
      made.high[place] = outerHigh[input];
      made.low[place] = outerLow[input];
      made.heights[place] = outerHeights[input];
      place++;
    }
    places[path] = made;
    return made;
  }

  private void setValues(Places at, int path, Patch patch, long next) {
    for (int v = 0; v < patch.values.length; v++) {
      ValueKind kind = patch.values[v].kind();
      if (kind.isNumber()) {
        long bits = number(path, v, next);
        if (at.high[v] == 0 || at.valueBits[v] != bits) {
          at.valueBits[v] = bits;
          KeyMixer mixer = KeyMixer.ofNumber(kind, bits);
          mixer.finish();
          at.high[v] = mixer.high();
          at.low[v] = mixer.low();
        }
      } else if (kind == ValueKind.ITEM) {
        LineageItem item = (LineageItem) body.objects(path, v).at(next);
        at.high[v] = item.keyHigh();
        at.low[v] = item.keyLow();
        at.heights[v] = item.height();
      }
    }
  }

  private long number(int path, int value, long next) {
    NumberColumn column = body.numbers(path, value);
    int lift = lifts == null ? -1 : inputs.liftIndex(path, value);
    return lift < 0 ? column.at(next, seeds) : column.lifted(next, lifts[lift]);
  }

  private static void mix(Places at, Patch patch, int node, Operation operation) {
    KeyMixer mixer = KeyMixer.ofOperation(operation);
    int height = 0;
    for (int i = patch.starts[node]; i < patch.starts[node + 1]; i++) {
      int place = patch.flatRefs[i];
      mixer.mix(at.high[place], at.low[place]);
      height = Math.max(height, LineageItem.above(at.heights[place]));
    }
    mixer.finish();
    int place = patch.firstNode() + node;
    at.high[place] = mixer.high();
    at.low[place] = mixer.low();
    at.heights[place] = height;
  }

  private void evaluateInner(Places at, int path, Patch patch, int node, long next) {
    RunBody inner = body.inner(path, (Patch.InnerRun) patch.nodes[node], next);
    RunBody.Inputs taken = inner.inputs();
    int operand = patch.starts[node];
    int variables = inner.patch(0).outputs.length;
    RunState start = new RunState(-1, new long[variables], new long[variables], new int[variables]);
    for (int c : taken.carried()) {
      int place = patch.flatRefs[operand++];
      if (place >= 0) {
        start.high[c] = at.high[place];
        start.low[c] = at.low[place];
        start.heights[c] = at.heights[place];
      }
    }
    long[] outersHigh = new long[taken.outers().length];
    long[] outersLow = new long[outersHigh.length];
    int[] outersHeights = new int[outersHigh.length];
    for (int o = 0; o < outersHigh.length; o++) {
      int place = patch.flatRefs[operand++];
      outersHigh[o] = at.high[place];
      outersLow[o] = at.low[place];
      outersHeights[o] = at.heights[place];
    }
    long[] starts = new long[taken.lifted().length / 2];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = numberOperand(path, patch, operand++, next);
    }
    SeedRule rule =
        taken.usesSeeds()
            ? new SeedRule(numberOperand(path, patch, operand, next), inner.firstIteration)
            : null;
    RunEvaluator run =
        new RunEvaluator(inner, taken, outersHigh, outersLow, outersHeights, starts, rule, start);
    run.advance(inner.length() - 1);
    for (int i = 0; i < patch.innerOutputs.length; i += 2) {
      if (patch.innerOutputs[i] == node) {
        int place = patch.firstInner() + i / 2;
        int variable = patch.innerOutputs[i + 1];
        at.high[place] = run.high[variable];
        at.low[place] = run.low[variable];
        at.heights[place] = run.heights[variable];
      }
    }
  }

  /** The number itself behind an operand that is a literal. */
  private long numberOperand(int path, Patch patch, int operand, long next) {
    int value = Ref.index(patch.refs[operand]);
    Patch.PatchValue known = patch.values[value];
    if (known.kind().isNumber()) {
      return number(path, value, next);
    }
    LineageItem item =
        known.kind() == ValueKind.CONSTANT
            ? known.constant()
            : (LineageItem) body.objects(path, value).at(next);
    var literal = item.literalOrNull();
    return ValueKind.ofLiteral(literal).bits(literal);
  }

  /** Moves the outputs into the state. */
  private void leave(Places at, Patch patch) {
    for (int c = 0; c < nextHigh.length; c++) {
      int place = patch.flatOutputs[c];
      if (place >= 0) {
        nextHigh[c] = at.high[place];
        nextLow[c] = at.low[place];
        nextHeights[c] = at.heights[place];
      } else if (place == Patch.LEFT_ALONE) {
        nextHigh[c] = high[c];
        nextLow[c] = low[c];
        nextHeights[c] = heights[c];
      } else {
        nextHigh[c] = 0;
        nextLow[c] = 0;
        nextHeights[c] = 0;
      }
    }
    long[] freeHigh = high;
    high = nextHigh;
    nextHigh = freeHigh;
    long[] freeLow = low;
    low = nextLow;
    nextLow = freeLow;
    int[] freeHeights = heights;
    heights = nextHeights;
    nextHeights = freeHeights;
  }
}
