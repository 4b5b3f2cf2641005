package dev.reprise.cache.rewrite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All rewrites, in the order in which they are tried; {@code docs/partial-reuse.md} lists them. */
final class Rewrites {
  static final List<Rewrite> ALL =
      List.of(
          new Projection(),
          new Batching(),
          new ProductExtension(),
          new SelfProductExtension(),
          new RangeSum(),
          new TransposedProduct(),
          new ConstantFactor(),
          new ProductOfBoundRows(),
          new ProductOfBoundColumns(),
          new ProductOverInner(),
          new SelfProductOfInner(),
          new SelfProductOfBlocks(),
          new CellsOverBinds(),
          new AggregateAcross(),
          new AggregateAlong());

  /** Opcodes that some rewrite begins with. */
  static final Set<String> OPCODES = Set.copyOf(byOpcode().keySet());

  private Rewrites() {}

  static Map<String, Rewrite[]> byOpcode() {
    Map<String, List<Rewrite>> lists = new HashMap<>();
    for (Rewrite rewrite : ALL) {
      for (String opcode : rewrite.opcodes()) {
        lists.computeIfAbsent(opcode, _ -> new ArrayList<>()).add(rewrite);
      }
    }
    Map<String, Rewrite[]> arrays = new HashMap<>();
    lists.forEach((opcode, list) -> arrays.put(opcode, list.toArray(Rewrite[]::new)));
    return Map.copyOf(arrays);
  }
}
