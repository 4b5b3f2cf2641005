package dev.reprise.runtime.operation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All opcodes by name; immutable. The one place that knows which operations exist. */
public final class OperationTable {
  private static final OperationTable STANDARD = new OperationTable(standardRows());

  private final Map<String, Opcode> rows;

  private OperationTable(List<Opcode.Builder> rows) {
    Map<String, Opcode> byName = new LinkedHashMap<>();
    for (Opcode.Builder builder : rows) {
      Opcode row = builder.build(byName.size());
      if (byName.put(row.name(), row) != null) {
        throw new IllegalStateException("opcode " + row.name() + " has two rows");
      }
    }
    this.rows = Map.copyOf(byName);
  }

  private static List<Opcode.Builder> standardRows() {
    List<Opcode.Builder> rows = new ArrayList<>();
    rows.addAll(CreateOperations.rows());
    rows.addAll(ShapeOperations.rows());
    rows.addAll(AggregateOperations.rows());
    rows.addAll(ElementOperations.rows());
    rows.addAll(LinearAlgebraOperations.rows());
    rows.addAll(NeuralOperations.rows());
    rows.addAll(ActivationOperations.rows());
    rows.addAll(LayerOperations.rows());
    rows.addAll(OptimiserOperations.rows());
    rows.addAll(DistributionOperations.rows());
    rows.addAll(ListOperations.rows());
    rows.addAll(FrameOperations.rows());
    rows.addAll(SystemOperations.rows());
    return rows;
  }

  /** {@return the operations of this version} */
  public static OperationTable standard() {
    return STANDARD;
  }

  /**
   * The row of an opcode that must be there, since only the compiler asks.
   *
   * @param name of the opcode
   * @return its row
   * @throws IllegalArgumentException when there is none
   */
  public Opcode get(String name) {
    Opcode row = rows.get(name);
    if (row == null) {
      throw new IllegalArgumentException("no opcode '" + name + "'");
    }
    return row;
  }

  /**
   * The row of an opcode.
   *
   * @param name of the opcode
   * @return null when there is none
   */
  public Opcode find(String name) {
    return rows.get(name);
  }

  /** {@return all rows, in no order} */
  public Collection<Opcode> all() {
    return rows.values();
  }
}
