package dev.reprise.language.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A sum of products of symbols with numeric coefficients, such as {@code i*n - n + j}. Immutable.
 *
 * <p>A symbol that begins with {@code ~} may have any value (loop variables); the others do not
 * change in a loop and are taken for sizes, that is, at least 1.
 */
final class Polynomial {
  private static final String TIMES = " * ";

  /** Coefficient by product; the product is its sorted symbols, empty for the constant. */
  private final TreeMap<String, Double> terms;

  private Polynomial(TreeMap<String, Double> terms) {
    terms.values().removeIf(coefficient -> coefficient == 0);
    this.terms = terms;
  }

  static Polynomial constant(double value) {
    return new Polynomial(new TreeMap<>(Map.of("", value)));
  }

  static Polynomial symbol(String name) {
    return new Polynomial(new TreeMap<>(Map.of(name, 1.0)));
  }

  Polynomial plus(Polynomial other) {
    TreeMap<String, Double> sum = new TreeMap<>(terms);
    other.terms.forEach((product, coefficient) -> sum.merge(product, coefficient, Double::sum));
    return new Polynomial(sum);
  }

  Polynomial minus(Polynomial other) {
    return plus(other.times(constant(-1)));
  }

  Polynomial times(Polynomial other) {
    TreeMap<String, Double> product = new TreeMap<>();
    terms.forEach(
        (a, x) -> other.terms.forEach((b, y) -> product.merge(product(a, b), x * y, Double::sum)));
    return new Polynomial(product);
  }

  private static String product(String a, String b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a + b;
    }
    List<String> symbols = new ArrayList<>(Arrays.asList(a.split(" \\* ")));
    symbols.addAll(Arrays.asList(b.split(" \\* ")));
    symbols.sort(null);
    return String.join(TIMES, symbols);
  }

  boolean isConstant() {
    return terms.isEmpty() || (terms.size() == 1 && terms.containsKey(""));
  }

  /** The constant term. */
  double constantTerm() {
    return terms.getOrDefault("", 0.0);
  }

  /** True when all coefficients are whole numbers, so that no value is truncated. */
  boolean isWhole() {
    return terms.values().stream().allMatch(c -> c == Math.rint(c) && Math.abs(c) < 1e15);
  }

  /** What the symbol is multiplied with; null when it occurs other than linearly. */
  Polynomial coefficientOf(String symbol) {
    TreeMap<String, Double> rest = new TreeMap<>();
    for (Map.Entry<String, Double> term : terms.entrySet()) {
      List<String> symbols = new ArrayList<>(Arrays.asList(term.getKey().split(" \\* ")));
      if (symbols.remove(symbol)) {
        if (symbols.contains(symbol)) {
          return null;
        }
        rest.put(String.join(TIMES, symbols), term.getValue());
      }
    }
    return new Polynomial(rest);
  }

  /** The terms without the symbol. */
  Polynomial without(String symbol) {
    TreeMap<String, Double> rest = new TreeMap<>(terms);
    rest.keySet().removeIf(product -> Arrays.asList(product.split(" \\* ")).contains(symbol));
    return new Polynomial(rest);
  }

  /** True when the value is certainly at least 1, symbols being at least 1. */
  boolean isAtLeastOne() {
    double least = 0;
    for (Map.Entry<String, Double> term : terms.entrySet()) {
      boolean anySign = term.getKey().indexOf('~') >= 0;
      if (anySign || (term.getValue() < 0 && !term.getKey().isEmpty())) {
        return false;
      }
      least += term.getValue();
    }
    return least >= 1;
  }

  /** True when the value is certainly at least 0, symbols being at least 1. */
  boolean isNotNegative() {
    return plus(constant(1)).isAtLeastOne();
  }

  /** The value or its negation, whichever is certainly not negative; null when neither is. */
  Polynomial magnitude() {
    if (isNotNegative()) {
      return this;
    }
    Polynomial negated = times(constant(-1));
    return negated.isNotNegative() ? negated : null;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Polynomial that && terms.equals(that.terms);
  }

  @Override
  public int hashCode() {
    return terms.hashCode();
  }

  @Override
  public String toString() {
    return terms.toString();
  }
}
