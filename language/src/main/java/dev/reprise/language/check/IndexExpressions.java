package dev.reprise.language.check;

import dev.reprise.language.syntax.Expression;
import dev.reprise.language.syntax.ExpressionPrinter;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.IntegerScalar;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Turns index expressions into polynomials: loop variables by their symbols, scalars that the body
 * defines once by their definition, and what does not change in the loop by a symbol of its own.
 */
final class IndexExpressions {
  private static final Set<String> CHANGING =
      Set.of(
          "rand",
          "Rand",
          "sample",
          "dropout",
          "time",
          "eval",
          "resume",
          "warmstart",
          "file.exists");

  private final Map<String, Polynomial> known = new HashMap<>();
  private final Map<String, Expression> definitions;
  private final Set<String> changing;
  private final Set<String> functions;
  private final Set<String> substituting = new HashSet<>();

  /**
   * @param definitions scalars from outside the loop with exactly one definition
   * @param changing variables that the loop's body assigns
   * @param functions names of the script's functions, which may do anything
   */
  IndexExpressions(
      Map<String, Expression> definitions, Set<String> changing, Set<String> functions) {
    this.definitions = definitions;
    this.changing = changing;
    this.functions = functions;
  }

  /** From now on the loop variable is read as this symbol. */
  void bind(String loopVariable, String symbol) {
    known.put(loopVariable, Polynomial.symbol(symbol));
  }

  /** Takes note of the only definition of a scalar in the loop's body. */
  void define(String variable, Expression definition) {
    Polynomial value = convert(definition);
    if (value != null) {
      known.put(variable, value);
    }
  }

  /** The polynomial, or null when the expression is none. */
  Polynomial of(Expression expression) {
    Polynomial polynomial = convert(expression);
    return polynomial == null || !polynomial.isWhole() ? null : polynomial;
  }

  private Polynomial convert(Expression expression) {
    return switch (expression) {
      case Expression.Literal literal ->
          switch (literal.value()) {
            case IntegerScalar(long value) -> Polynomial.constant(value);
            case DoubleScalar(double value) -> Polynomial.constant(value);
            default -> null;
          };
      case Expression.Name name -> variable(name);
      case Expression.Unary unary when unary.operator().equals("-") -> {
        Polynomial operand = convert(unary.operand());
        yield operand == null ? null : operand.times(Polynomial.constant(-1));
      }
      case Expression.Unary unary when unary.operator().equals("+") -> convert(unary.operand());
      case Expression.Binary binary -> binary(binary);
      case Expression.Call call
          when call.namespace() == null
              && call.name().equals("as.integer")
              && call.arguments().size() == 1 ->
          of(call.arguments().getFirst().value());
      default -> unchanging(expression);
    };
  }

  private Polynomial variable(Expression.Name name) {
    Polynomial value = known.get(name.name());
    if (value != null || changing.contains(name.name())) {
      return value;
    }
    Expression definition = definitions.get(name.name());
    if (definition != null && substituting.add(name.name())) {
      value = convert(definition);
      substituting.remove(name.name());
    }
    return value != null ? value : Polynomial.symbol(name.name());
  }

  private Polynomial binary(Expression.Binary binary) {
    Polynomial left = convert(binary.left());
    Polynomial right = convert(binary.right());
    if (left != null && right != null) {
      switch (binary.operator()) {
        case "+" -> {
          return left.plus(right);
        }
        case "-" -> {
          return left.minus(right);
        }
        case "*" -> {
          return left.times(right);
        }
        default -> {}
      }
    }
    return unchanging(binary);
  }

  /** A symbol for the whole expression when nothing in it changes from iteration to iteration. */
  private Polynomial unchanging(Expression expression) {
    return isUnchanging(expression)
        ? Polynomial.symbol(ExpressionPrinter.print(expression).replace(" * ", "*"))
        : null;
  }

  private boolean isUnchanging(Expression expression) {
    return switch (expression) {
      case Expression.Literal _, Expression.CommandArgument _ -> true;
      case Expression.Name(String name, var _) ->
          !changing.contains(name) && !known.containsKey(name);
      case Expression.Unary unary -> isUnchanging(unary.operand());
      case Expression.Binary binary -> isUnchanging(binary.left()) && isUnchanging(binary.right());
      case Expression.Index index -> {
        boolean[] same = {isUnchanging(index.target())};
        Reads.visit(index.subscripts(), read -> same[0] &= isUnchanging(Reads.nameOf(read)));
        yield same[0];
      }
      case Expression.ListLiteral _ -> false;
      case Expression.Call call ->
          call.namespace() == null
              && !CHANGING.contains(call.name())
              && !functions.contains(call.name())
              && call.arguments().stream().allMatch(a -> isUnchanging(a.value()));
    };
  }
}
