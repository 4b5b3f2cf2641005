package dev.reprise.engine.report;

import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.OperationTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers the opcodes of a table, and fused loops and kernels as three more, so that counters are
 * arrays. Immutable.
 */
public final class OpcodeIndex {
  private static final String FUSED = "fused";
  private static final String FUSED_ON_DEVICES = "fused (devices)";
  private static final String SAMPLED = "fused (sampled)";

  private final Map<String, Integer> byName = new HashMap<>();
  private final List<String> names;

  /** Numbers the opcodes by the order of their names. */
  public OpcodeIndex(OperationTable table) {
    names = new ArrayList<>(table.all().stream().map(Opcode::name).sorted().toList());
    names.add(SAMPLED);
    names.add(FUSED);
    names.add(FUSED_ON_DEVICES);
    for (int i = 0; i < names.size(); i++) {
      byName.put(names.get(i), i);
    }
  }

  /** The number of an opcode of the table. */
  public int of(Opcode opcode) {
    return byName.get(opcode.name());
  }

  /** The number of products with what masks them, of which some cells were computed. */
  public int sampled() {
    return names.size() - 3;
  }

  /** The number of fused loops. */
  public int fused() {
    return names.size() - 2;
  }

  /** The number of fused kernels on accelerators. */
  public int fusedOnDevices() {
    return names.size() - 1;
  }

  /** The name under which reports show a number. */
  public String name(int index) {
    return names.get(index);
  }

  /** How many numbers there are, those of fused work included. */
  public int size() {
    return names.size();
  }
}
