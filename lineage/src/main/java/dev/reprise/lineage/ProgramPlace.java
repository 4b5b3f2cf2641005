package dev.reprise.lineage;

import java.util.ArrayList;
import java.util.List;

/**
 * An item of a program without the item: a step, or a place in an iteration of a loop.
 *
 * <pre>
 *   %3             step 3
 *   %4^1@17        variable 1 of loop 4 after iteration 17
 *   %4$2@17        operation 2 of the patch that iteration 17 took
 *   %4$3@17^1@5    in iteration 17, variable 1 of the inner loop $3 after its iteration 5
 * </pre>
 *
 * @param step number of a step
 * @param levels from the outermost loop inwards; empty for the step itself
 */
record ProgramPlace(int step, List<Level> levels) {

  /** What of an iteration is meant. */
  enum Kind {
    NODE('$'),
    VARIABLE('^'),
    VALUE('?');

    final char sign;

    Kind(char sign) {
      this.sign = sign;
    }

    static Kind of(char sign) {
      return sign == '$' ? NODE : sign == '^' ? VARIABLE : VALUE;
    }
  }

  /**
   * @param iteration counted from the first one of the run's body
   */
  record Level(Kind kind, int index, long iteration) {}

  ProgramPlace {
    levels = List.copyOf(levels);
  }

  static ProgramPlace of(int step) {
    return new ProgramPlace(step, List.of());
  }

  Level last() {
    return levels.getLast();
  }

  /** The same with the innermost level replaced. */
  ProgramPlace with(Level level) {
    List<Level> changed = new ArrayList<>(levels.subList(0, levels.size() - 1));
    changed.add(level);
    return new ProgramPlace(step, changed);
  }

  /** The same with one more level. */
  ProgramPlace inner(Level level) {
    List<Level> more = new ArrayList<>(levels);
    more.add(level);
    return new ProgramPlace(step, more);
  }

  /** The place in the iteration around the innermost loop. */
  ProgramPlace outer() {
    return new ProgramPlace(step, levels.subList(0, levels.size() - 1));
  }
}
