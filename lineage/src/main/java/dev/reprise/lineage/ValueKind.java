package dev.reprise.lineage;

import dev.reprise.runtime.BooleanScalar;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.IntegerScalar;
import dev.reprise.runtime.Scalar;
import java.util.Locale;

/** What a value of a patch is: fixed, or given anew by each iteration. */
enum ValueKind {
  /** A literal or outside content that all iterations share. */
  CONSTANT,
  INTEGER,
  DOUBLE,
  BOOLEAN,
  /** An item from elsewhere. */
  ITEM;

  /** The kind of column that a literal fits into. */
  static ValueKind ofLiteral(Scalar literal) {
    if (literal instanceof IntegerScalar) {
      return INTEGER;
    }
    if (literal instanceof DoubleScalar) {
      return DOUBLE;
    }
    return literal instanceof BooleanScalar ? BOOLEAN : ITEM;
  }

  boolean isNumber() {
    return this == INTEGER || this == DOUBLE || this == BOOLEAN;
  }

  /** The word of the text form. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The literal's bits; all NaN are one, as they are for keys. */
  long bits(Scalar literal) {
    return this == DOUBLE ? Double.doubleToLongBits(literal.asDouble()) : literal.asLong();
  }

  Scalar scalar(long bits) {
    return switch (this) {
      case INTEGER -> Scalar.of(bits);
      case DOUBLE -> Scalar.of(Double.longBitsToDouble(bits));
      case BOOLEAN -> Scalar.of(bits != 0);
      case CONSTANT, ITEM -> throw new IllegalStateException("no number: " + this);
    };
  }
}
