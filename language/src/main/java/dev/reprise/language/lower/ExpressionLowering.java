package dev.reprise.language.lower;

import dev.reprise.language.Position;
import dev.reprise.language.optimize.ConstantFolding;
import dev.reprise.language.program.Instruction;
import dev.reprise.language.syntax.Expression;
import dev.reprise.language.syntax.Expression.Subscript;
import dev.reprise.language.syntax.LanguageConstants;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Lowers expressions to instructions that it appends to a list. */
final class ExpressionLowering {
  private static final int[] NOTHING = {};
  private static final Set<String> VALUELESS =
      Set.of(
          "print", "stop", "assert", "write", "checkpoint", "metric", "progress", "score", "setwd");

  private final ProcedureContext context;
  private final ProcedureBuilder builder;
  private final List<Instruction> out;
  private final CallLowering calls;

  ExpressionLowering(ProcedureContext context, List<Instruction> out) {
    this.context = context;
    this.builder = context.builder();
    this.out = out;
    this.calls = new CallLowering(context, this);
  }

  /** Computes an expression; returns the slot or constant that holds it. */
  int operand(Expression expression) {
    Lowered lowered = lower(expression);
    if (lowered instanceof Lowered.Value(int operand)) {
      return operand;
    }
    requireValue(expression, lowered);
    int slot = builder.temporary();
    emit(lowered, new int[] {slot});
    return slot;
  }

  private void requireValue(Expression expression, Lowered lowered) {
    boolean hasNone =
        (lowered instanceof Lowered.Computation step && VALUELESS.contains(step.operation().name()))
            || (lowered instanceof Lowered.Invocation invocation && invocation.results() == 0);
    if (hasNone && expression instanceof Expression.Call call) {
      context.error(
          call.position(),
          call.fullName().length(),
          "'" + call.fullName() + "' returns no value",
          null);
    }
  }

  /** Computes an expression into a slot. */
  void into(int slot, Expression expression, Position position) {
    Lowered lowered = lower(expression);
    if (lowered instanceof Lowered.Value(int operand)) {
      if (operand != slot) {
        out.add(new Instruction.Copy(operand, slot, NOTHING, position));
      }
    } else {
      requireValue(expression, lowered);
      emit(lowered, new int[] {slot});
    }
  }

  /** Emits the last step; outputs beyond the given ones are dropped. */
  void emit(Lowered lowered, int[] outputs) {
    if (lowered instanceof Lowered.Computation step) {
      int[] all = padded(outputs, step.operation().opcode().outputs());
      out.add(
          new Instruction.Compute(step.operation(), step.inputs(), all, NOTHING, step.position()));
    } else if (lowered instanceof Lowered.Invocation call) {
      int[] all = padded(outputs, call.results());
      out.add(
          new Instruction.Call(call.function(), call.arguments(), all, NOTHING, call.position()));
    }
  }

  private static int[] padded(int[] outputs, int count) {
    int[] all = Arrays.copyOf(outputs, Math.max(outputs.length, count));
    Arrays.fill(all, outputs.length, all.length, -1);
    return all;
  }

  Lowered lower(Expression expression) {
    if (expression instanceof Expression.Literal literal) {
      return constant(literal.value());
    }
    if (expression instanceof Expression.Name name) {
      return name(name);
    }
    if (expression instanceof Expression.Call call) {
      return calls.lower(call);
    }
    if (expression instanceof Expression.Binary binary) {
      return binary(binary);
    }
    if (expression instanceof Expression.Index index) {
      return index(index);
    }
    if (expression instanceof Expression.Unary unary) {
      return unary(unary);
    }
    if (expression instanceof Expression.CommandArgument argument) {
      return argument(argument);
    }
    return list((Expression.ListLiteral) expression);
  }

  Lowered constant(Scalar value) {
    return new Lowered.Value(builder.constant(value));
  }

  Lowered compute(String opcode, Position position, int... inputs) {
    return compute(opcode, Attributes.none(), position, inputs);
  }

  Lowered compute(String opcode, Attributes attributes, Position position, int... inputs) {
    return new Lowered.Computation(
        new Operation(context.operations().get(opcode), attributes), inputs, position);
  }

  /** Emits a step whose result is needed by a later one. */
  int temporary(Lowered lowered) {
    if (lowered instanceof Lowered.Value(int operand)) {
      return operand;
    }
    int slot = builder.temporary();
    emit(lowered, new int[] {slot});
    return slot;
  }

  int absent() {
    return builder.constant(Scalar.absent());
  }

  private Lowered name(Expression.Name name) {
    if (context.variables().contains(name.name())) {
      return new Lowered.Value(builder.slot(name.name()));
    }
    Scalar constant = LanguageConstants.find(name.name());
    return constant(constant == null ? Scalar.of(0L) : constant);
  }

  private Lowered argument(Expression.CommandArgument argument) {
    String value = context.arguments().get(argument.name());
    if (value == null) {
      context.error(
          argument.position(),
          argument.name().length() + 1,
          "the argument $" + argument.name() + " is not given",
          Character.isDigit(argument.name().charAt(0))
              ? "pass it with --args, or give it a default: ifdef($" + argument.name() + ", ...)"
              : "pass it with --nvargs "
                  + argument.name()
                  + "=..., or give it a default: ifdef($"
                  + argument.name()
                  + ", ...)");
      return constant(Scalar.of(0L));
    }
    return constant(LanguageConstants.typed(value));
  }

  private Lowered unary(Expression.Unary unary) {
    int operand = operand(unary.operand());
    Scalar constant = builder.constantAt(operand);
    Scalar folded = constant == null ? null : ConstantFolding.unary(unary.operator(), constant);
    if (folded != null) {
      return constant(folded);
    }
    return switch (unary.operator()) {
      case "-" -> compute("negate", unary.position(), operand);
      case "!" -> compute("!", unary.position(), operand);
      default -> new Lowered.Value(operand);
    };
  }

  private Lowered binary(Expression.Binary binary) {
    if (binary.operator().equals("%*%")) {
      return ProductLowering.lower(binary, context, this);
    }
    int left = operand(binary.left());
    int right = operand(binary.right());
    Scalar folded =
        ConstantFolding.binary(
            binary.operator(), builder.constantAt(left), builder.constantAt(right));
    return folded != null
        ? constant(folded)
        : compute(binary.operator(), binary.position(), left, right);
  }

  private Lowered index(Expression.Index index) {
    int target = operand(index.target());
    List<Subscript> subscripts = index.subscripts();
    if (subscripts.size() == 1) {
      return compute(
          "listIndex",
          index.position(),
          target,
          bound(subscripts.get(0).lower()),
          bound(subscripts.get(0).upper()));
    }
    int[] bounds = bounds(subscripts);
    return compute(
        "rightIndex", index.position(), target, bounds[0], bounds[1], bounds[2], bounds[3]);
  }

  /** Row and column bounds of a two-dimensional index; absent where left out. */
  int[] bounds(List<Subscript> subscripts) {
    return new int[] {
      bound(subscripts.get(0).lower()),
      bound(subscripts.get(0).upper()),
      bound(subscripts.get(1).lower()),
      bound(subscripts.get(1).upper())
    };
  }

  int bound(Expression expression) {
    return expression == null ? absent() : operand(expression);
  }

  private Lowered list(Expression.ListLiteral list) {
    int[] inputs = list.elements().stream().mapToInt(this::operand).toArray();
    return compute("list", list.position(), inputs);
  }
}
