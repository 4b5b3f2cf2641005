package dev.reprise.engine.loop;

import dev.reprise.engine.control.CountedNumbers;
import dev.reprise.engine.control.NumberHistory;
import dev.reprise.engine.control.ScalarItems;
import dev.reprise.engine.control.StepTrace;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.PathShape;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Follows one path through a loop's body as the interpreter's tracing does, on symbols (see {@link
 * PathShape}) instead of items: a scalar computed from literals is a literal, everything else an
 * operation. Equal symbols are equal items.
 */
final class PathSymbols {
  /** What the symbols of a loop's variables are about. */
  private final Known known;

  private final int[] symbols;
  private final List<Operation> operations;
  private final List<int[]> operands;
  private final BitSet captured;

  /** Places of literals that the loop has counted. */
  private final BitSet counted;

  private int literals;

  /**
   * @param items of all variables by slot, and of constants; those that the loop does not write are
   *     read
   * @param written slots that the loop writes
   * @param named notes of constants: what FIXED symbols refer to; grows
   */
  record Known(LineageItem[] items, int[] written, List<LineageItem> named) {
    /** The number of a named literal. */
    int number(LineageItem item) {
      for (int k = 0; k < named.size(); k++) {
        if (named.get(k) == item) {
          return k;
        }
      }
      named.add(item);
      return named.size() - 1;
    }

    boolean isLiteral(int symbol) {
      return PathShape.isPool(symbol)
          || PathShape.isFixed(symbol)
          || (PathShape.isOuter(symbol) && items[PathShape.index(symbol)].isLiteral());
    }
  }

  /** Is told what a path's steps trace. */
  interface Follower {
    /** An operation's trace takes the value of an operand that is a literal. */
    void takes(int step, int slot, int place);

    /** The step makes the result of an operation. */
    void makes(int step, int operation);
  }

  private static final Follower NOBODY =
      new Follower() {
        @Override
        public void takes(int step, int slot, int place) {}

        @Override
        public void makes(int step, int operation) {}
      };

  /**
   * The beginning of an iteration.
   *
   * @param starts symbols of the written slots
   * @param variable of the loop, which has just been bound; -1 for none
   */
  PathSymbols(Known known, int[] starts, int variable) {
    this.known = known;
    this.symbols = new int[known.items.length];
    this.operations = new ArrayList<>();
    this.operands = new ArrayList<>();
    this.captured = new BitSet();
    this.counted = new BitSet();
    for (int slot = 0; slot < symbols.length; slot++) {
      symbols[slot] = known.items[slot] == null ? PathShape.NONE : PathShape.outer(slot);
    }
    for (int c = 0; c < starts.length; c++) {
      symbols[known.written[c]] = starts[c];
    }
    this.literals = starts.length;
    if (variable >= 0) {
      symbols[variable] = PathShape.pool(literals++);
    }
    counted.set(0, literals);
  }

  private PathSymbols(PathSymbols other) {
    this.known = other.known;
    this.symbols = other.symbols.clone();
    this.operations = new ArrayList<>(other.operations);
    this.operands = new ArrayList<>(other.operands);
    this.captured = (BitSet) other.captured.clone();
    this.counted = (BitSet) other.counted.clone();
    this.literals = other.literals;
  }

  PathSymbols copy() {
    return new PathSymbols(this);
  }

  /** Places that the path's literals take up. */
  int places() {
    return literals;
  }

  int of(int slot) {
    return symbols[slot];
  }

  List<Operation> operations() {
    return operations;
  }

  List<int[]> operands() {
    return operands;
  }

  /** Follows the first steps of a part. */
  void follow(RecordedBody.Straight straight, int steps) {
    follow(straight, steps, NOBODY);
  }

  /** As the other. */
  void follow(RecordedBody.Straight straight, int steps, Follower follower) {
    for (int i = 0; i < steps; i++) {
      StepTrace trace = straight.traces()[i];
      int result = result(trace, straight.first() + i, follower);
      if (trace.output() >= 0) {
        symbols[trace.output()] = result;
      }
      for (int slot : trace.releases()) {
        symbols[slot] = PathShape.NONE;
      }
    }
  }

  void clear(int slot) {
    symbols[slot] = PathShape.NONE;
  }

  private int result(StepTrace trace, int step, Follower follower) {
    int[] slots = trace.inputs();
    if (trace.operation() == null) {
      return trace.named() != null
          ? PathShape.fixed(known.number(trace.named()))
          : symbols[slots[0]];
    }
    int[] inputs = new int[slots.length];
    boolean literal = trace.scalars();
    boolean isCounted = false;
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = symbols[slots[i]];
      literal &= known.isLiteral(inputs[i]);
      isCounted |= isCounted(inputs[i]);
    }
    if (literal || trace.scalars() && isCounted && isCountedWithSizes(trace.operation(), inputs)) {
      counted.set(literals, isCounted);
      return PathShape.pool(literals++);
    }
    for (int i = 0; i < inputs.length; i++) {
      int place = PathShape.isPool(inputs[i]) ? PathShape.index(inputs[i]) : -1;
      if (place >= 0 && !captured.get(place)) {
        captured.set(place);
        follower.takes(step, slots[i], place);
      }
    }
    follower.makes(step, operations.size());
    operations.add(trace.operation());
    operands.add(inputs);
    return PathShape.node(operations.size() - 1);
  }

  /** True for a literal that the loop has counted, see {@link CountedNumbers}. */
  private boolean isCounted(int symbol) {
    int index = PathShape.index(symbol);
    if (PathShape.isPool(symbol)) {
      return isCountedPlace(index);
    }
    return PathShape.isFixed(symbol)
        ? known.named.get(index).isCounted()
        : PathShape.isOuter(symbol) && known.items[index].isCounted();
  }

  /** As {@link LineageItem#isCounted} of the literal at a place. */
  boolean isCountedPlace(int place) {
    return counted.get(place);
  }

  /** As {@link ScalarItems} decides about items, one of which is no literal. */
  private boolean isCountedWithSizes(Operation operation, int[] inputs) {
    if (inputs.length != 2 || !CountedNumbers.isIndexArithmetic(operation)) {
      return false;
    }
    return isOfSizes(known.isLiteral(inputs[0]) ? inputs[1] : inputs[0]);
  }

  private boolean isOfSizes(int symbol) {
    return CountedNumbers.isOfSizes(history(symbol));
  }

  private NumberHistory history(int symbol) {
    return PathShape.isOuter(symbol)
        ? new NumberHistory.OfItem(known.items[PathShape.index(symbol)])
        : new OfSymbol(symbol);
  }

  /** Of what the iteration itself has made, or begins with. */
  private final class OfSymbol implements NumberHistory {
    private final int symbol;

    OfSymbol(int symbol) {
      this.symbol = symbol;
    }

    @Override
    public boolean isLiteral() {
      return known.isLiteral(symbol);
    }

    /** What is carried on is a literal or not of sizes. */
    @Override
    public Operation operation() {
      return PathShape.isNode(symbol) ? operations.get(PathShape.index(symbol)) : null;
    }

    @Override
    public int inputCount() {
      return operands.get(PathShape.index(symbol)).length;
    }

    @Override
    public NumberHistory input(int position) {
      return history(operands.get(PathShape.index(symbol))[position]);
    }
  }

  private int carriedOn(int end) {
    if (!known.isLiteral(end)) {
      return isOfSizes(end) ? PathShape.pool(literals++) : end;
    }
    if (PathShape.isPool(end) || isCounted(end)) {
      return end;
    }
    int index = PathShape.index(end);
    LineageItem literal = PathShape.isFixed(end) ? known.named.get(index) : known.items[index];
    return literal.literalNames().isEmpty()
        ? PathShape.pool(literals++)
        : PathShape.fixed(known.number(literal.asCounted()));
  }

  /** What an iteration that ends here has traced, and what {@link CountedNumbers#mark} does. */
  PathShape shape(int[] starts) {
    int[] ends = new int[starts.length];
    for (int c = 0; c < ends.length; c++) {
      int end = symbols[known.written[c]];
      ends[c] = end == PathShape.NONE ? end : carriedOn(end);
    }
    return new PathShape(
        starts,
        ends,
        operations.toArray(Operation[]::new),
        operands.toArray(int[][]::new),
        known.named.toArray(LineageItem[]::new),
        known.items);
  }
}
