package dev.reprise.engine.device;

import dev.reprise.memory.Handle;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.memory.NumberCell;
import dev.reprise.memory.RowsView;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.accelerator.CellExpression;
import dev.reprise.runtime.accelerator.CellExpression.Node;
import dev.reprise.runtime.accelerator.CellExpression.Spread;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.scheduler.AcceleratorWorker;
import dev.reprise.scheduler.DeviceTask;
import dev.reprise.scheduler.DeviceWork;
import dev.reprise.scheduler.FusedOperations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Numbers that matrices are combined with where an accelerator has them, without waiting for them.
 *
 * <pre>
 *   s = sum(X ^ 2)            launched: its handle gets the cell that s will be in as companion
 *   f = min(1, c / sqrt(s))   written down: a {@link NumberFormula} is the companion of f's handle
 *   Y = X * f                 launched in its turn: first one kernel that computes the formula,
 *                             from cells that launches before it have left, then the product,
 *                             which reads f where it lies
 * </pre>
 *
 * <p><b>Cell or number?</b> Iterations of a loop are repeated at once only if they launch the same.
 * So whether an operand is a cell never depends on whether its number has come: an accelerator that
 * has it uses it, also when the number is known by now. Else (what it is made of was computed
 * elsewhere, the cell was moved away, the operation or the formula has not come often enough for a
 * kernel of its own) the worker waits for the number, as for any other input. Lists are the
 * exception: an element that has come is read as its number alone.
 *
 * <p><b>Who waits for whom.</b> Nobody, for a cell: launches come in order. A launch that reads a
 * cell shares its failure, as with matrices, and what it made is computed again from its lineage.
 * Everybody else takes the number from the handle.
 *
 * <p>Used by workers, within a relay.
 */
public final class LateNumbers {
  /** Operations of a matrix and a number that accelerators are asked to do with a cell. */
  private static final Set<String> TAKING =
      Set.of("+", "-", "*", "/", "pmin", "pmax", "<", "<=", ">", ">=", "==", "!=");

  private final ExpressionUse uses;

  LateNumbers(ExpressionUse uses) {
    this.uses = uses;
  }

  /** True for a number that an accelerator has or can compute, whether or not it has come. */
  public static boolean isLate(Value value) {
    return value instanceof Handle number && number.companion() != null;
  }

  /**
   * True when an operation is to be launched with a number where it lies: it combines it with a
   * matrix that an accelerator has, or will have.
   */
  public static boolean areTaken(Operation operation, Value[] inputs) {
    if (inputs.length != 2 || !TAKING.contains(operation.name())) {
      return false;
    }
    return isLate(inputs[0]) && isOnDevice(inputs[1]) || isLate(inputs[1]) && isOnDevice(inputs[0]);
  }

  private static boolean isOnDevice(Value value) {
    return switch (value) {
      case ManagedMatrix matrix -> matrix.isOnDevice();
      case RowsView view -> view.source().isOnDevice();
      case Handle made ->
          made.valueOrNull() == null
              ? made.type() == ValueType.MATRIX
              : isOnDevice(made.valueOrNull());
      default -> false;
    };
  }

  /**
   * The operands of an operation with numbers to come as cells in the worker's memory.
   *
   * @param operands complete but for late numbers
   * @return null when it has not all of them, or had better not take them: the numbers are needed
   */
  Value[] ofOperation(AcceleratorWorker worker, Operation operation, Value[] operands) {
    if (!hasLate(operands)) {
      return operands;
    }
    if (!areTaken(operation, operands)) {
      return null;
    }
    boolean isWorthKernel = uses.isWorthKernel(alone(operation, operands), cellsOf(operands));
    // Asked in any case: formulas are counted, too.
    Value[] there = ofChain(worker, operands);
    return isWorthKernel ? there : null;
  }

  /** Likewise of a chain, which is worth its kernel. */
  public Value[] ofChain(AcceleratorWorker worker, Value[] leaves) {
    if (!hasLate(leaves)) {
      return leaves;
    }
    if (!worker.isRelaying() || !mayHaveAll(worker, leaves, newSet())) {
      return null;
    }
    Value[] there = leaves.clone();
    for (int i = 0; i < there.length; i++) {
      if (leaves[i] instanceof Handle number) {
        ManagedMatrix cell = cellOf(worker, number);
        if (cell == null) {
          return null;
        }
        there[i] = new NumberCell(cell, number);
      }
    }
    return there;
  }

  private static boolean hasLate(Value[] operands) {
    for (Value operand : operands) {
      if (operand instanceof Handle) {
        return true;
      }
    }
    return false;
  }

  private static CellExpression alone(Operation operation, Value[] operands) {
    List<Spread> spreads =
        Arrays.stream(operands)
            .map(each -> each instanceof Handle ? Spread.SCALAR : Spread.FULL)
            .toList();
    return new CellExpression(spreads, List.of(new Node(operation.name(), List.of(0, 1))), null);
  }

  private static long cellsOf(Value[] operands) {
    long cells = 1;
    for (Value operand : operands) {
      cells = operand instanceof MatrixValue matrix ? matrix.shape().cells() : cells;
    }
    return cells;
  }

  /**
   * False when a number is missing for certain: then nothing is launched for the others.
   *
   * @param seen formulas that are not missing
   */
  private static boolean mayHaveAll(
      AcceleratorWorker worker, Value[] operands, Set<NumberFormula> seen) {
    for (Value operand : operands) {
      if (operand instanceof Handle number && !mayHave(worker, number.companion(), seen)) {
        return false;
      }
    }
    return true;
  }

  private static boolean mayHave(
      AcceleratorWorker worker, Value companion, Set<NumberFormula> seen) {
    return switch (companion) {
      case ManagedMatrix cell -> cell.isOnDevice(worker.memory());
      case NumberFormula refused when refused.isRefused() -> false;
      case NumberFormula formula when formula.cell() != null ->
          formula.cell().isOnDevice(worker.memory());
      case NumberFormula formula ->
          !seen.add(formula) || mayHaveAll(worker, formula.operands(), seen);
      case null, default -> false;
    };
  }

  private static Set<NumberFormula> newSet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  /** Null when the worker's device does not have the number, nor can compute it. */
  private ManagedMatrix cellOf(AcceleratorWorker worker, Handle number) {
    ManagedMatrix cell =
        switch (number.companion()) {
          case ManagedMatrix left -> left;
          case NumberFormula refused when refused.isRefused() -> null;
          case NumberFormula formula ->
              formula.cell() == null ? computed(worker, formula) : formula.cell();
          case null, default -> null;
        };
    return cell != null && cell.isOnDevice(worker.memory()) ? cell : null;
  }

  private ManagedMatrix computed(AcceleratorWorker worker, NumberFormula formula) {
    Tree tree = new Tree(worker);
    if (!tree.add(formula)) {
      return null;
    }
    Value[] leaves = tree.leaves.toArray(Value[]::new);
    DeviceWork work = tree.work(formula.operation());
    if (!uses.isWorthKernel(tree.expression(), 1)
        || !work.isPossibleOn(worker.accelerator(), Accelerators.describe(leaves))) {
      return null;
    }
    worker.submit(new NumberTask(formula, work, leaves));
    return formula.cell();
  }

  /** A formula as one kernel computes it, with the formulas below that belong to it. */
  private final class Tree {
    private final AcceleratorWorker worker;
    private final List<Value> leaves = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();

    /** Of cells and formulas: what occurs twice is read or computed once. */
    private final Map<Value, Integer> places = new IdentityHashMap<>();

    Tree(AcceleratorWorker worker) {
      this.worker = worker;
    }

    CellExpression expression() {
      return new CellExpression(
          Collections.nCopies(leaves.size(), Spread.SCALAR), List.copyOf(nodes), null);
    }

    /** In doubles, as the processor computes numbers whatever the precision of matrices. */
    DeviceWork work(Operation root) {
      return new FusedOperations(expression(), new Operation(root.opcode()), 1, 1);
    }

    /** Adds the operations of a formula; false when an operand is not there. */
    boolean add(NumberFormula formula) {
      List<Integer> operands = new ArrayList<>();
      for (Value operand : formula.operands()) {
        Integer place = operand instanceof Handle number ? place(formula, number) : leaf(operand);
        if (place == null) {
          return false;
        }
        operands.add(place);
      }
      nodes.add(new Node(formula.operation().name(), operands));
      places.put(formula, ~(nodes.size() - 1));
      return true;
    }

    /** Null when the number is not there. */
    private Integer place(NumberFormula reader, Handle number) {
      if (reader.isWhole()
          && number.companion() instanceof NumberFormula below
          && below.cell() == null) {
        return places.containsKey(below) || add(below) ? places.get(below) : null;
      }
      ManagedMatrix cell = cellOf(worker, number);
      if (cell == null) {
        return null;
      }
      if (!places.containsKey(cell)) {
        places.put(cell, leaf(new NumberCell(cell, number)));
      }
      return places.get(cell);
    }

    private Integer leaf(Value value) {
      leaves.add(value);
      return leaves.size() - 1;
    }
  }

  /** The computation of a formula; whoever needs the number holds its handle meanwhile. */
  private record NumberTask(NumberFormula formula, DeviceWork work, Value[] inputs)
      implements DeviceTask {
    /** On one core. */
    private static final double NANOS = 100;

    @Override
    public Operation operation() {
      return work.operation();
    }

    @Override
    public boolean isWanted() {
      return true;
    }

    @Override
    public double launchedWork() {
      return NANOS;
    }

    @Override
    public void launched(Value value, long nanos) {
      formula.computed((ManagedMatrix) value);
    }

    @Override
    public void completed(Value value, long nanos, boolean isMeasured) {
      // It lies in no cell there.
      value.release();
    }

    /** Whoever wanted it there takes the number, which the processor computes. */
    @Override
    public void failed(Throwable error) {
      formula.refuse();
    }
  }
}
