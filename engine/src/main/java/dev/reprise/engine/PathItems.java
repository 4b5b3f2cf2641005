package dev.reprise.engine;

import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.PathShape;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import java.util.List;

/** Makes the items that a path's symbols stand for; equal symbols get the same item. */
final class PathItems {
  private final PathSymbols.Known known;
  private final Scalar[] pool;
  private final LineageItem[] starts;
  private final LineageItem[] literals;
  private final LineageItem[] nodes;

  /**
   * @param pool what operations took: their literals are made of it
   * @param starts items of the written slots at the start of the iteration
   */
  PathItems(PathSymbols.Known known, PathSymbols path, Scalar[] pool, LineageItem[] starts) {
    this.known = known;
    this.pool = pool;
    this.starts = starts;
    this.literals = new LineageItem[path.places()];
    this.nodes = new LineageItem[path.operations().size()];
    for (int node = 0; node < nodes.length; node++) {
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
        literals[index] = LineageItem.literal((Scalar) value);
      }
      return literals[index];
    }
    if (PathShape.isNode(symbol)) {
      return nodes[index];
    }
    if (PathShape.isVariable(symbol)) {
      return starts[index];
    }
    return PathShape.isFixed(symbol) ? known.named().get(index) : known.items()[index];
  }
}
