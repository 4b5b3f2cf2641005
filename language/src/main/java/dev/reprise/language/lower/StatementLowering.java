package dev.reprise.language.lower;

import dev.reprise.language.Position;
import dev.reprise.language.program.Block;
import dev.reprise.language.program.Instruction;
import dev.reprise.language.syntax.Expression;
import dev.reprise.language.syntax.Expression.Subscript;
import dev.reprise.language.syntax.Statement;
import dev.reprise.language.syntax.Statement.Target;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Lowers statements to blocks; consecutive statements without control flow share one. */
final class StatementLowering {
  private final ProcedureContext context;
  private final Map<Statement.For, Set<String>> beforeParfor;

  StatementLowering(ProcedureContext context, Map<Statement.For, Set<String>> beforeParfor) {
    this.context = context;
    this.beforeParfor = beforeParfor;
  }

  List<Block> blocks(List<Statement> statements) {
    List<Block> blocks = new ArrayList<>();
    List<Instruction> straight = new ArrayList<>();
    for (Statement statement : statements) {
      Block control = lower(statement, straight);
      if (control != null) {
        flush(straight, blocks);
        straight = new ArrayList<>();
        blocks.add(control);
      }
    }
    flush(straight, blocks);
    return List.copyOf(blocks);
  }

  private static void flush(List<Instruction> straight, List<Block> blocks) {
    if (!straight.isEmpty()) {
      blocks.add(new Block.Straight(List.copyOf(straight)));
    }
  }

  /** Appends the statement to the straight code, or returns the block that it becomes. */
  private Block lower(Statement statement, List<Instruction> straight) {
    ExpressionLowering expressions = new ExpressionLowering(context, straight);
    if (statement instanceof Statement.Assign assign) {
      assign(assign.target(), assign.value(), assign.position(), expressions);
    } else if (statement instanceof Statement.Accumulate accumulate) {
      accumulate(accumulate, expressions);
    } else if (statement instanceof Statement.MultiAssign multi) {
      multiAssign(multi, expressions);
    } else if (statement instanceof Statement.CallStatement call) {
      expressions.emit(expressions.lower(call.call()), new int[0]);
    } else if (statement instanceof Statement.If choice) {
      return new Block.If(
          code(choice.predicate()),
          blocks(choice.then()),
          blocks(choice.otherwise()),
          choice.position());
    } else if (statement instanceof Statement.While loop) {
      return new Block.While(code(loop.predicate()), blocks(loop.body()), loop.position());
    } else if (statement instanceof Statement.For loop) {
      return loop.parallel() ? parfor(loop) : counted(loop);
    }
    return null;
  }

  private void accumulate(Statement.Accumulate statement, ExpressionLowering expressions) {
    Target target = statement.target();
    Position position = statement.position();
    Expression sum = new Expression.Binary("+", current(target), statement.value(), position);
    assign(target, sum, position, expressions);
  }

  private static Expression current(Target target) {
    Expression.Name name = new Expression.Name(target.name(), target.position());
    return target.isWhole()
        ? name
        : new Expression.Index(name, target.subscripts(), target.position());
  }

  private void assign(
      Target target, Expression value, Position position, ExpressionLowering expressions) {
    int slot = context.builder().slot(target.name());
    if (target.isWhole()) {
      expressions.into(slot, value, position);
    } else {
      assignPart(target, expressions.operand(value), expressions);
    }
  }

  private void assignPart(Target target, int source, ExpressionLowering expressions) {
    int slot = context.builder().slot(target.name());
    List<Subscript> subscripts = target.subscripts();
    Lowered change;
    if (subscripts.size() == 1) {
      int lower = expressions.bound(subscripts.get(0).lower());
      int upper = expressions.bound(subscripts.get(0).upper());
      change = expressions.compute("listAssign", target.position(), slot, source, lower, upper);
    } else {
      int[] at = expressions.bounds(subscripts);
      change =
          expressions.compute(
              "leftIndex", target.position(), slot, source, at[0], at[1], at[2], at[3]);
    }
    expressions.emit(change, new int[] {slot});
  }

  private void multiAssign(Statement.MultiAssign multi, ExpressionLowering expressions) {
    Lowered call = expressions.lower(multi.value());
    int available = 0;
    if (call instanceof Lowered.Invocation invocation) {
      available = invocation.results();
    } else if (call instanceof Lowered.Computation step) {
      available =
          step.operation().name().equals("eval")
              ? multi.targets().size()
              : step.operation().opcode().outputs();
    }
    if (!(multi.value() instanceof Expression.Call function)) {
      context.error(
          multi.position(), 1, "only the results of a call are assigned to several targets", null);
      return;
    }
    if (multi.targets().size() > available) {
      boolean isUnknown = call instanceof Lowered.Value && !function.name().equals("ifdef");
      if (!isUnknown) {
        context.error(
            multi.position(),
            1,
            "'"
                + function.fullName()
                + "' returns "
                + ArgumentBinding.count(available, "value")
                + ", found "
                + ArgumentBinding.count(multi.targets().size(), "target"),
            null);
      }
      return;
    }
    int[] outputs = new int[multi.targets().size()];
    for (int i = 0; i < outputs.length; i++) {
      Target target = multi.targets().get(i);
      outputs[i] =
          target.isWhole() ? context.builder().slot(target.name()) : context.builder().temporary();
    }
    expressions.emit(call, outputs);
    for (int i = 0; i < outputs.length; i++) {
      if (!multi.targets().get(i).isWhole()) {
        assignPart(multi.targets().get(i), outputs[i], expressions);
      }
    }
  }

  Block.Code code(Expression expression) {
    List<Instruction> instructions = new ArrayList<>();
    int operand = new ExpressionLowering(context, instructions).operand(expression);
    return new Block.Code(List.copyOf(instructions), operand);
  }

  private Block.For counted(Statement.For loop) {
    Statement.Range range = loop.range();
    return new Block.For(
        context.builder().slot(loop.variable().name()),
        code(range.from()),
        code(range.to()),
        range.step() == null ? null : code(range.step()),
        blocks(loop.body()),
        loop.position());
  }

  private Block.ParFor parfor(Statement.For loop) {
    Map<String, Block.Code> options = new LinkedHashMap<>();
    for (Expression.Argument option : loop.options()) {
      options.put(option.name(), option(option.value()));
    }
    ParForResults results = ParForResults.of(loop, beforeParfor.getOrDefault(loop, Set.of()));
    Block.For counted = counted(loop);
    return new Block.ParFor(
        counted, options, slots(results.names()), slots(results.readNames()), loop.position());
  }

  /** An unquoted word that is no variable stands for itself: {@code opt=NONE}. */
  private Block.Code option(Expression value) {
    if (value instanceof Expression.Name(String name, var _)
        && !context.variables().contains(name)) {
      return new Block.Code(List.of(), context.builder().constant(Scalar.of(name)));
    }
    return code(value);
  }

  private int[] slots(Set<String> names) {
    return names.stream().mapToInt(context.builder()::slot).toArray();
  }
}
