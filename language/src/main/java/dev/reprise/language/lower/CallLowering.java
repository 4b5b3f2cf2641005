package dev.reprise.language.lower;

import dev.reprise.language.NearestName;
import dev.reprise.language.SourceFile;
import dev.reprise.language.program.Instruction;
import dev.reprise.language.syntax.Expression;
import dev.reprise.language.syntax.Function;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lowers calls: a function of the file first, then a builtin, then the library; builtins that
 * SystemDS has not come last, so that a library folder of its users may have functions of that
 * name.
 */
final class CallLowering {
  private static final int MOST_NAMES_SHOWN = 12;

  private final ProcedureContext context;
  private final ExpressionLowering expressions;

  CallLowering(ProcedureContext context, ExpressionLowering expressions) {
    this.context = context;
    this.expressions = expressions;
  }

  Lowered lower(Expression.Call call) {
    FunctionReference function = find(call);
    if (function != null) {
      return invoke(call, function);
    }
    if (call.namespace() == null && Builtins.isBuiltin(call.name(), context.operations())) {
      return Builtins.lower(new CallSite(call, context, expressions));
    }
    if (!context.functions().isInBrokenFile(context.unit(), call.namespace(), call.name())) {
      unknown(call);
    }
    call.arguments().forEach(argument -> expressions.operand(argument.value()));
    return expressions.constant(Scalar.of(0L));
  }

  private FunctionReference find(Expression.Call call) {
    if (call.namespace() != null) {
      return context.functions().scoped(context.unit(), call.namespace(), call.name());
    }
    FunctionReference own = context.functions().own(context.unit(), call.name());
    // Shipped functions mean the builtin, whatever a folder of the user's calls by that name.
    boolean isShipped = context.unit().file().origin() == SourceFile.Origin.SHIPPED;
    boolean isFirst =
        NeuralBuiltins.isLanguage(call.name(), context.operations())
            || isShipped && Builtins.isBuiltin(call.name(), context.operations());
    if (own != null || isFirst) {
      return own;
    }
    FunctionReference shipped = context.functions().library(call.name());
    return shipped != null || Builtins.isBuiltin(call.name(), context.operations())
        ? shipped
        : FormerNames.function(call, context);
  }

  private void unknown(Expression.Call call) {
    if (call.namespace() != null && !context.unit().namespaces().containsKey(call.namespace())) {
      context.error(
          call.position(),
          call.namespace().length(),
          "unknown name space '" + call.namespace() + "'",
          spaceHint(call.namespace()));
      return;
    }
    if (call.fullName().equals("source")) {
      context.error(
          call.position(),
          6,
          "a sourced file needs a name space",
          "write source(\"file.dml\") as ns");
      return;
    }
    List<String> candidates = new ArrayList<>(context.functions().callable(context.unit()));
    candidates.addAll(Builtins.names(context.operations()));
    context.error(
        call.position(),
        call.fullName().length(),
        "unknown function '" + call.fullName() + "'",
        hint(call.fullName(), candidates));
  }

  /**
   * A function of that name in a name space, what to write instead of a name of other languages, a
   * similar name, or what the call's name space has.
   */
  private static String hint(String name, List<String> candidates) {
    Optional<String> scoped =
        candidates.stream()
            .filter(candidate -> candidate.endsWith("::" + name))
            .sorted()
            .findFirst();
    if (scoped.isPresent()) {
      return "did you mean '" + scoped.get() + "'?";
    }
    int dot = name.lastIndexOf('.');
    if (dot > 0 && candidates.contains(name.substring(dot + 1))) {
      return "functions take their arguments in parentheses: "
          + name.substring(dot + 1)
          + "("
          + name.substring(0, dot)
          + ", ...)";
    }
    String foreign = ForeignNames.hint(name);
    String known = foreign != null ? foreign : NearestName.hint(name, candidates);
    int scope = name.indexOf("::");
    if (known != null || scope < 0) {
      return known;
    }
    String space = name.substring(0, scope + 2);
    List<String> its =
        candidates.stream()
            .filter(candidate -> candidate.startsWith(space))
            .map(candidate -> candidate.substring(space.length()))
            .sorted()
            .toList();
    return its.isEmpty() || its.size() > MOST_NAMES_SHOWN
        ? null
        : "its functions are " + String.join(", ", its);
  }

  private String spaceHint(String space) {
    String nearest = NearestName.hint(space, context.unit().namespaces().keySet());
    String layer = nearest == null ? context.functions().layerFile(space) : null;
    if (nearest == null && layer == null && !context.unit().namespaces().isEmpty()) {
      return "known are "
          + String.join(", ", context.unit().namespaces().keySet().stream().sorted().toList());
    }
    return layer == null ? nearest : "write source(\"" + layer + "\") as " + space;
  }

  private Lowered invoke(Expression.Call call, FunctionReference reference) {
    List<Function.Parameter> parameters = reference.function().parameters();
    Signature signature = Signature.ofFunction(reference.function());
    List<String> names = signature.names();
    Expression.Call today = FormerNames.today(call, names, context);
    ArgumentBinding binding = ArgumentBinding.of(today, signature, false, context);
    List<Instruction.Argument> arguments = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Expression value = binding.values()[i];
      if (value != null) {
        arguments.add(new Instruction.Argument(names.get(i), expressions.operand(value)));
      } else if (parameters.get(i).defaultValue() == null) {
        ArgumentBinding.missing(call, names.get(i), signature, context);
      }
    }
    return new Lowered.Invocation(
        reference.name(),
        List.copyOf(arguments),
        reference.function().results().size(),
        call.position());
  }
}
