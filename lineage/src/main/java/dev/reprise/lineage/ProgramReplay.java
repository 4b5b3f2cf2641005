package dev.reprise.lineage;

import dev.reprise.lineage.Patch.InnerRun;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Executes a program of items and loops: a loop takes the paths that its run took, and no predicate
 * is evaluated. A value is given back after its last use, so only live ones are held. For one
 * thread; recursion is as deep as loops are nested.
 *
 * @param <V> a value; whoever holds one owns a reference to it
 */
public final class ProgramReplay<V> {

  /** Who computes and counts the values. */
  public interface Machine<V> {

    /** The value of a literal or of content from outside; the caller owns it. */
    V leaf(LineageItem item);

    /** The result of an operation over borrowed inputs; the caller owns it. */
    V evaluate(Operation operation, V[] inputs);

    void retain(V value);

    void release(V value);

    V[] array(int length);
  }

  private final TraceProgram program;
  private final Machine<V> machine;
  private final V[] values;
  private final int[] uses;

  private ProgramReplay(TraceProgram program, Machine<V> machine) {
    this.program = program;
    this.machine = machine;
    this.values = machine.array(program.steps().size());
    this.uses = new int[program.steps().size()];
  }

  /** The value of the program's first output; the caller owns it. */
  public static <V> V first(TraceProgram program, Machine<V> machine) {
    return new ProgramReplay<>(program, machine).run();
  }

  private V run() {
    int output = program.outputs().values().iterator().next();
    countUses(output);
    LoopRun<?>[] loops = new LoopRun<?>[values.length];
    try {
      for (int step = 0; step < values.length; step++) {
        if (uses[step] > 0) {
          execute(step, loops);
        }
      }
      machine.retain(values[output]);
      return values[output];
    } finally {
      releaseAll(machine, values);
      for (LoopRun<?> loop : loops) {
        if (loop != null) {
          loop.close();
        }
      }
    }
  }

  private void countUses(int output) {
    uses[output]++;
    for (int step = values.length - 1; step >= 0; step--) {
      if (uses[step] == 0) {
        continue;
      }
      switch (program.steps().get(step)) {
        case TraceProgram.Item item -> {
          for (int input : item.inputs()) {
            uses[input]++;
          }
        }
        case TraceProgram.Loop loop -> {
          for (int input : loop.inputs()) {
            if (input >= 0) {
              uses[input]++;
            }
          }
          for (LineageItem item : ColumnItems.of(loop.body())) {
            uses[program.stepOf(item)]++;
          }
        }
        case TraceProgram.LoopResult result -> uses[result.loop()]++;
      }
    }
  }

  @SuppressWarnings("unchecked")
  private void execute(int step, LoopRun<?>[] loops) {
    switch (program.steps().get(step)) {
      case TraceProgram.Item item -> {
        if (item.item().isLiteral() || PatchMatcher.isSource(item.item())) {
          values[step] = machine.leaf(item.item());
        } else {
          V[] inputs = machine.array(item.inputs().length);
          for (int i = 0; i < inputs.length; i++) {
            inputs[i] = values[item.inputs()[i]];
          }
          values[step] = machine.evaluate(item.item().operation(), inputs);
          for (int input : item.inputs()) {
            used(input);
          }
        }
      }
      case TraceProgram.Loop loop -> {
        LoopRun<V> run = start(loop);
        loops[step] = run;
        run.execute(this);
        for (LineageItem item : ColumnItems.of(loop.body())) {
          used(program.stepOf(item));
        }
      }
      case TraceProgram.LoopResult result -> {
        V value = ((LoopRun<V>) loops[result.loop()]).carried[result.variable()];
        machine.retain(value);
        values[step] = value;
        if (--uses[result.loop()] == 0) {
          loops[result.loop()].close();
        }
      }
    }
  }

  private LoopRun<V> start(TraceProgram.Loop loop) {
    RunInputs taken = loop.body().inputs();
    LoopRun<V> run = new LoopRun<>(machine, loop.body());
    int at = 0;
    for (int c : taken.carried()) {
      int input = loop.inputs()[at++];
      if (input >= 0) {
        run.carried[c] = borrowed(input);
        used(input);
      }
    }
    for (int i = 0; i < run.outers.length; i++) {
      int input = loop.inputs()[at++];
      run.outers[i] = borrowed(input);
      used(input);
    }
    for (int i = 0; i < run.lifts.length; i++) {
      run.lifts[i] = number(loop.inputs()[at++]);
    }
    run.seeds(taken.usesSeeds() ? number(loop.inputs()[at]) : 0);
    return run;
  }

  private V borrowed(int step) {
    machine.retain(values[step]);
    return values[step];
  }

  private long number(int step) {
    LineageItem literal = ((TraceProgram.Item) program.steps().get(step)).item();
    used(step);
    return RunNumbers.bits(literal);
  }

  private void used(int step) {
    if (--uses[step] == 0 && values[step] != null) {
      machine.release(values[step]);
      values[step] = null;
    }
  }

  private static <V> void releaseAll(Machine<V> machine, V[] held) {
    for (int i = 0; i < held.length; i++) {
      if (held[i] != null) {
        machine.release(held[i]);
        held[i] = null;
      }
    }
  }

  /** One run: its variables, and the places of the patch in work ({@link Patch#flatRefs}). */
  private static final class LoopRun<V> {
    private final Machine<V> machine;
    private final RunBody body;
    private final RunInputs inputs;
    private final V[] carried;
    private final V[] outers;
    private final long[] lifts;
    private RunNumbers numbers;
    // Constants of each patch, made once.
    private final List<V[]> constants;
    private final int[][] usesOf;
    private V[] places;

    LoopRun(Machine<V> machine, RunBody body) {
      this.machine = machine;
      this.body = body;
      this.inputs = body.inputs();
      this.carried = machine.array(body.variables());
      this.outers = machine.array(inputs.outers().length);
      this.lifts = new long[inputs.lifted().length / 2];
      this.constants = new ArrayList<>(Collections.nCopies(body.patchCount(), null));
      this.usesOf = new int[body.patchCount()][];
    }

    /** Says what the seeds follow from; the starts of progressions are known by then. */
    void seeds(long base) {
      numbers = new RunNumbers(body, inputs, lifts, new SeedRule(base, body.firstIteration));
    }

    void execute(ProgramReplay<V> replay) {
      for (long iteration = 0; iteration < body.length(); iteration++) {
        iterate(replay, iteration);
      }
    }

    void close() {
      releaseAll(machine, carried);
      releaseAll(machine, outers);
      if (places != null) {
        releaseAll(machine, places);
      }
      for (int path = 0; path < usesOf.length; path++) {
        if (usesOf[path] != null) {
          releaseAll(machine, constants.get(path));
        }
      }
    }

    private void iterate(ProgramReplay<V> replay, long iteration) {
      int path = body.path.at(iteration);
      Patch patch = body.patch(path);
      int[] uses = uses(path, patch).clone();
      places = machine.array(patch.places());
      fillValues(replay, path, patch, iteration);
      for (int i = 0; i < patch.carriedRead.length; i++) {
        places[patch.firstCarried() + i] = retained(carried[patch.carriedRead[i]]);
      }
      for (int i = 0; i < patch.outersRead.length; i++) {
        places[patch.firstOuter() + i] =
            retained(outers[Arrays.binarySearch(inputs.outers(), patch.outersRead[i])]);
      }
      // A variable that the iteration replaces need not be held until its end.
      for (int c = 0; c < carried.length; c++) {
        if (patch.flatOutputs[c] != Patch.LEFT_ALONE && carried[c] != null) {
          machine.release(carried[c]);
          carried[c] = null;
        }
      }
      for (int node = 0; node < patch.nodes.length; node++) {
        if (patch.nodes[node] instanceof Operation operation) {
          V[] operands = machine.array(patch.operandCount(node));
          for (int i = 0; i < operands.length; i++) {
            operands[i] = places[patch.flatRefs[patch.starts[node] + i]];
          }
          places[patch.firstNode() + node] = machine.evaluate(operation, operands);
        } else {
          executeInner(replay, path, patch, node, iteration);
        }
        for (int i = patch.starts[node]; i < patch.starts[node + 1]; i++) {
          used(patch.flatRefs[i], uses);
        }
      }
      for (int c = 0; c < carried.length; c++) {
        int place = patch.flatOutputs[c];
        if (place >= 0) {
          carried[c] = retained(places[place]);
          used(place, uses);
        }
      }
      releaseAll(machine, places);
    }

    private V retained(V value) {
      if (value != null) {
        machine.retain(value);
      }
      return value;
    }

    private void used(int place, int[] uses) {
      if (place >= 0 && --uses[place] == 0) {
        machine.release(places[place]);
        places[place] = null;
      }
    }

    private int[] uses(int path, Patch patch) {
      int[] known = usesOf[path];
      if (known == null) {
        known = new int[patch.places()];
        for (int place : patch.flatRefs) {
          if (place >= 0) {
            known[place]++;
          }
        }
        for (int place : patch.flatOutputs) {
          if (place >= 0) {
            known[place]++;
          }
        }
        V[] made = machine.array(patch.values.length);
        constants.set(path, made);
        usesOf[path] = known;
        for (int v = 0; v < made.length; v++) {
          LineageItem constant = patch.values[v].constant();
          made[v] = constant == null ? null : machine.leaf(constant);
        }
      }
      return known;
    }

    private void fillValues(ProgramReplay<V> replay, int path, Patch patch, long iteration) {
      for (int v = 0; v < patch.values.length; v++) {
        ValueKind kind = patch.values[v].kind();
        if (kind == ValueKind.CONSTANT) {
          places[v] = retained(constants.get(path)[v]);
        } else if (kind == ValueKind.ITEM) {
          LineageItem item = (LineageItem) body.objects(path, v).at(iteration);
          places[v] = retained(replay.values[replay.program.stepOf(item)]);
        } else {
          places[v] =
              machine.leaf(LineageItem.literal(kind.scalar(numbers.at(path, v, iteration))));
        }
      }
    }

    private void executeInner(
        ProgramReplay<V> replay, int path, Patch patch, int node, long iteration) {
      RunBody inner = body.inner(path, (InnerRun) patch.nodes[node], iteration);
      LoopRun<V> run = new LoopRun<>(machine, inner);
      try {
        int operand = patch.starts[node];
        for (int c : run.inputs.carried()) {
          int place = patch.flatRefs[operand++];
          run.carried[c] = place < 0 ? null : retained(places[place]);
        }
        for (int i = 0; i < run.outers.length; i++) {
          run.outers[i] = retained(places[patch.flatRefs[operand++]]);
        }
        for (int i = 0; i < run.lifts.length; i++) {
          run.lifts[i] = numbers.operand(path, operand++, iteration);
        }
        run.seeds(run.inputs.usesSeeds() ? numbers.operand(path, operand, iteration) : 0);
        run.execute(replay);
        for (int i = 0; i < patch.innerOutputs.length; i += 2) {
          if (patch.innerOutputs[i] == node) {
            places[patch.firstInner() + i / 2] = retained(run.carried[patch.innerOutputs[i + 1]]);
          }
        }
      } finally {
        run.close();
      }
    }
  }
}
