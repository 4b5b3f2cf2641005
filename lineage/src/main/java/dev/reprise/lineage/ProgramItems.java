package dev.reprise.lineage;

import dev.reprise.lineage.Patch.InnerRun;
import dev.reprise.lineage.ProgramPlace.Kind;
import dev.reprise.lineage.ProgramPlace.Level;
import java.util.Arrays;

/**
 * The items that steps of a program and places in its loops stand for: each is made alone, as a
 * place in a run, without what is below. For one thread.
 */
final class ProgramItems {
  private final TraceProgram program;
  private final LineageItem[] items;
  private final Run[] runs;

  ProgramItems(TraceProgram program) {
    this.program = program;
    this.items = new LineageItem[program.steps().size()];
    this.runs = new Run[items.length];
    for (int step = 0; step < items.length; step++) {
      switch (program.steps().get(step)) {
        case TraceProgram.Item item -> items[step] = item.item();
        case TraceProgram.Loop loop -> runs[step] = run(loop);
        case TraceProgram.LoopResult result -> {
          Run run = runs[result.loop()];
          items[step] = run.carried(run.body.length() - 1, result.variable());
        }
      }
    }
  }

  private Run run(TraceProgram.Loop loop) {
    LineageItem[] inputs = new LineageItem[loop.inputs().length];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = loop.inputs()[i] < 0 ? null : items[loop.inputs()[i]];
    }
    return Run.of(loop.body(), inputs);
  }

  /** The run of a step that is a loop. */
  Run run(int step) {
    return runs[step];
  }

  /** The item of a step that is none. */
  LineageItem item(int step) {
    return items[step];
  }

  /** The run that holds the innermost level of a place. */
  Run run(ProgramPlace place) {
    Run run = runs[place.step()];
    for (Level level : place.levels().subList(0, place.levels().size() - 1)) {
      int path = run.body.path.at(level.iteration());
      run = run.innerRun(path, run.body.patch(path), level.index(), level.iteration());
    }
    return run;
  }

  /** The body that holds the innermost level of a place. */
  RunBody body(ProgramPlace place) {
    RunBody body = ((TraceProgram.Loop) program.steps().get(place.step())).body();
    for (Level level : place.levels().subList(0, place.levels().size() - 1)) {
      int path = body.path.at(level.iteration());
      InnerRun inner = (InnerRun) body.patch(path).nodes[level.index()];
      body = body.inner(path, inner, level.iteration());
    }
    return body;
  }

  /** The item of a resolved place. */
  LineageItem item(ProgramPlace place) {
    if (place.levels().isEmpty()) {
      return items[place.step()];
    }
    Run run = run(place);
    Level last = place.last();
    return last.kind() == Kind.VALUE
        ? run.value(run.body.path.at(last.iteration()), last.index(), last.iteration())
        : new RunItem(run, last.iteration(), last.index(), LineageItem.UNKNOWN);
  }

  /**
   * Follows variables to what they hold: a step that is an item, an operation or a value of an
   * iteration; null when there is no value.
   */
  ProgramPlace resolve(ProgramPlace place) {
    ProgramPlace at = place;
    while (at != null) {
      if (at.levels().isEmpty()) {
        if (!(program.steps().get(at.step()) instanceof TraceProgram.LoopResult result)) {
          return at;
        }
        long end = runs[result.loop()].body.length() - 1;
        at = ProgramPlace.of(result.loop()).inner(new Level(Kind.VARIABLE, result.variable(), end));
      } else if (at.last().kind() == Kind.VARIABLE) {
        at = target(at);
      } else {
        return itemOfColumn(at);
      }
    }
    return null;
  }

  /** A value that is an item from elsewhere is the step of that item. */
  private ProgramPlace itemOfColumn(ProgramPlace place) {
    Level last = place.last();
    if (last.kind() != Kind.VALUE) {
      return place;
    }
    RunBody body = body(place);
    int path = body.path.at(last.iteration());
    if (body.patch(path).values[last.index()].kind() != ValueKind.ITEM) {
      return place;
    }
    LineageItem item = (LineageItem) body.objects(path, last.index()).at(last.iteration());
    return resolve(ProgramPlace.of(program.stepOf(item)));
  }

  /** One step from a variable towards what it holds. */
  private ProgramPlace target(ProgramPlace place) {
    RunBody body = body(place);
    int variable = place.last().index();
    long maker = body.makers().last(variable, place.last().iteration());
    if (maker >= 0) {
      Patch patch = body.patchAt(maker);
      return target(place, body, patch, patch.outputs[variable], maker);
    }
    return input(place, Arrays.binarySearch(body.inputs().carried(), variable));
  }

  private ProgramPlace target(
      ProgramPlace place, RunBody body, Patch patch, int ref, long iteration) {
    int index = Ref.index(ref);
    return switch (Ref.kind(ref)) {
      case Ref.NODE -> place.with(new Level(Kind.NODE, index, iteration));
      case Ref.VALUE -> place.with(new Level(Kind.VALUE, index, iteration));
      case Ref.CARRIED ->
          iteration > 0
              ? place.with(new Level(Kind.VARIABLE, index, iteration - 1))
              : input(place, Arrays.binarySearch(body.inputs().carried(), index));
      case Ref.OUTER -> {
        RunInputs taken = body.inputs();
        yield input(place, taken.carried().length + Arrays.binarySearch(taken.outers(), index));
      }
      case Ref.INNER -> {
        int node = patch.innerOutputs[2 * index];
        RunBody inner =
            body.inner(body.path.at(iteration), (InnerRun) patch.nodes[node], iteration);
        yield place
            .with(new Level(Kind.NODE, node, iteration))
            .inner(new Level(Kind.VARIABLE, patch.innerOutputs[2 * index + 1], inner.length() - 1));
      }
      default -> null;
    };
  }

  /** The input at a position of the loop that holds a place. */
  private ProgramPlace input(ProgramPlace place, int position) {
    if (position < 0) {
      return null;
    }
    if (place.levels().size() == 1) {
      int step = ((TraceProgram.Loop) program.steps().get(place.step())).inputs()[position];
      return step < 0 ? null : ProgramPlace.of(step);
    }
    ProgramPlace outer = place.outer();
    RunBody body = body(outer);
    long iteration = outer.last().iteration();
    Patch patch = body.patchAt(iteration);
    return target(
        outer, body, patch, patch.refs[patch.starts[outer.last().index()] + position], iteration);
  }
}
