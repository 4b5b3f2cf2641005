package dev.reprise.cache.rewrite;

import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Operations that compensations are made of; all of fp64. */
final class Operations {
  static final Operation TSMM = of("tsmm");
  static final Operation TSMM_RIGHT = of("tsmm", "right");
  static final Operation TRANSPOSE = of("t");
  static final Operation CBIND = of("cbind");
  static final Operation RBIND = of("rbind");
  static final Operation INDEX = of("rightIndex");
  private static final Operation[] PRODUCTS = {
    of("matmul"), of("matmul", "ta"), of("matmul", "tb"), of("matmul", "ta", "tb")
  };

  /** Aggregates of rows or columns that come from those of parts by a sum, a mean or an extreme. */
  static final Set<String> COMBINABLE_AGGREGATES =
      Set.of(
          "colSums", "rowSums", "colMeans", "rowMeans", "colMaxs", "rowMaxs", "colMins", "rowMins");

  /** Aggregates whose every cell sees one row or column. */
  static final Set<String> LINE_AGGREGATES =
      with(COMBINABLE_AGGREGATES, "colVars", "rowVars", "colSds", "rowSds");

  private static final Set<String> PASS_REGIONS =
      with(LINE_AGGREGATES, "rightIndex", "matmul", "tsmm", "t", "colProds", "rowProds");

  private Operations() {}

  /** A set of opcodes and further ones. */
  static Set<String> with(Set<String> opcodes, String... further) {
    Set<String> all = new HashSet<>(opcodes);
    all.addAll(List.of(further));
    return Set.copyOf(all);
  }

  static Operation of(String opcode, String... set) {
    Attributes attributes = Attributes.none();
    for (String name : set) {
      attributes = attributes.with(name, "true");
    }
    return new Operation(OperationTable.standard().get(opcode), attributes);
  }

  static Operation product(boolean ta, boolean tb) {
    return PRODUCTS[(ta ? 1 : 0) + (tb ? 2 : 0)];
  }

  static Operation selfProduct(boolean right) {
    return right ? TSMM_RIGHT : TSMM;
  }

  /** Whether {@link Region#of} has an answer for the opcode. */
  static boolean passesRegions(String opcode) {
    return PASS_REGIONS.contains(opcode);
  }
}
