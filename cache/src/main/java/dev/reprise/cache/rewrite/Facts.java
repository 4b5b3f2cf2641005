package dev.reprise.cache.rewrite;

import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Operation;

/**
 * What rewrites need to know of how a value came to be. Taken from its lineage item once, so that
 * neither terms nor bound matrices retain a trace. Immutable.
 *
 * @param key the value's key; null when it has none
 * @param literal the value of a literal; else null
 * @param constant the number that all cells of the matrix have; NaN when that is not known
 * @param region where the matrix lies in a larger one; null when that is not known
 */
public record Facts(Key key, Scalar literal, double constant, Region region) {
  static final Facts UNKNOWN = new Facts(null, null, Double.NaN, null);

  /** Levels of a trace that are looked at: tsmm(X %*% E[, 1:k]) needs three. */
  private static final int DEPTH = 4;

  /** What an item says; nothing for null. */
  public static Facts of(LineageItem item) {
    return of(item, DEPTH);
  }

  private static Facts of(LineageItem item, int depth) {
    if (item == null) {
      return UNKNOWN;
    }
    if (item.isLiteral()) {
      return new Facts(item.key(), item.literalOrNull(), Double.NaN, null);
    }
    return new Facts(item.key(), null, constant(item), region(item, depth));
  }

  /** Facts of a value that only has a key. */
  static Facts of(Key key) {
    return new Facts(key, null, Double.NaN, null);
  }

  /** Facts of what an operation makes of operands with these facts. */
  static Facts of(Operation operation, Facts... inputs) {
    Key[] keys = new Key[inputs.length];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = inputs[i].key;
      if (keys[i] == null) {
        return UNKNOWN;
      }
    }
    return new Facts(
        dev.reprise.lineage.Keys.of(operation, keys),
        null,
        Double.NaN,
        Region.of(operation, inputs));
  }

  private static double constant(LineageItem item) {
    if (!item.name().equals("matrix") || item.inputCount() == 0) {
      return Double.NaN;
    }
    Scalar data = item.input(0).literalOrNull();
    return data == null || data.isAbsent() || data.type() == ValueType.STRING
        ? Double.NaN
        : data.asDouble();
  }

  private static Region region(LineageItem item, int depth) {
    if (depth == 0 || !mayBeRegion(item, depth)) {
      return null;
    }
    Facts[] inputs = new Facts[item.inputCount()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = of(item.input(i), depth - 1);
    }
    return Region.of(item.operation(), inputs);
  }

  /** True when an index stands below operations that pass regions on; asks for no key. */
  private static boolean mayBeRegion(LineageItem item, int depth) {
    if (item.isLiteral() || depth == 0 || !Operations.passesRegions(item.name())) {
      return false;
    }
    if (item.name().equals("rightIndex")) {
      return true;
    }
    for (int i = 0; i < item.inputCount(); i++) {
      if (mayBeRegion(item.input(i), depth - 1)) {
        return true;
      }
    }
    return false;
  }

  boolean isConstant() {
    return !Double.isNaN(constant);
  }

  /** Whether the literal is a number. */
  boolean isNumber() {
    return literal.type() == ValueType.INTEGER || literal.type() == ValueType.DOUBLE;
  }
}
