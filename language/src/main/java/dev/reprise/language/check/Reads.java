package dev.reprise.language.check;

import dev.reprise.language.syntax.Expression;
import dev.reprise.language.syntax.Expression.Subscript;
import java.util.List;
import java.util.function.Consumer;

/** Visits every variable that an expression reads. */
final class Reads {
  private Reads() {}

  /** Visits names and indexes; the index of a variable, not its name, when it is indexed. */
  static void visit(Expression expression, Consumer<Expression> visitor) {
    switch (expression) {
      case Expression.Literal _, Expression.CommandArgument _ -> {}
      case Expression.Name name -> visitor.accept(name);
      case Expression.Unary unary -> visit(unary.operand(), visitor);
      case Expression.Binary binary -> {
        visit(binary.left(), visitor);
        visit(binary.right(), visitor);
      }
      case Expression.Index index -> {
        visitor.accept(index);
        visit(index.subscripts(), visitor);
      }
      case Expression.ListLiteral list -> list.elements().forEach(e -> visit(e, visitor));
      case Expression.Call call -> call.arguments().forEach(a -> visit(a.value(), visitor));
    }
  }

  static void visit(List<Subscript> subscripts, Consumer<Expression> visitor) {
    for (Subscript subscript : subscripts) {
      if (subscript.lower() != null) {
        visit(subscript.lower(), visitor);
      }
      if (subscript.upper() != null) {
        visit(subscript.upper(), visitor);
      }
    }
  }

  /** The variable of a name or index. */
  static Expression.Name nameOf(Expression read) {
    return read instanceof Expression.Index index ? index.target() : (Expression.Name) read;
  }

  /** True for {@code nrow(X)} and the like, which look at no cell. */
  static boolean isShapeOf(Expression expression) {
    return expression
            instanceof Expression.Call(String namespace, String name, var arguments, var _)
        && namespace == null
        && arguments.size() == 1
        && arguments.getFirst().value() instanceof Expression.Name
        && (name.equals("nrow") || name.equals("ncol") || name.equals("length"));
  }
}
