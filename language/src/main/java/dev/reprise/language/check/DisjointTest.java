package dev.reprise.language.check;

import java.util.ArrayList;
import java.util.List;

/**
 * Proves that two accesses of different iterations of a loop never meet in one dimension. A proof
 * that fails says nothing.
 *
 * <p>Three tests: a mixed-radix argument (each stride exceeds all that the smaller ones can span,
 * so equal positions mean equal variables), an interval test with the inner loops' variables
 * replaced by their bounds (Banerjee), and a divisibility test (GCD).
 */
final class DisjointTest {
  private final LoopBounds loop;
  private final List<LoopBounds> inner;

  /**
   * @param loop the loop whose iterations are compared
   * @param inner loops inside it, outer ones first
   */
  DisjointTest(LoopBounds loop, List<LoopBounds> inner) {
    this.loop = loop;
    this.inner = inner;
  }

  boolean neverMeet(IndexRange a, IndexRange b) {
    if (!a.isKnown() || !b.isKnown() || loop.step() <= 0) {
      return false;
    }
    return (a.equals(b) && isInjective(a)) || intervalsDiffer(a, b) || divisibilityDiffers(a, b);
  }

  private record Digit(Polynomial stride, Polynomial extent) {}

  private boolean isInjective(IndexRange access) {
    Polynomial own = access.lower().coefficientOf(loop.symbol());
    if (own == null || own.magnitude() == null || own.equals(Polynomial.constant(0))) {
      return false;
    }
    Polynomial stride = own.magnitude().times(Polynomial.constant(loop.step()));
    List<Digit> smaller = new ArrayList<>();
    smaller.add(new Digit(Polynomial.constant(1), access.upper().minus(access.lower())));
    for (LoopBounds bounds : inner) {
      Polynomial factor = access.lower().coefficientOf(bounds.symbol());
      if (factor == null || factor.magnitude() == null) {
        return false;
      }
      if (!factor.equals(Polynomial.constant(0))) {
        if (bounds.extent() == null || bounds.step() < 1) {
          return false;
        }
        smaller.add(new Digit(factor.magnitude(), bounds.extent()));
      }
    }
    smaller.add(new Digit(stride, loop.extent()));
    return isMixedRadix(smaller, Polynomial.constant(0));
  }

  /** True when the digits have an order in which each stride exceeds the span of all before it. */
  private static boolean isMixedRadix(List<Digit> digits, Polynomial span) {
    for (Digit digit : digits) {
      if (!digit.stride().minus(span).isAtLeastOne()) {
        continue;
      }
      if (digits.size() == 1) {
        return true;
      }
      List<Digit> rest = new ArrayList<>(digits);
      rest.remove(digit);
      if (digit.extent() != null
          && isMixedRadix(rest, span.plus(digit.stride().times(digit.extent())))) {
        return true;
      }
    }
    return false;
  }

  /**
   * With equal strides the distance is stride times a whole number of steps plus a bounded rest.
   */
  private boolean intervalsDiffer(IndexRange a, IndexRange b) {
    Polynomial lowA = extreme(a.lower(), true);
    Polynomial highA = extreme(a.upper(), false);
    Polynomial lowB = extreme(b.lower(), true);
    Polynomial highB = extreme(b.upper(), false);
    if (lowA == null || highA == null || lowB == null || highB == null) {
      return false;
    }
    if (separated(lowA, highA, lowB, highB)) {
      return true;
    }
    Polynomial stride = lowA.coefficientOf(loop.symbol());
    if (stride == null
        || !stride.equals(highA.coefficientOf(loop.symbol()))
        || !stride.equals(lowB.coefficientOf(loop.symbol()))
        || !stride.equals(highB.coefficientOf(loop.symbol()))
        || stride.magnitude() == null) {
      return false;
    }
    Polynomial distance = stride.magnitude().times(Polynomial.constant(loop.step()));
    Polynomial ahead = highB.minus(lowA);
    Polynomial behind = highA.minus(lowB);
    if (distance.minus(ahead).isAtLeastOne() && distance.minus(behind).isAtLeastOne()) {
      return true;
    }
    return distance.isConstant()
        && ahead.isConstant()
        && behind.isConstant()
        && noMultiple(distance.constantTerm(), -behind.constantTerm(), ahead.constantTerm());
  }

  /** True when no multiple of the distance other than 0 lies between the bounds. */
  private static boolean noMultiple(double distance, double from, double to) {
    if (distance <= 0) {
      return false;
    }
    double first = Math.ceil(from / distance);
    double last = Math.floor(to / distance);
    return first > last || (first == 0 && last == 0);
  }

  /** True when all positions of one access lie before all positions of the other. */
  private boolean separated(Polynomial lowA, Polynomial highA, Polynomial lowB, Polynomial highB) {
    return before(highA, lowB) || before(highB, lowA);
  }

  private boolean before(Polynomial high, Polynomial low) {
    Polynomial most = extreme(high, loop, false);
    Polynomial least = extreme(low, loop, true);
    return most != null && least != null && least.minus(most).isAtLeastOne();
  }

  /** The least or greatest value over all inner loops, innermost replaced first. */
  private Polynomial extreme(Polynomial position, boolean least) {
    Polynomial value = position;
    for (int i = inner.size() - 1; i >= 0 && value != null; i--) {
      value = extreme(value, inner.get(i), least);
    }
    return value;
  }

  private static Polynomial extreme(Polynomial value, LoopBounds bounds, boolean least) {
    Polynomial factor = value.coefficientOf(bounds.symbol());
    if (factor == null) {
      return null;
    }
    if (factor.equals(Polynomial.constant(0))) {
      return value;
    }
    boolean rising = factor.isNotNegative();
    if (!rising && factor.magnitude() == null) {
      return null;
    }
    Polynomial bound = rising == least ? bounds.low() : bounds.high();
    return bound == null ? null : value.without(bounds.symbol()).plus(factor.times(bound));
  }

  /** {@code a*i + b = c*i' + d} has whole solutions only if gcd(a, c) divides d - b. */
  private boolean divisibilityDiffers(IndexRange a, IndexRange b) {
    if (!a.lower().equals(a.upper()) || !b.lower().equals(b.upper())) {
      return false;
    }
    long divisor = 0;
    List<String> variables = new ArrayList<>(inner.stream().map(LoopBounds::symbol).toList());
    variables.add(loop.symbol());
    Polynomial restA = a.lower();
    Polynomial restB = b.lower();
    for (String variable : variables) {
      for (IndexRange access : List.of(a, b)) {
        Polynomial factor = access.lower().coefficientOf(variable);
        if (factor == null || !factor.isConstant() || !isWhole(factor.constantTerm())) {
          return false;
        }
        divisor = gcd(divisor, Math.abs((long) factor.constantTerm()));
      }
      restA = restA.without(variable);
      restB = restB.without(variable);
    }
    Polynomial offset = restA.minus(restB);
    return divisor > 0
        && offset.isConstant()
        && isWhole(offset.constantTerm())
        && (long) offset.constantTerm() % divisor != 0;
  }

  private static boolean isWhole(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
