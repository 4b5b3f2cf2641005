package dev.reprise.lineage;

import dev.reprise.lineage.Patch.InnerRun;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/** The numbers that {@link ProgramWriter} gives the patches of a program. */
final class ProgramNumbers {
  private final Map<Patch, Integer> patches = new IdentityHashMap<>();

  ProgramNumbers(TraceProgram program) {
    Set<RunBody> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (TraceProgram.Step step : program.steps()) {
      if (step instanceof TraceProgram.Loop loop) {
        add(loop.body(), seen);
      }
    }
  }

  int patch(Patch patch) {
    return patches.get(patch);
  }

  private void add(RunBody body, Set<RunBody> seen) {
    if (!seen.add(body)) {
      return;
    }
    for (int p = 0; p < body.patchCount(); p++) {
      Patch patch = body.patch(p);
      for (Object node : patch.nodes) {
        if (node instanceof InnerRun inner) {
          body.bodies(p, inner).forEach(each -> add(each, seen));
        }
      }
      patches.putIfAbsent(patch, patches.size() + 1);
    }
  }
}
