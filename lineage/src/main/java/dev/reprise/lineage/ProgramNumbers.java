package dev.reprise.lineage;

import dev.reprise.lineage.Patch.InnerRun;
import java.util.IdentityHashMap;
import java.util.Map;

/** The numbers that {@link ProgramWriter} gives the patches and bodies of a program. */
final class ProgramNumbers {
  private final Map<Patch, Integer> patches = new IdentityHashMap<>();
  private final Map<RunBody, Integer> bodies = new IdentityHashMap<>();

  ProgramNumbers(TraceProgram program) {
    for (TraceProgram.Step step : program.steps()) {
      if (step instanceof TraceProgram.Loop loop) {
        add(loop.body());
      }
    }
  }

  int patch(Patch patch) {
    return patches.get(patch);
  }

  /** The number of a body as text; {@code ?} for one that varies. */
  String body(RunBody body) {
    return body == null ? "?" : bodies.get(body).toString();
  }

  private void add(RunBody body) {
    if (bodies.containsKey(body)) {
      return;
    }
    for (int p = 0; p < body.patchCount(); p++) {
      Patch patch = body.patch(p);
      for (Object node : patch.nodes) {
        if (node instanceof InnerRun inner) {
          body.bodies(p, inner).forEach(this::add);
        }
      }
      patches.putIfAbsent(patch, patches.size() + 1);
    }
    bodies.put(body, bodies.size() + 1);
  }
}
