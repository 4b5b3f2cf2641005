package dev.reprise.language.syntax;

import dev.reprise.language.Position;
import dev.reprise.runtime.Scalar;
import java.util.List;

/** An expression of the script language. */
public sealed interface Expression {

  Position position();

  /** A number, truth value or text. */
  record Literal(Scalar value, Position position) implements Expression {}

  /** A variable or one of the constants {@code NaN}, {@code Inf}, {@code pi}. */
  record Name(String name, Position position) implements Expression {}

  /** {@code $name} or {@code $1}; the name is without the dollar sign. */
  record CommandArgument(String name, Position position) implements Expression {}

  /** {@code -x}, {@code +x} or {@code !x}; the position is the operator's. */
  record Unary(String operator, Expression operand, Position position) implements Expression {}

  /**
   * A binary operator as written, except that {@code &&} is {@code &} and {@code ||} is {@code |}.
   */
  record Binary(String operator, Expression left, Expression right, Position position)
      implements Expression {}

  /** A call; the name space is null when none is given. */
  record Call(String namespace, String name, List<Argument> arguments, Position position)
      implements Expression {

    /** The name as written, with its name space. */
    public String fullName() {
      return namespace == null ? name : namespace + "::" + name;
    }
  }

  /** {@code X[i, j]} or {@code L[i]}; one or two subscripts in a correct program. */
  record Index(Name target, List<Subscript> subscripts, Position position) implements Expression {}

  /** {@code [a, b, c]}. */
  record ListLiteral(List<Expression> elements, Position position) implements Expression {}

  /**
   * One argument of a call.
   *
   * @param name null when positional
   * @param position where the name, or the value of a positional argument, begins
   */
  record Argument(String name, Expression value, Position position) {}

  /**
   * What stands between the commas of an index.
   *
   * @param lower null when everything is meant
   * @param upper null when a single position is meant
   */
  record Subscript(Expression lower, Expression upper) {
    public boolean isAll() {
      return lower == null;
    }

    public boolean isRange() {
      return upper != null;
    }
  }
}
