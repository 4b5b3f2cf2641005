package dev.reprise.lineage;

import dev.reprise.runtime.operation.Operation;

/**
 * Which iterations of a run made something of its variables, and which left them alone.
 *
 * <p>Asked by any thread, of iterations that were appended. What is remembered of a variable is
 * replaced as a whole: one of two threads at once may forget what the other has found.
 */
final class VariableMakers {
  private final RunBody body;

  /** What was found out last of each variable. */
  private final Untouched[] untouched;

  /** The maker of a variable, or -1, and the last of the iterations since that leave it alone. */
  private record Untouched(long maker, long to) {
    boolean covers(long iteration) {
      return iteration >= maker && iteration <= to;
    }
  }

  /**
   * @param body has a patch
   */
  VariableMakers(RunBody body) {
    this.body = body;
    this.untouched = new Untouched[body.variables()];
  }

  /**
   * The last iteration up to this one that makes something of a variable; negative when none does.
   * Asked iteration by iteration, as loops ask, each iteration is looked at once for each variable:
   * an element of a list may stay what it is for as long as the loop runs.
   */
  long last(int variable, long iteration) {
    Untouched known = untouched[variable];
    long at = iteration;
    while (at >= 0 && !(known != null && known.covers(at)) && leavesAlone(at, variable)) {
      at = body.path.stretchStart(at) - 1;
    }
    long maker = known != null && known.covers(at) ? known.maker : at;
    if (known == null || iteration > known.to) {
      untouched[variable] = new Untouched(maker, iteration);
    }
    return maker;
  }

  private boolean leavesAlone(long iteration, int variable) {
    return body.patchAt(iteration).outputs[variable] == Ref.of(Ref.CARRIED, variable);
  }

  /**
   * The variable that is a place of an iteration (see {@link RunItem}) at the end of the run, too:
   * an element of a list is found as what made it. Negative for none.
   */
  int variableAtEnd(long iteration, int place) {
    long end = body.length() - 1;
    if (place < 0) {
      // What no iteration has made is an item from before the run: by -1 it goes as any item from
      // elsewhere.
      long maker = last(~place, end);
      return maker >= 0 && maker <= iteration ? ~place : -1;
    }
    int[] outputs = body.patchAt(iteration).outputs;
    int made = Ref.of(Ref.NODE, place);
    for (int v = 0; v < outputs.length; v++) {
      if (outputs[v] == made && last(v, end) == iteration) {
        return v;
      }
    }
    return -1;
  }

  /** False when a variable is surely no list in the end. */
  boolean mayEndAsList(int variable) {
    long maker = last(variable, body.length() - 1);
    if (maker < 0) {
      return false;
    }
    Patch patch = body.patchAt(maker);
    int ref = patch.outputs[variable];
    return switch (Ref.kind(ref)) {
      case Ref.NODE ->
          patch.nodes[Ref.index(ref)] instanceof Operation made && made.name().equals("list");
      case Ref.INNER -> true;
      default -> false;
    };
  }

  /** Bytes on the heap. */
  long bytes() {
    return 16 + 36L * untouched.length;
  }
}
