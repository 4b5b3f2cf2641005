package dev.reprise.lineage;

import static dev.reprise.lineage.RandomTraces.operation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Keys are equal exactly when structures are, over ten million random pairs of items. Few
 * operations and literals, so that equal structures are made again and again, in other orders and
 * over other objects.
 */
class KeyEqualityTest {
  private static final long PAIRS = 10_000_000;
  private static final int POOL = 200;

  private static final Operation[] OPERATIONS = {
    operation("t"),
    operation("-"),
    operation("cbind"),
    operation("matmul"),
    operation("matmul", "ta", "true"),
    operation("ifelse"),
  };
  private static final Scalar[] LITERALS = {
    Scalar.of(1L),
    Scalar.of(1.0),
    Scalar.of(true),
    Scalar.of("1"),
    Scalar.of(-0.0),
    Scalar.of(0.0),
    Scalar.of(Double.NaN),
    Scalar.absent(),
  };

  /** What an item is, with inputs as numbers of structures: equal exactly for equal structures. */
  private record Structure(Object node, List<Integer> inputs) {}

  private final Map<Structure, Integer> structures = new HashMap<>();
  private final List<LineageItem> items = new ArrayList<>();
  private final List<Integer> numbers = new ArrayList<>();

  @Test
  void keysAreEqualExactlyWhenStructuresAre() {
    long seed = 20261126;
    Random random = new Random(seed);
    long pairs = 0;
    long equal = 0;
    while (pairs < PAIRS) {
      items.clear();
      numbers.clear();
      while (items.size() < POOL) {
        add(random);
      }
      for (int i = 0; i < POOL; i++) {
        for (int j = 0; j < i; j++) {
          boolean same = items.get(i).sameAs(items.get(j));
          if (same != numbers.get(i).equals(numbers.get(j))) {
            throw new AssertionError(
                "seed " + seed + ": " + TraceText.of(items.get(i)) + TraceText.of(items.get(j)));
          }
          if (same) {
            StructureCheck.verify(items.get(i), items.get(j));
            equal++;
          }
          pairs++;
        }
      }
    }
    // Else the pairs would show nothing.
    assertThat(equal).isGreaterThan(PAIRS / 200);
    // Keys of different rounds are equal for equal structures, too: there is one per structure.
    assertThat(structures).hasSizeGreaterThan(10_000);
  }

  private void add(Random random) {
    if (items.size() < 4 || random.nextInt(5) == 0) {
      Scalar literal = LITERALS[random.nextInt(LITERALS.length)];
      add(LineageItem.literal(literal), literal.type() + literal.asString(), List.of());
      return;
    }
    Operation operation = OPERATIONS[random.nextInt(OPERATIONS.length)];
    int inputs =
        switch (operation.name()) {
          case "t" -> 1;
          case "ifelse" -> 3;
          case "cbind" -> 2 + random.nextInt(3);
          default -> 2;
        };
    LineageItem[] chosen = new LineageItem[inputs];
    List<Integer> structure = new ArrayList<>();
    for (int i = 0; i < inputs; i++) {
      // Mostly early items, which the pool has several times.
      int at = Math.min(random.nextInt(items.size()), random.nextInt(items.size()));
      chosen[i] = items.get(random.nextInt(3) == 0 ? at : at / 8);
      structure.add(numbers.get(items.indexOf(chosen[i])));
    }
    add(LineageItem.of(operation, chosen), operation, structure);
  }

  private void add(LineageItem item, Object node, List<Integer> inputs) {
    Structure structure = new Structure(node, inputs);
    Integer number = structures.get(structure);
    if (number == null) {
      number = structures.size();
      structures.put(structure, number);
    }
    items.add(item);
    numbers.add(number);
  }
}
