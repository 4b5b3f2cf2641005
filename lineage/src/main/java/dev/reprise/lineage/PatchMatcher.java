package dev.reprise.lineage;

import dev.reprise.lineage.Patch.InnerRun;
import dev.reprise.lineage.Patch.PatchValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Evaluation;
import dev.reprise.runtime.operation.Operation;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Compares the items of an iteration with a patch: same operations, same wiring. This is what makes
 * deduplication sound: whatever found or made the patch, an iteration is stored as it only if its
 * items are, one by one, what the patch says. About 5 ns per node. Owned by one builder.
 */
final class PatchMatcher {
  private final LoopVariables variables;
  private LineageItem[] items;

  // What the nodes and values of the patch are in this iteration.
  private LineageItem[] nodeItems = new LineageItem[16];
  private Run[] nodeRuns = new Run[16];
  private LineageItem[] valueItems = new LineageItem[8];
  private long[] valueBits = new long[8];

  // Values and inner runs that differ from the patch; null while nothing may differ.
  private BitSet changedValues;
  private BitSet changedNodes;

  PatchMatcher(LoopVariables variables) {
    this.variables = variables;
  }

  /** The items of all variables at the end of the iteration that is looked at now. */
  void look(LineageItem[] now) {
    items = now;
  }

  LineageItem valueItem(int value) {
    return valueItems[value];
  }

  long bits(int value) {
    return valueBits[value];
  }

  RunBody bodyOf(int node) {
    return nodeRuns[node].body;
  }

  boolean matches(Patch patch) {
    int nodes = patch.nodes.length;
    prepare(nodes, patch.values.length);
    int count = variables.count();
    if (patch.outputs.length != count) {
      return false;
    }
    for (int c = 0; c < count; c++) {
      LineageItem item = variables.after(c);
      int ref = patch.outputs[c];
      if (item == null || item.isLiteral() ? ref != Ref.ABSENT : !isSame(patch, ref, item)) {
        return false;
      }
    }
    // Users come before their inputs, so each node's item is known when its turn comes.
    for (int node = nodes - 1; node >= 0; node--) {
      boolean same =
          patch.nodes[node] instanceof Operation operation
              ? isSameItem(patch, node, operation)
              : isSameRun(patch, node, (InnerRun) patch.nodes[node]);
      if (!same) {
        return false;
      }
    }
    return true;
  }

  private void prepare(int nodes, int values) {
    if (nodes > nodeItems.length) {
      nodeItems = new LineageItem[2 * nodes];
      nodeRuns = new Run[2 * nodes];
    } else {
      Arrays.fill(nodeItems, 0, nodes, null);
      Arrays.fill(nodeRuns, 0, nodes, null);
    }
    if (values > valueItems.length) {
      valueItems = new LineageItem[2 * values];
      valueBits = new long[2 * values];
    } else {
      Arrays.fill(valueItems, 0, values, null);
    }
  }

  private boolean isSameItem(Patch patch, int node, Operation operation) {
    LineageItem item = nodeItems[node];
    Operation own = item.ownOperation();
    if (own != operation && (own == null || !isSame(own, operation))) {
      return false;
    }
    int first = patch.starts[node];
    int count = patch.starts[node + 1] - first;
    if (item.inputCount() != count) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (!isSame(patch, patch.refs[first + i], RunItem.settled(item.input(i)))) {
        return false;
      }
    }
    return true;
  }

  /** Places in the script are no part of a key, but a stored iteration keeps its own. */
  private static boolean isSame(Operation own, Operation operation) {
    return operation.equals(own) && java.util.Objects.equals(operation.place(), own.place());
  }

  private boolean isSameRun(Patch patch, int node, InnerRun inner) {
    Run run = nodeRuns[node];
    if (inner.body() != null && !inner.body().isSameAs(run.body)) {
      if (changedNodes == null) {
        return false;
      }
      changedNodes.set(node);
    }
    LineageItem[] inputs = run.inputs();
    int first = patch.starts[node];
    if (inputs.length != patch.starts[node + 1] - first) {
      return false;
    }
    for (int i = 0; i < inputs.length; i++) {
      LineageItem input = inputs[i];
      int ref = patch.refs[first + i];
      if (input == null ? ref != Ref.ABSENT : !isSame(patch, ref, input)) {
        return false;
      }
    }
    return true;
  }

  private boolean isSame(Patch patch, int ref, LineageItem item) {
    int index = Ref.index(ref);
    switch (Ref.kind(ref)) {
      case Ref.NODE -> {
        LineageItem known = nodeItems[index];
        if (known == null) {
          nodeItems[index] = item;
          return true;
        }
        return known == item;
      }
      case Ref.CARRIED -> {
        return !item.isLiteral() && RunItem.isSame(item, variables.before(index));
      }
      case Ref.OUTER -> {
        return item == items[index];
      }
      case Ref.VALUE -> {
        return isSameValue(patch.values[index], index, item);
      }
      case Ref.INNER -> {
        return isInnerOutput(patch, index, item);
      }
      default -> {
        return false;
      }
    }
  }

  private boolean isInnerOutput(Patch patch, int index, LineageItem item) {
    int variable = variables.innerVariable(item);
    int node = patch.innerOutputs[2 * index];
    if (variable < 0 || variable != patch.innerOutputs[2 * index + 1]) {
      return false;
    }
    RunItem output = (RunItem) item;
    if (nodeRuns[node] == null) {
      nodeRuns[node] = output.run;
      return true;
    }
    return nodeRuns[node] == output.run;
  }

  private boolean isSameValue(PatchValue value, int index, LineageItem item) {
    LineageItem known = valueItems[index];
    if (known != null) {
      return known == item || isSameConstant(known, item);
    }
    valueItems[index] = item;
    if (fits(value, index, item)) {
      return true;
    }
    if (changedValues == null || !mayBeValue(item)) {
      return false;
    }
    changedValues.set(index);
    return true;
  }

  private boolean fits(PatchValue value, int index, LineageItem item) {
    if (value.kind() == ValueKind.CONSTANT) {
      return value.constant() == item || isSameConstant(value.constant(), item);
    }
    if (value.kind() == ValueKind.ITEM) {
      return mayBeValue(item);
    }
    Scalar literal = item.literalOrNull();
    if (literal == null || ValueKind.ofLiteral(literal) != value.kind()) {
      return false;
    }
    valueBits[index] = value.kind().bits(literal);
    return true;
  }

  /**
   * True for what a patch may take as it is: literals, content from outside, items from elsewhere.
   */
  boolean mayBeValue(LineageItem item) {
    return item.isLiteral() || item.isOfRun() || isSource(item) || variables.isElement(item);
  }

  static boolean isSource(LineageItem item) {
    Operation own = item.ownOperation();
    return own != null && own.opcode().evaluation() == Evaluation.SOURCE;
  }

  /** Equal literals, or the same content from outside under the same note. */
  static boolean isSameConstant(LineageItem a, LineageItem b) {
    Scalar literal = a.literalOrNull();
    if (literal != null) {
      return b.isLiteral() && StructureCheck.isSameNode(a, b);
    }
    return isSource(a)
        && isSource(b)
        && a.ownOperation().equals(b.ownOperation())
        && a.inputCount() == 0
        && b.inputCount() == 0
        && java.util.Objects.equals(a.note(), b.note());
  }

  /**
   * The patch with columns where the iteration differs from it, or null when the iteration has
   * another structure. A literal that is another object than the patch's was computed: it gets a
   * column, too, though it may have the same value this time.
   */
  Patch relaxed(Patch patch) {
    changedValues = new BitSet();
    changedNodes = new BitSet();
    try {
      return matches(patch) ? relax(patch) : null;
    } finally {
      changedValues = null;
      changedNodes = null;
    }
  }

  private Patch relax(Patch patch) {
    PatchValue[] values = patch.values.clone();
    for (int v = 0; v < values.length; v++) {
      LineageItem constant = values[v].constant();
      if (changedValues.get(v) || (constant != null && constant != valueItems[v])) {
        values[v] = new PatchValue(column(values[v], valueItems[v]), null);
      }
    }
    Object[] nodes = patch.nodes.clone();
    for (int node = 0; node < nodes.length; node++) {
      if (changedNodes.get(node)) {
        nodes[node] = new InnerRun(null, ((InnerRun) nodes[node]).ordinal());
      }
    }
    return patch.with(values, nodes);
  }

  /** The kind of column that holds both. */
  private static ValueKind column(PatchValue value, LineageItem item) {
    Scalar after = item.literalOrNull();
    Scalar before = value.constant() == null ? null : value.constant().literalOrNull();
    if (before == null || after == null) {
      return ValueKind.ITEM;
    }
    ValueKind kind = ValueKind.ofLiteral(after);
    return kind == ValueKind.ofLiteral(before) ? kind : ValueKind.ITEM;
  }
}
