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
  private final RunInputs inputs;
  // Keys and heights of the fixed items, by their position in the inputs.
  private final long[] outerHigh;
  private final long[] outerLow;
  private final int[] outerHeights;
  private RunNumbers numbers;

  // The state after the iteration evaluated last.
  private long iteration;
  private long[] high;
  private long[] low;
  private int[] heights;
  private long[] nextHigh;
  private long[] nextLow;
  private int[] nextHeights;

  private Places[] places = new Places[1];
  private InnerWalk innerWalk = (node, inner) -> inner.advance(inner.body.length() - 1);

  /** Evaluates an inner run from its beginning to its end, watching. */
  interface InnerWalk {
    void walk(int node, RunEvaluator inner);
  }

  /** What one patch's program works on; see {@link Patch#flatRefs}. */
  static final class Places {
    final long[] high;
    final long[] low;
    final int[] heights;
    final long[] valueBits;

    // Evaluators of the inner runs by ordinal, used again while the body stays the same.
    private final RunEvaluator[] inner;
    private boolean hasOuters;

    Places(Patch patch) {
      high = new long[patch.places()];
      low = new long[patch.places()];
      heights = new int[patch.places()];
      valueBits = new long[patch.values.length];
      inner = new RunEvaluator[patch.innerRuns];
    }
  }

  /** Evaluates nothing before {@link #begin}. */
  RunEvaluator(RunBody body, RunInputs inputs) {
    this.body = body;
    this.inputs = inputs;
    int variables = body.variables();
    int outers = inputs.outers().length;
    this.outerHigh = new long[outers];
    this.outerLow = new long[outers];
    this.outerHeights = new int[outers];
    this.high = new long[variables];
    this.low = new long[variables];
    this.heights = new int[variables];
    this.nextHigh = new long[variables];
    this.nextLow = new long[variables];
    this.nextHeights = new int[variables];
  }

  /** Goes on after a state; fixed items are set afterwards, before the first step. */
  void begin(RunNumbers ofRun, RunState start) {
    begin(ofRun, start.iteration);
    int variables = high.length;
    System.arraycopy(start.high, 0, high, 0, variables);
    System.arraycopy(start.low, 0, low, 0, variables);
    System.arraycopy(start.heights, 0, heights, 0, variables);
  }

  private void begin(RunNumbers ofRun, long after) {
    numbers = ofRun;
    iteration = after;
    for (Places each : places) {
      if (each != null) {
        each.hasOuters = false;
      }
    }
  }

  void setOuter(int position, LineageItem item) {
    outerHigh[position] = item.keyHigh();
    outerLow[position] = item.keyLow();
    outerHeights[position] = item.height();
  }

  /** Inner runs of the iterations from now on are evaluated by this. */
  void walkInner(InnerWalk walk) {
    innerWalk = walk;
  }

  RunState state() {
    return new RunState(iteration, high.clone(), low.clone(), heights.clone());
  }

  long iteration() {
    return iteration;
  }

  RunBody body() {
    return body;
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
    if (known == null) {
      known = prepare(patch);
      places[path] = known;
    }
    if (!known.hasOuters) {
      fillOuters(known, patch);
    }
    return known;
  }

  /** Fills in what is the same in all iterations of all runs of the body. */
  private static Places prepare(Patch patch) {
    Places made = new Places(patch);
    for (int v = 0; v < patch.values.length; v++) {
      LineageItem constant = patch.values[v].constant();
      if (constant != null) {
        made.high[v] = constant.keyHigh();
        made.low[v] = constant.keyLow();
      }
    }
    return made;
  }

  private void fillOuters(Places at, Patch patch) {
    int place = patch.firstOuter();
    for (int outer : patch.outersRead) {
      int input = Arrays.binarySearch(inputs.outers(), outer);
      at.high[place] = outerHigh[input];
      at.low[place] = outerLow[input];
      at.heights[place] = outerHeights[input];
      place++;
    }
    at.hasOuters = true;
  }

  private void setValues(Places at, int path, Patch patch, long next) {
    for (int v = 0; v < patch.values.length; v++) {
      ValueKind kind = patch.values[v].kind();
      if (kind.isNumber()) {
        long bits = numbers.at(path, v, next);
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
    Patch.InnerRun inner = (Patch.InnerRun) patch.nodes[node];
    RunBody innerBody = body.inner(path, inner, next);
    RunEvaluator run = at.inner[inner.ordinal()];
    if (run == null || run.body != innerBody) {
      run = new RunEvaluator(innerBody, innerBody.inputs());
      at.inner[inner.ordinal()] = run;
    }
    beginInner(run, at, path, node, next);
    innerWalk.walk(node, run);
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

  /** Hands the operands of an inner run to its evaluator. */
  private void beginInner(RunEvaluator run, Places at, int path, int node, long next) {
    Patch patch = body.patch(path);
    RunInputs taken = run.inputs;
    int operand = patch.starts[node];
    Arrays.fill(run.high, 0);
    Arrays.fill(run.low, 0);
    Arrays.fill(run.heights, 0);
    for (int c : taken.carried()) {
      int place = patch.flatRefs[operand++];
      if (place >= 0) {
        run.high[c] = at.high[place];
        run.low[c] = at.low[place];
        run.heights[c] = at.heights[place];
      }
    }
    for (int o = 0; o < run.outerHigh.length; o++) {
      int place = patch.flatRefs[operand++];
      run.outerHigh[o] = at.high[place];
      run.outerLow[o] = at.low[place];
      run.outerHeights[o] = at.heights[place];
    }
    long[] starts = new long[taken.lifted().length / 2];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = numbers.operand(path, operand++, next);
    }
    SeedRule rule =
        taken.usesSeeds()
            ? new SeedRule(numbers.operand(path, operand, next), run.body.firstIteration)
            : null;
    run.begin(new RunNumbers(run.body, taken, starts, rule), -1);
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
