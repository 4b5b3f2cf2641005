package dev.reprise.lineage;

import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;

/** A literal as keys see it: all NaN are one, -0.0 and 0.0 are two, and types differ. */
record LiteralBits(ValueType type, Object value) {
  static LiteralBits of(Scalar literal) {
    Object value =
        switch (literal.type()) {
          case DOUBLE -> Double.doubleToLongBits(((DoubleScalar) literal).value());
          case STRING -> literal.asString();
          case ABSENT -> 0L;
          default -> literal.asLong();
        };
    return new LiteralBits(literal.type(), value);
  }
}
