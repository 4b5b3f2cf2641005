package dev.reprise.cache.rewrite;

import dev.reprise.lineage.Key;
import dev.reprise.lineage.Keys;
import dev.reprise.runtime.operation.Operation;

/**
 * A matrix as a rectangle of a larger one, which need not exist: {@code X %*% E[, 1:k]} is columns
 * 1 to k of {@code X %*% E}. How far it reaches, its shape says.
 *
 * @param base key of the larger matrix
 * @param row its first row there, from 1; 0 when it has all rows
 * @param col its first column there, from 1; 0 when it has all columns
 */
public record Region(Key base, long row, long col) {

  Region transposed(Operation transpose) {
    return new Region(Keys.of(transpose, base), col, row);
  }

  /** A rectangle inside this one, as a rectangle of the base. */
  Region inside(long innerRow, long innerCol) {
    return new Region(base, composed(row, innerRow), composed(col, innerCol));
  }

  private static long composed(long outer, long inner) {
    if (outer == 0 || inner == 0) {
      return outer + inner;
    }
    return outer + inner - 1;
  }

  /** The region of an operation's result when its operands are regions; null when it is none. */
  static Region of(Operation operation, Facts[] inputs) {
    return switch (operation.name()) {
      case "rightIndex" -> ofIndex(inputs);
      case "matmul" -> ofProduct(operation, inputs[0], inputs[1]);
      case "tsmm" -> ofSelfProduct(operation, inputs[0]);
      case "t" -> inputs[0].region() == null ? null : inputs[0].region().transposed(operation);
      default -> ofAggregate(operation, inputs);
    };
  }

  private static Region ofIndex(Facts[] inputs) {
    Facts whole = inputs[0];
    long row = bound(inputs[1]);
    long col = bound(inputs[3]);
    if (whole.key() == null || row < 0 || col < 0) {
      return null;
    }
    return whole.region() == null
        ? new Region(whole.key(), row, col)
        : whole.region().inside(row, col);
  }

  /** A literal lower bound, 0 when left out, -1 when unknown. */
  private static long bound(Facts lower) {
    if (lower.literal() == null) {
      return -1;
    }
    if (lower.literal().isAbsent()) {
      return 0;
    }
    return lower.literal().type().isScalar() && lower.isNumber() ? lower.literal().asLong() : -1;
  }

  private static Region ofProduct(Operation operation, Facts a, Facts b) {
    if (a.region() == null && b.region() == null || a.key() == null || b.key() == null) {
      return null;
    }
    boolean ta = operation.attributes().isSet("ta");
    boolean tb = operation.attributes().isSet("tb");
    long row = 0;
    long col = 0;
    Key left = a.key();
    Key right = b.key();
    if (a.region() != null && (ta ? a.region().row : a.region().col) == 0) {
      left = a.region().base;
      row = ta ? a.region().col : a.region().row;
    }
    if (b.region() != null && (tb ? b.region().col : b.region().row) == 0) {
      right = b.region().base;
      col = tb ? b.region().row : b.region().col;
    }
    if (row == 0 && col == 0) {
      return null;
    }
    if (left.equals(right) && ta != tb) {
      return new Region(Keys.of(ta ? Operations.TSMM : Operations.TSMM_RIGHT, left), row, col);
    }
    return new Region(Keys.of(operation, left, right), row, col);
  }

  private static Region ofSelfProduct(Operation operation, Facts x) {
    boolean right = operation.attributes().isSet("right");
    Region region = x.region();
    if (region == null || (right ? region.col : region.row) != 0) {
      return null;
    }
    long from = right ? region.row : region.col;
    return new Region(Keys.of(operation, region.base), from, from);
  }

  private static Region ofAggregate(Operation operation, Facts[] inputs) {
    if (inputs.length != 1 || inputs[0].region() == null) {
      return null;
    }
    Region region = inputs[0].region();
    if (operation.name().startsWith("col") && region.row == 0) {
      return new Region(Keys.of(operation, region.base), 0, region.col);
    }
    if (operation.name().startsWith("row") && region.col == 0) {
      return new Region(Keys.of(operation, region.base), region.row, 0);
    }
    return null;
  }
}
