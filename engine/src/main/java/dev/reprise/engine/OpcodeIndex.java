package dev.reprise.engine;

import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.OperationTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers the opcodes of a table, and fused loops as one more, so that counters are arrays.
 * Immutable.
 */
final class OpcodeIndex {
  private static final String FUSED = "fused";

  private final Map<String, Integer> byName = new HashMap<>();
  private final List<String> names;

  OpcodeIndex(OperationTable table) {
    names = new ArrayList<>(table.all().stream().map(Opcode::name).sorted().toList());
    names.add(FUSED);
    for (int i = 0; i < names.size(); i++) {
      byName.put(names.get(i), i);
    }
  }

  int of(Opcode opcode) {
    return byName.get(opcode.name());
  }

  /** The number of fused loops. */
  int fused() {
    return names.size() - 1;
  }

  String name(int index) {
    return names.get(index);
  }

  int size() {
    return names.size();
  }
}
