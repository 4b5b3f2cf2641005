package dev.reprise.engine.loop;

import dev.reprise.engine.loop.Stretch.End;
import dev.reprise.engine.loop.Stretch.State;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.PathRecorder;
import dev.reprise.lineage.PathShape;
import java.util.Arrays;
import java.util.List;

/**
 * What the variables of a loop were before the iteration that is being recorded: the items that
 * they had when recording began, or places of the run since they were changed. Owned by a {@link
 * LoopRecorder}.
 */
final class RecordedStarts {
  private final PathSymbols.Known known;
  private final PathRecorder recorder;

  /** Written variables that recorded iterations have changed since recording began. */
  private final boolean[] changed;

  RecordedStarts(PathSymbols.Known known, PathRecorder recorder) {
    this.known = known;
    this.recorder = recorder;
    this.changed = new boolean[known.written().length];
  }

  /**
   * Recording begins.
   *
   * @param ends of all paths that are known
   */
  void begin(List<End> ends) {
    Arrays.fill(changed, false);
    for (End end : ends) {
      end.used = false;
    }
  }

  /** An iteration has been recorded. */
  void passed(End end) {
    if (!end.used) {
      end.used = true;
      for (int c = 0; c < changed.length; c++) {
        changed[c] |= end.changed[c];
      }
    }
  }

  /** What a variable was, if it is the first that held that and no literal. */
  LineageItem item(int variable) {
    return changed[variable] ? recorder.item(variable) : before(variable);
  }

  private LineageItem before(int variable) {
    return known.items()[known.written()[variable]];
  }

  /**
   * What all variables were: null for literals of recorded iterations, which the builder does not
   * ask for.
   */
  LineageItem[] items(State state) {
    LineageItem[] starts = new LineageItem[changed.length];
    for (int c = 0; c < starts.length; c++) {
      int symbol = state.starts[c];
      if (!changed[c]) {
        starts[c] = before(c);
      } else if (PathShape.isVariable(symbol)) {
        int first = PathShape.index(symbol);
        starts[c] = first < c ? starts[first] : recorder.item(c);
      } else if (PathShape.isOuter(symbol)) {
        starts[c] = known.items()[PathShape.index(symbol)];
      } else if (PathShape.isFixed(symbol)) {
        starts[c] = known.named().get(PathShape.index(symbol));
      }
    }
    return starts;
  }
}
