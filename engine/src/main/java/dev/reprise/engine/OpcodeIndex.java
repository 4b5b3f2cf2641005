package dev.reprise.engine;

import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.OperationTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Numbers the opcodes of a table, so that counters are arrays. Immutable. */
final class OpcodeIndex {
  private final Map<String, Integer> byName = new HashMap<>();
  private final List<String> names;

  OpcodeIndex(OperationTable table) {
    names = table.all().stream().map(Opcode::name).sorted().toList();
    for (int i = 0; i < names.size(); i++) {
      byName.put(names.get(i), i);
    }
  }

  int of(Opcode opcode) {
    return byName.get(opcode.name());
  }

  String name(int index) {
    return names.get(index);
  }

  int size() {
    return names.size();
  }
}
