package dev.reprise.language.check;

import dev.reprise.language.Position;
import dev.reprise.language.syntax.Expression;
import dev.reprise.language.syntax.Expression.Subscript;
import dev.reprise.language.syntax.ExpressionPrinter;
import dev.reprise.language.syntax.Statement;
import dev.reprise.language.syntax.Statement.Target;
import dev.reprise.language.syntax.TreePrinter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Walks a parfor's body and lists how it reads and writes the given variables. */
final class AccessCollector {
  private final Set<String> variables;
  private final Map<String, Expression> definitions;
  private final IndexExpressions indexes;
  private final List<Access> accesses = new ArrayList<>();
  private final List<LoopBounds> loops = new ArrayList<>();

  /**
   * @param variables those of which a cell is written in the body
   * @param definitions scalars that the body defines exactly once
   */
  AccessCollector(
      Set<String> variables, Map<String, Expression> definitions, IndexExpressions indexes) {
    this.variables = variables;
    this.definitions = definitions;
    this.indexes = indexes;
  }

  /** In the order of the script. */
  List<Access> accesses() {
    return accesses;
  }

  /** Every loop inside the body, outer ones before the loops in them. */
  List<LoopBounds> loops() {
    return loops;
  }

  void collect(List<Statement> statements) {
    statements.forEach(this::collect);
  }

  private void collect(Statement statement) {
    switch (statement) {
      case Statement.Assign(Target target, Expression value, var _) -> {
        read(value);
        write(target);
        if (target.isWhole() && definitions.containsKey(target.name())) {
          indexes.define(target.name(), value);
        }
      }
      case Statement.Accumulate(Target target, Expression value, var _) -> {
        read(value);
        if (!target.isWhole()) {
          access(target.name(), TreePrinter.target(target), false, target);
        }
        write(target);
      }
      case Statement.MultiAssign multi -> {
        read(multi.value());
        multi.targets().forEach(this::write);
      }
      case Statement.CallStatement(Expression.Call call, var _) -> read(call);
      case Statement.If choice -> {
        read(choice.predicate());
        collect(choice.then());
        collect(choice.otherwise());
      }
      case Statement.While loop -> {
        read(loop.predicate());
        collect(loop.body());
      }
      case Statement.For loop -> loop(loop);
      case Statement.Source _, Statement.Definition _ -> {}
    }
  }

  private void loop(Statement.For loop) {
    read(loop.range().from());
    read(loop.range().to());
    if (loop.range().step() != null) {
      read(loop.range().step());
    }
    String symbol = "~" + loop.variable().name() + "#" + loops.size();
    loops.add(bounds(loop, symbol, indexes));
    indexes.bind(loop.variable().name(), symbol);
    collect(loop.body());
  }

  /** The values that a loop's variable takes, as far as they are polynomials. */
  static LoopBounds bounds(Statement.For loop, String symbol, IndexExpressions indexes) {
    Polynomial from = indexes.of(loop.range().from());
    Polynomial to = indexes.of(loop.range().to());
    if (loop.range().step() == null) {
      boolean falling =
          from != null && to != null && !to.equals(from) && from.minus(to).isAtLeastOne();
      return falling ? new LoopBounds(symbol, to, from, 1) : new LoopBounds(symbol, from, to, 1);
    }
    Polynomial step = indexes.of(loop.range().step());
    if (step == null || !step.isConstant() || step.constantTerm() == 0) {
      return new LoopBounds(symbol, null, null, 0);
    }
    double size = step.constantTerm();
    return size > 0
        ? new LoopBounds(symbol, from, to, size)
        : new LoopBounds(symbol, to, from, -size);
  }

  private void write(Target target) {
    if (!target.isWhole()) {
      subscripts(target.subscripts());
      access(target.name(), TreePrinter.target(target), true, target);
    }
  }

  private void access(String variable, String text, boolean isWrite, Target target) {
    if (variables.contains(variable)) {
      accesses.add(
          new Access(variable, text, isWrite, ranges(target.subscripts()), target.position()));
    }
  }

  private void read(Expression expression) {
    if (expression instanceof Expression.Call call) {
      if (!Reads.isShapeOf(call)) {
        call.arguments().forEach(argument -> read(argument.value()));
      }
      return;
    }
    if (expression instanceof Expression.Binary binary) {
      read(binary.left());
      read(binary.right());
      return;
    }
    if (expression instanceof Expression.Unary unary) {
      read(unary.operand());
      return;
    }
    if (expression instanceof Expression.ListLiteral list) {
      list.elements().forEach(this::read);
      return;
    }
    if (expression instanceof Expression.Index index) {
      subscripts(index.subscripts());
      read(index.target().name(), expression, ranges(index.subscripts()));
    } else if (expression instanceof Expression.Name name) {
      read(name.name(), expression, List.of());
    }
  }

  private void read(String variable, Expression expression, List<IndexRange> ranges) {
    if (variables.contains(variable)) {
      Position position = expression.position();
      accesses.add(
          new Access(variable, ExpressionPrinter.print(expression), false, ranges, position));
    }
  }

  private void subscripts(List<Subscript> subscripts) {
    for (Subscript subscript : subscripts) {
      if (subscript.lower() != null) {
        read(subscript.lower());
      }
      if (subscript.upper() != null) {
        read(subscript.upper());
      }
    }
  }

  private List<IndexRange> ranges(List<Subscript> subscripts) {
    return subscripts.stream().map(this::range).toList();
  }

  private IndexRange range(Subscript subscript) {
    if (subscript.isAll()) {
      return IndexRange.ANYWHERE;
    }
    Polynomial lower = indexes.of(subscript.lower());
    Polynomial upper = subscript.isRange() ? indexes.of(subscript.upper()) : lower;
    return lower == null || upper == null ? IndexRange.ANYWHERE : new IndexRange(lower, upper);
  }
}
