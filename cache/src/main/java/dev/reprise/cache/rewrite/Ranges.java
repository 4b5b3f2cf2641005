package dev.reprise.cache.rewrite;

import dev.reprise.lineage.Key;
import dev.reprise.lineage.Keys;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.operation.Operation;

/**
 * A product over some of the rows of larger matrices: {@code t(X[a:b, ]) %*% Y[a:b, ]}. Those of
 * neighbouring ranges add up.
 *
 * @param family key of the product over all rows, which need not exist
 * @param from first row from 1
 * @param size number of rows
 */
record Ranges(Key family, long from, long size) {

  static boolean concern(Operation operation) {
    return operation.name().equals("tsmm") || operation.name().equals("matmul");
  }

  /** Null when the operation is no such product. */
  static Ranges of(Operation operation, Term[] inputs) {
    if (operation.name().equals("tsmm")) {
      boolean right = operation.attributes().isSet("right");
      return of(operation, inputs[0], right, inputs[0], right);
    }
    return operation.name().equals("matmul")
        ? of(
            operation,
            inputs[0],
            !operation.attributes().isSet("ta"),
            inputs[1],
            operation.attributes().isSet("tb"))
        : null;
  }

  private static Ranges of(
      Operation operation, Term a, boolean aColumns, Term b, boolean bColumns) {
    long from = inner(a, aColumns);
    if (from <= 0 || from != inner(b, bColumns)) {
      return null;
    }
    Key left = a.facts().region().base();
    Key family =
        a == b ? Keys.of(operation, left) : Keys.of(operation, left, b.facts().region().base());
    return new Ranges(family, from, aColumns ? a.shape().cols() : a.shape().rows());
  }

  /** Where the inner dimension begins in the larger matrix, if only that is cut; else -1. */
  private static long inner(Term term, boolean columns) {
    Region region = term.facts().region();
    if (region == null || (columns ? region.row() : region.col()) != 0) {
      return -1;
    }
    return columns ? region.col() : region.row();
  }

  static void note(Operation operation, Term[] inputs, Facts facts, RegionMemory memory) {
    Ranges range = of(operation, inputs);
    if (range != null && facts.key() != null) {
      memory.note(range.family, range.from, 0, new Shape(range.size, 0), facts.key());
    }
  }
}
