package dev.reprise.engine.loop;

import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.PathShape;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Makes the items that a path's symbols stand for, in one iteration, when somebody asks; equal
 * symbols get the same item.
 */
final class PathItems {
  private final PathSymbols.Known known;
  private final PathSymbols path;
  private final Scalar[] pool;
  private final IntFunction<LineageItem> startOf;
  private final LineageItem[] starts;
  private final LineageItem[] literals;
  private final LineageItem[] nodes;

  /**
   * @param pool what operations took: their literals are made of it
   * @param startOf items of the written slots at the start of the iteration
   */
  PathItems(
      PathSymbols.Known known, PathSymbols path, Scalar[] pool, IntFunction<LineageItem> startOf) {
    this.known = known;
    this.path = path;
    this.pool = pool;
    this.startOf = startOf;
    this.starts = new LineageItem[known.written().length];
    this.literals = new LineageItem[path.places()];
    this.nodes = new LineageItem[path.operations().size()];
  }

  /** The result of an operation of the path. */
  LineageItem node(int node) {
    if (nodes[node] == null) {
      makeNode(node);
    }
    return nodes[node];
  }

  private void makeNode(int last) {
    BitSet missing = new BitSet(last + 1);
    missing.set(last);
    for (int node = last; node >= 0; node = missing.previousSetBit(node - 1)) {
      for (int symbol : path.operands().get(node)) {
        if (PathShape.isNode(symbol) && nodes[PathShape.index(symbol)] == null) {
          missing.set(PathShape.index(symbol));
        }
      }
    }
    for (int node = missing.nextSetBit(0); node >= 0; node = missing.nextSetBit(node + 1)) {
      nodes[node] = LineageItem.of(path.operations().get(node), inputs(path.operands(), node));
    }
  }

  private LineageItem[] inputs(List<int[]> operands, int node) {
    int[] symbols = operands.get(node);
    LineageItem[] inputs = new LineageItem[symbols.length];
    for (int i = 0; i < inputs.length; i++) {
      int symbol = symbols[i];
      inputs[i] =
          PathShape.isPool(symbol)
              ? item(symbol, pool[PathShape.index(symbol)])
              : item(symbol, null);
    }
    return inputs;
  }

  /**
   * @param value of what the symbol stands for, if that is a literal of the iteration
   */
  LineageItem item(int symbol, Value value) {
    return item(symbol, (Object) value);
  }

  private LineageItem item(int symbol, Object value) {
    if (symbol == PathShape.NONE) {
      return null;
    }
    int index = PathShape.index(symbol);
    if (PathShape.isPool(symbol)) {
      if (literals[index] == null) {
        Scalar literal = (Scalar) value;
        literals[index] =
            path.isCountedPlace(index)
                ? LineageItem.counted(literal)
                : LineageItem.literal(literal);
      }
      return literals[index];
    }
    if (PathShape.isNode(symbol)) {
      return node(index);
    }
    if (PathShape.isVariable(symbol)) {
      if (starts[index] == null) {
        starts[index] = startOf.apply(index);
      }
      return starts[index];
    }
    return PathShape.isFixed(symbol) ? known.named().get(index) : known.items()[index];
  }
}
