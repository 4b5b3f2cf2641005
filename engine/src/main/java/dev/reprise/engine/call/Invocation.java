package dev.reprise.engine.call;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.step.Conversions;
import dev.reprise.language.Position;
import dev.reprise.language.program.Procedure.DeclaredType;
import dev.reprise.language.program.Procedure.Parameter;
import dev.reprise.language.program.Procedure.Result;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Value;
import java.util.Arrays;
import java.util.List;

/** Runs a function: binds arguments, evaluates defaults, executes the body, returns results. */
final class Invocation {
  private Invocation() {}

  /**
   * For each parameter of a function the position of its argument, or -1 when left out. Named
   * arguments go by name; positional ones by their place in the call, or to the next free parameter
   * when that place was named.
   */
  static int[] match(LinkedProcedure callee, List<String> names) {
    List<Parameter> parameters = callee.procedure().parameters();
    int[] argumentOf = new int[parameters.size()];
    Arrays.fill(argumentOf, -1);
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i) != null) {
        int parameter = indexOf(parameters, names.get(i));
        if (parameter < 0) {
          throw new OperandException(
              "function '"
                  + callee.name()
                  + "' has no parameter '"
                  + names.get(i)
                  + "'; its parameters are "
                  + parameters.stream().map(Parameter::name).toList());
        }
        argumentOf[parameter] = i;
      }
    }
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i) == null) {
        argumentOf[freeParameter(callee, argumentOf, i)] = i;
      }
    }
    for (int p = 0; p < argumentOf.length; p++) {
      if (argumentOf[p] < 0 && parameters.get(p).defaultValue() == null) {
        throw new OperandException(
            "function '"
                + callee.name()
                + "' needs an argument for '"
                + parameters.get(p).name()
                + "'");
      }
    }
    return argumentOf;
  }

  private static int freeParameter(LinkedProcedure callee, int[] argumentOf, int position) {
    if (position < argumentOf.length && argumentOf[position] < 0) {
      return position;
    }
    for (int p = 0; p < argumentOf.length; p++) {
      if (argumentOf[p] < 0) {
        return p;
      }
    }
    throw new OperandException(
        "function '" + callee.name() + "' takes " + argumentOf.length + " arguments, not more");
  }

  private static int indexOf(List<Parameter> parameters, String name) {
    for (int p = 0; p < parameters.size(); p++) {
      if (parameters.get(p).name().equals(name)) {
        return p;
      }
    }
    return -1;
  }

  /**
   * Calls a function.
   *
   * @param arguments borrowed values, by position in the call
   * @param items their lineage items; ignored when nothing is traced
   * @param outputs slots of the caller for the first results; -1 drops one
   */
  static void call(
      ControlContext context,
      Activation caller,
      LinkedProcedure callee,
      int[] argumentOf,
      Value[] arguments,
      LineageItem[] items,
      int[] outputs,
      Position callSite) {
    context.enterCall(callee.name());
    if (context.footprint != null) {
      context.footprint.calls(callee);
    }
    Activation inner = new Activation(callee.layout(), caller, callSite, caller.isTraced());
    try {
      context.checkCancelled();
      bindArguments(context, inner, callee, argumentOf, arguments, items);
      callee.execute(context, inner, outputs.length);
      returnResults(context, inner, callee, caller, outputs);
      caller.addItemsOf(inner);
      if (caller.hasMadeManyItems()) {
        context.run.lineage().look(context, caller);
      }
    } finally {
      inner.leave();
      context.leaveCall();
    }
  }

  private static void bindArguments(
      ControlContext context,
      Activation inner,
      LinkedProcedure callee,
      int[] argumentOf,
      Value[] arguments,
      LineageItem[] items) {
    List<Parameter> parameters = callee.procedure().parameters();
    for (int p = 0; p < argumentOf.length; p++) {
      Parameter parameter = parameters.get(p);
      if (argumentOf[p] >= 0) {
        Value value = arguments[argumentOf[p]];
        value.retain();
        inner.bind(parameter.slot(), value, items == null ? null : items[argumentOf[p]]);
      } else {
        callee.defaultOf(p).into(parameter.slot(), context, inner);
      }
      convert(context, inner, parameter.slot(), parameter.type(), parameter.name());
    }
  }

  private static void returnResults(
      ControlContext context,
      Activation inner,
      LinkedProcedure callee,
      Activation caller,
      int[] outputs) {
    List<Result> results = callee.procedure().results();
    if (outputs.length > results.size()) {
      throw new OperandException(
          "function '"
              + callee.name()
              + "' has "
              + results.size()
              + " results, not "
              + outputs.length);
    }
    for (int r = 0; r < outputs.length; r++) {
      Result result = results.get(r);
      if (inner.values[result.slot()] == null) {
        throw new OperandException(
            "function '" + callee.name() + "' did not assign its result '" + result.name() + "'");
      }
      convert(context, inner, result.slot(), result.type(), result.name());
    }
    for (int r = 0; r < outputs.length; r++) {
      int slot = results.get(r).slot();
      Value value = inner.values[slot];
      value.retain();
      caller.bind(outputs[r], value, inner.item(slot));
    }
  }

  /** Converts scalars to the declared type and refuses what does not fit it. */
  private static void convert(
      ControlContext context, Activation inner, int slot, DeclaredType type, String name) {
    Value value = inner.values[slot];
    if (value instanceof Handle handle) {
      if (handle.meta() != null && Conversions.fits(handle.meta().type(), type)) {
        return;
      }
      value = context.await(handle);
    }
    if (Conversions.fits(value.type(), type)) {
      return;
    }
    Conversions.convert(inner, slot, value, type, name);
  }

  /** The item of an argument list, or null when nothing is traced. */
  static LineageItem[] items(Activation activation, int[] operands) {
    if (!activation.isTraced()) {
      return null;
    }
    LineageItem[] items = new LineageItem[operands.length];
    for (int i = 0; i < operands.length; i++) {
      items[i] = activation.items[operands[i]];
    }
    return items;
  }
}
