package dev.reprise.engine.value;

import dev.reprise.runtime.Allocator;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.cpu.frame.FrameKernels;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.List;

/**
 * Lists where a kernel takes matrices: a list of one element stands for the element, and {@code
 * cbind}, {@code rbind} and {@code as.matrix} of a list take all its elements.
 */
public final class ListOperands {
  private ListOperands() {}

  /** True for {@code as.matrix} of a list of scalars, which no kernel needs to see. */
  public static boolean isColumnOfScalars(Operation operation, Value[] inputs) {
    return operation.name().equals("as.matrix")
        && inputs[0] instanceof ListValue list
        && list.size() != 1;
  }

  /** The scalars of a list as a column; the caller owns the matrix. */
  public static DenseMatrix column(ListValue list, Precision precision, Allocator allocator) {
    double[] cells = new double[list.size()];
    for (int i = 0; i < cells.length; i++) {
      if (!(list.elements().get(i) instanceof Scalar scalar)) {
        throw new OperandException(
            "'as.matrix' of a list takes scalars, but element "
                + (i + 1)
                + " is "
                + Describe.one(list.elements().get(i))
                + "; use cbind or rbind");
      }
      cells[i] = scalar.asDouble();
    }
    DenseMatrix column = DenseMatrix.allocate(allocator, cells.length, 1, precision);
    for (int i = 0; i < cells.length; i++) {
      column.set(i, 0, cells[i]);
    }
    return column;
  }

  /**
   * The operands as a kernel takes them; the inputs themselves when there is no list among them.
   *
   * @param inputs complete; what is returned is borrowed from them
   */
  public static Value[] flatten(Operation operation, Value[] inputs) {
    return anyList(inputs) ? flattenLists(operation, inputs) : inputs;
  }

  /** True when an operand is a list. */
  public static boolean anyList(Value[] inputs) {
    for (Value input : inputs) {
      if (input instanceof ListValue) {
        return true;
      }
    }
    return false;
  }

  private static Value[] flattenLists(Operation operation, Value[] inputs) {
    List<Value> flat = new ArrayList<>();
    for (Value input : inputs) {
      if (input instanceof ListValue list && (spreads(operation) || list.size() == 1)) {
        flat.addAll(List.of(flatten(operation, list.elements().toArray(Value[]::new))));
      } else if (input instanceof ListValue list && operation.name().equals("frame")) {
        flat.add(joined(list));
      } else {
        flat.add(input);
      }
    }
    return flat.toArray(Value[]::new);
  }

  /**
   * The elements of a list of scalars as one text, which the kernel of {@code frame} takes apart.
   */
  private static Value joined(ListValue list) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < list.size(); i++) {
      if (!(list.elements().get(i) instanceof Scalar scalar)) {
        throw new OperandException("'frame' takes lists of single values only");
      }
      text.append(i == 0 ? "" : String.valueOf(FrameKernels.BETWEEN)).append(scalar.asString());
    }
    return Scalar.of(text.toString());
  }

  private static boolean spreads(Operation operation) {
    return switch (operation.name()) {
      case "cbind", "rbind" -> true;
      default -> false;
    };
  }
}
