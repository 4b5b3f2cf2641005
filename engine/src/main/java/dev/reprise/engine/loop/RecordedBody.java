package dev.reprise.engine.loop;

import dev.reprise.engine.control.Node;
import dev.reprise.engine.control.StepTrace;
import dev.reprise.engine.level.RegionNode;
import dev.reprise.engine.node.BranchNode;
import dev.reprise.engine.node.LinkedCode;
import dev.reprise.engine.node.StraightNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The body of a loop cut at its branches, with what its steps trace ({@link StepTrace}). Immutable;
 * made when the loop is linked.
 */
final class RecordedBody {
  /** A path is one bit per branch. */
  private static final int MOST_BRANCHES = 64;

  /** Part of a body. */
  sealed interface Part permits Straight, Branch, Guarded, Other {}

  /**
   * Steps one after another.
   *
   * @param first the number of the first step; numbers go on over the whole body
   * @param traces null when one of the steps traces what only itself knows
   */
  record Straight(int first, StraightNode node, StepTrace[] traces) implements Part {}

  /**
   * @param bit the branch's place in a path
   */
  record Branch(
      int bit,
      String what,
      LinkedCode code,
      Straight predicate,
      List<Part> then,
      List<Part> otherwise)
      implements Part {}

  /** Blocks that are looked up as a whole when they are worth it. */
  record Guarded(RegionNode node, List<Part> parts) implements Part {}

  /** A loop, a call in a loop of its own: traced as ever. */
  record Other(Node node) implements Part {}

  /** What is evaluated before each iteration; null for a for loop. */
  final Branch condition;

  final List<Part> parts;

  /** Whether a step changes matrices in place. */
  final boolean writes;

  private RecordedBody(Branch condition, List<Part> parts, boolean writes) {
    this.condition = condition;
    this.parts = parts;
    this.writes = writes;
  }

  /**
   * The body of a loop, or null when each of its iterations does what only the interpreter traces.
   *
   * @param predicate of a while loop, else null
   * @param written all slots that the loop may write
   */
  static RecordedBody of(LinkedCode predicate, Node[] body, int[] written) {
    Maker maker = new Maker(written);
    Branch condition =
        predicate == null
            ? null
            : maker.branch(LoopNodes.While.WHAT, predicate, new Node[0], new Node[0]);
    List<Part> parts = maker.parts(body);
    boolean recordable =
        maker.branches <= MOST_BRANCHES
            && (condition == null || condition.predicate().traces() != null)
            && isRecordable(parts);
    return recordable ? new RecordedBody(condition, parts, maker.writes) : null;
  }

  /** True when a path through the parts may be recorded. */
  private static boolean isRecordable(List<Part> parts) {
    for (Part part : parts) {
      if (!isRecordable(part)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isRecordable(Part part) {
    if (part instanceof Straight straight) {
      return straight.traces() != null;
    }
    if (part instanceof Branch branch) {
      return branch.predicate().traces() != null
          && (isRecordable(branch.then()) || isRecordable(branch.otherwise()));
    }
    return part instanceof Guarded guarded && isRecordable(guarded.parts());
  }

  private static final class Maker {
    private final Set<Integer> written = new TreeSet<>();
    private int steps;
    private int branches;
    private boolean writes;

    Maker(int[] written) {
      for (int slot : written) {
        this.written.add(slot);
      }
    }

    List<Part> parts(Node[] nodes) {
      List<Part> parts = new ArrayList<>();
      for (Node node : nodes) {
        if (node instanceof StraightNode straight) {
          parts.add(straight(straight));
        } else if (node instanceof BranchNode branch) {
          parts.add(branch(BranchNode.WHAT, branch.predicate(), branch.then(), branch.otherwise()));
        } else if (node instanceof RegionNode region) {
          parts.add(new Guarded(region, parts(region.body())));
        } else {
          parts.add(new Other(node));
        }
      }
      return List.copyOf(parts);
    }

    private Straight straight(StraightNode node) {
      int first = steps;
      StepTrace[] traces = new StepTrace[node.steps().length];
      boolean all = true;
      for (int i = 0; i < traces.length; i++) {
        traces[i] = node.steps()[i].traceForm();
        all &= traces[i] != null && isWritten(traces[i]);
        writes |= traces[i] != null && traces[i].writes();
      }
      steps += traces.length;
      return new Straight(first, node, all ? traces : null);
    }

    private boolean isWritten(StepTrace trace) {
      boolean all = trace.output() < 0 || written.contains(trace.output());
      for (int slot : trace.releases()) {
        all &= written.contains(slot);
      }
      return all;
    }

    Branch branch(String what, LinkedCode code, Node[] then, Node[] otherwise) {
      int bit = branches++;
      Straight predicate = straight(code.steps());
      if (code.isTemporary() && !written.contains(code.operand())) {
        predicate = new Straight(predicate.first(), predicate.node(), null);
      }
      return new Branch(bit, what, code, predicate, parts(then), parts(otherwise));
    }
  }
}
