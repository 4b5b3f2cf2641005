package dev.reprise.lineage;

import dev.reprise.lineage.Patch.InnerRun;
import dev.reprise.lineage.Patch.PatchValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the patch of one iteration: walks from the items of the variables that the loop wrote back
 * to what the iteration found, inputs first, in an order that follows from the structure alone.
 * Nothing recurses.
 */
final class PatchMaker {
  /** An iteration with more operations stays as it is. */
  private static final int NODE_LIMIT = 1 << 17;

  private final LoopVariables variables;
  private final PatchMatcher matcher;

  // Refs of items, and node numbers of runs.
  private final Map<Object, Integer> refs = new IdentityHashMap<>();
  private final Map<Long, Integer> innerRefs = new HashMap<>();
  private final List<Object> nodes = new ArrayList<>();
  private final List<PatchValue> values = new ArrayList<>();
  private int[] operands = new int[64];
  private int operandCount;
  private int[] starts = new int[32];
  private int[] innerOutputs = new int[8];
  private int innerRuns;

  private PatchMaker(LoopVariables variables, PatchMatcher matcher) {
    this.variables = variables;
    this.matcher = matcher;
  }

  /** What is being walked: an item or an inner run, and its first operand not resolved yet. */
  private static final class Frame {
    final Object unit;
    final LineageItem[] operands;
    final int[] resolved;
    int next;

    Frame(Object unit, LineageItem[] operands) {
      this.unit = unit;
      this.operands = operands;
      this.resolved = new int[operands.length];
    }
  }

  /** The patch, or null when the iteration is too large. */
  static Patch make(LoopVariables variables, PatchMatcher matcher, LineageItem[] items) {
    return new PatchMaker(variables, matcher).make(items);
  }

  private Patch make(LineageItem[] items) {
    noteBoundary(items);
    int[] outputs = new int[variables.count()];
    for (int c = 0; c < outputs.length; c++) {
      LineageItem item = variables.after(c);
      if (item == null || item.isLiteral()) {
        outputs[c] = Ref.ABSENT;
      } else if (RunItem.isSame(item, variables.before(c))) {
        outputs[c] = Ref.of(Ref.CARRIED, c);
      } else {
        if (!walk(item)) {
          return null;
        }
        outputs[c] = immediate(item);
      }
    }
    starts[nodes.size()] = operandCount;
    return new Patch(
        nodes.toArray(),
        Arrays.copyOf(starts, nodes.size() + 1),
        Arrays.copyOf(operands, operandCount),
        values.toArray(PatchValue[]::new),
        Arrays.copyOf(innerOutputs, 2 * innerRefs.size()),
        outputs);
  }

  /** What the iteration found: a fixed item wins over a variable that happens to hold it, too. */
  private void noteBoundary(LineageItem[] items) {
    for (int c = variables.count() - 1; c >= 0; c--) {
      LineageItem before = variables.before(c);
      if (before != null && !before.isLiteral()) {
        refs.put(before, Ref.of(Ref.CARRIED, c));
      }
    }
    for (int slot : variables.outerSlots()) {
      if (items[slot] != null) {
        refs.put(items[slot], Ref.of(Ref.OUTER, slot));
      }
    }
  }

  /** Gives the item a ref, and everything below it first; false when that is too much. */
  private boolean walk(LineageItem root) {
    if (immediate(root) >= 0) {
      return true;
    }
    List<Frame> stack = new ArrayList<>();
    stack.add(frame(root));
    while (!stack.isEmpty()) {
      Frame top = stack.getLast();
      if (top.next == top.operands.length) {
        finish(top);
        stack.removeLast();
        if (nodes.size() + stack.size() > NODE_LIMIT) {
          return false;
        }
        continue;
      }
      LineageItem operand = top.operands[top.next];
      int ref = operand == null ? Ref.ABSENT : immediate(operand);
      if (ref >= 0) {
        top.resolved[top.next++] = ref;
      } else {
        stack.add(frame(operand));
        if (stack.size() > NODE_LIMIT) {
          return false;
        }
      }
    }
    return true;
  }

  private Frame frame(LineageItem item) {
    if (variables.innerVariable(item) >= 0) {
      Run run = ((RunItem) item).run;
      return new Frame(run, run.inputs());
    }
    LineageItem[] inputs = new LineageItem[item.inputCount()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = RunItem.settled(item.input(i));
    }
    return new Frame(item, inputs);
  }

  private void finish(Frame frame) {
    int node = nodes.size();
    if (node + 1 >= starts.length) {
      starts = Arrays.copyOf(starts, 2 * starts.length);
    }
    starts[node] = operandCount;
    for (int ref : frame.resolved) {
      if (operandCount == operands.length) {
        operands = Arrays.copyOf(operands, 2 * operandCount);
      }
      operands[operandCount++] = ref;
    }
    if (frame.unit instanceof Run run) {
      nodes.add(new InnerRun(run.body, innerRuns++));
      refs.put(run, node);
    } else {
      nodes.add(((LineageItem) frame.unit).ownOperation());
      refs.put(frame.unit, Ref.of(Ref.NODE, node));
    }
  }

  /** The ref of an item that needs no walk, or -1. */
  private int immediate(LineageItem item) {
    Integer known = refs.get(item);
    if (known != null) {
      return known;
    }
    int inner = variables.innerVariable(item);
    if (inner >= 0) {
      Integer node = refs.get(((RunItem) item).run);
      return node == null ? -1 : innerRef(node, inner);
    }
    if (!matcher.mayBeValue(item)) {
      return -1;
    }
    int ref = Ref.of(Ref.VALUE, values.size());
    boolean constant = item.isLiteral() || PatchMatcher.isSource(item);
    values.add(
        new PatchValue(constant ? ValueKind.CONSTANT : ValueKind.ITEM, constant ? item : null));
    refs.put(item, ref);
    return ref;
  }

  private int innerRef(int node, int variable) {
    long key = (long) node << 32 | variable;
    Integer known = innerRefs.get(key);
    if (known != null) {
      return known;
    }
    int entry = innerRefs.size();
    if (2 * entry == innerOutputs.length) {
      innerOutputs = Arrays.copyOf(innerOutputs, 4 * entry);
    }
    innerOutputs[2 * entry] = node;
    innerOutputs[2 * entry + 1] = variable;
    int ref = Ref.of(Ref.INNER, entry);
    innerRefs.put(key, ref);
    return ref;
  }
}
