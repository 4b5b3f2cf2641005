package dev.reprise.lineage;

import dev.reprise.runtime.operation.Operation;
import java.util.Set;
import java.util.function.Consumer;

/** A {@link RunBody} as a whole: itself, and the bodies of all inner runs in it. */
final class BodyTree {
  private BodyTree() {}

  /** Operations of all iterations; stops at the largest long. For a body that is complete. */
  static long operations(RunBody body) {
    long[] perPath = new long[body.patchCount()];
    long[] total = {0};
    for (int p = 0; p < perPath.length; p++) {
      for (Object node : body.patch(p).nodes) {
        perPath[p] =
            sum(perPath[p], node instanceof Patch.InnerRun inner ? inside(body, p, inner) : 1);
      }
    }
    body.path.visit((taken, from, to) -> {
      long each = perPath[taken];
      long all =
          each > 0 && to - from > Long.MAX_VALUE / each ? Long.MAX_VALUE : each * (to - from);
      total[0] = sum(total[0], all);
    });
    return total[0];
  }

  private static long sum(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }

  /** The largest of the bodies that the inner run has. */
  private static long inside(RunBody body, int path, Patch.InnerRun inner) {
    return body.bodies(path, inner).stream().mapToLong(RunBody::operations).max().orElse(0);
  }

  /** Levels of runs below this one, itself included; for a body that is complete. */
  static int depth(RunBody body) {
    int deepest = 0;
    for (int p = 0; p < body.patchCount(); p++) {
      for (Object node : body.patch(p).nodes) {
        if (node instanceof Patch.InnerRun inner) {
          for (RunBody each : body.bodies(p, inner)) {
            deepest = Math.max(deepest, each.depth());
          }
        }
      }
    }
    return deepest + 1;
  }

  /**
   * Adds what the patches do, and content from outside.
   *
   * @param seen bodies that were added before; these join them
   */
  static void addOperations(RunBody body, Set<Operation> found, Set<RunBody> seen) {
    visit(
        body,
        constant -> {
          if (!constant.isLiteral()) {
            found.add(constant.operation());
          }
        },
        found::add,
        seen);
  }

  /**
   * Visits the constants of the patches.
   *
   * @param seen bodies that were visited before; these join them
   */
  static void forEachConstant(RunBody body, Consumer<LineageItem> sink, Set<RunBody> seen) {
    visit(body, sink, _ -> {}, seen);
  }

  private static void visit(
      RunBody body,
      Consumer<LineageItem> constants,
      Consumer<Operation> operations,
      Set<RunBody> seen) {
    if (!seen.add(body)) {
      return;
    }
    for (int p = 0; p < body.patchCount(); p++) {
      for (Patch.PatchValue value : body.patch(p).values) {
        if (value.constant() != null) {
          constants.accept(value.constant());
        }
      }
      for (Object node : body.patch(p).nodes) {
        if (node instanceof Operation operation) {
          operations.accept(operation);
        } else if (node instanceof Patch.InnerRun inner) {
          body.bodies(p, inner).forEach(each -> visit(each, constants, operations, seen));
        }
      }
    }
  }

  /**
   * True when what the patches hold beside numbers are literals: then nothing from elsewhere goes
   * into a run but its inputs.
   *
   * @param seen bodies that were looked at before; these join them
   */
  static boolean followsFromInputs(RunBody body, Set<RunBody> seen) {
    if (!seen.add(body)) {
      return true;
    }
    for (int p = 0; p < body.patchCount(); p++) {
      for (Patch.PatchValue value : body.patch(p).values) {
        if (value.kind() == ValueKind.ITEM
            || value.constant() != null && !value.constant().isLiteral()) {
          return false;
        }
      }
      for (Object node : body.patch(p).nodes) {
        if (node instanceof Patch.InnerRun inner
            && !body.bodies(p, inner).stream().allMatch(each -> followsFromInputs(each, seen))) {
          return false;
        }
      }
    }
    return true;
  }
}
