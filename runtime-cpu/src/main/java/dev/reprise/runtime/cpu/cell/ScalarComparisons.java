package dev.reprise.runtime.cpu.cell;

import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.IntegerScalar;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import java.util.Map;

/**
 * Comparisons of two scalars. As soon as one is a text, both are compared as the texts that {@code
 * print} shows; otherwise as numbers, truth values being 1 and 0.
 */
final class ScalarComparisons {
  private ScalarComparisons() {}

  static Map<String, ScalarBinary> table() {
    return Map.of(
        "<", new Less(),
        "<=", new LessEqual(),
        ">", new Greater(),
        ">=", new GreaterEqual(),
        "==", new Equal(),
        "!=", new NotEqual());
  }

  private abstract static class Comparison implements ScalarBinary {
    abstract boolean doubles(double a, double b);

    /** Whether the comparison holds for two totally ordered values that compare as given. */
    abstract boolean ordered(int comparison);

    @Override
    public final Scalar apply(Scalar left, Scalar right) {
      if (left instanceof DoubleScalar(double a) && right instanceof DoubleScalar(double b)) {
        return Scalar.of(doubles(a, b));
      }
      if (left instanceof IntegerScalar(long a) && right instanceof IntegerScalar(long b)) {
        return Scalar.of(ordered(Long.compare(a, b)));
      }
      if (left.type() == ValueType.STRING || right.type() == ValueType.STRING) {
        return Scalar.of(ordered(left.asString().compareTo(right.asString())));
      }
      return Scalar.of(doubles(left.asDouble(), right.asDouble()));
    }
  }

  private static final class Less extends Comparison {
    @Override
    boolean doubles(double a, double b) {
      return a < b;
    }

    @Override
    boolean ordered(int comparison) {
      return comparison < 0;
    }
  }

  private static final class LessEqual extends Comparison {
    @Override
    boolean doubles(double a, double b) {
      return a <= b;
    }

    @Override
    boolean ordered(int comparison) {
      return comparison <= 0;
    }
  }

  private static final class Greater extends Comparison {
    @Override
    boolean doubles(double a, double b) {
      return a > b;
    }

    @Override
    boolean ordered(int comparison) {
      return comparison > 0;
    }
  }

  private static final class GreaterEqual extends Comparison {
    @Override
    boolean doubles(double a, double b) {
      return a >= b;
    }

    @Override
    boolean ordered(int comparison) {
      return comparison >= 0;
    }
  }

  private static final class Equal extends Comparison {
    @Override
    boolean doubles(double a, double b) {
      return a == b;
    }

    @Override
    boolean ordered(int comparison) {
      return comparison == 0;
    }
  }

  private static final class NotEqual extends Comparison {
    @Override
    boolean doubles(double a, double b) {
      return a != b;
    }

    @Override
    boolean ordered(int comparison) {
      return comparison != 0;
    }
  }
}
