package dev.reprise.language.lower;

import dev.reprise.language.syntax.Expression;
import dev.reprise.language.syntax.Expression.Argument;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.runtime.operation.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * From the name in a script to instructions. A name without a row of its own is an opcode of that
 * name, whose parameters are the arguments.
 */
final class Builtins {

  /** Lowers one call up to its last step. */
  @FunctionalInterface
  interface Row {
    Lowered lower(CallSite site);
  }

  /** Opcodes that only the compiler emits. */
  private static final Set<String> INTERNAL =
      Set.of(
          "matmul",
          "tsmm",
          "mmchain",
          "negate",
          "log_base",
          "rightIndex",
          "leftIndex",
          "listIndex",
          "listAssign",
          "listAppend",
          "listRemove",
          "output",
          "warm",
          "bound",
          "cut",
          "literal",
          "transformFunctions");

  private static final Map<String, Row> ROWS = rows();

  private Builtins() {}

  private static Map<String, Row> rows() {
    Map<String, Row> rows = new HashMap<>();
    for (Map.Entry<String, String> alias :
        Map.of(
                "Rand", "rand",
                "avg", "mean",
                "inverse", "inv",
                "ceiling", "ceil",
                "isNA", "is.na",
                "isNaN", "is.nan",
                "isInf", "is.infinite",
                "castAsScalar", "as.scalar",
                "as.boolean", "as.logical",
                "as.character", "as.string")
            .entrySet()) {
      rows.put(alias.getKey(), site -> byTable(site, alias.getValue()));
    }
    rows.put("readMM", site -> reading(site, "mm"));
    rows.put("read.csv", site -> reading(site, "csv"));
    for (String name : List.of("compress", "decompress", "local")) {
      rows.put(name, Builtins::asItIs);
    }
    ArithmeticBuiltins.addTo(rows);
    StatisticsBuiltins.addTo(rows);
    ListBuiltins.addTo(rows);
    NeuralBuiltins.addTo(rows);
    ProgramBuiltins.addTo(rows);
    return Map.copyOf(rows);
  }

  static boolean isBuiltin(String name, OperationTable operations) {
    return ROWS.containsKey(name) || isOperation(name, operations);
  }

  private static boolean isOperation(String name, OperationTable operations) {
    return Character.isLetter(name.charAt(0))
        && !INTERNAL.contains(name)
        && operations.find(name) != null;
  }

  /** All names that scripts may call. */
  static List<String> names(OperationTable operations) {
    List<String> names = new ArrayList<>(ROWS.keySet());
    for (Opcode opcode : operations.all()) {
      if (isOperation(opcode.name(), operations)) {
        names.add(opcode.name());
      }
    }
    return names;
  }

  static Lowered lower(CallSite site) {
    Row row = ROWS.get(site.call().name());
    return row != null ? row.lower(site) : byTable(site, site.call().name());
  }

  /** {@code read} of a format. */
  private static Lowered reading(CallSite site, String format) {
    Expression.Call call = site.call();
    List<Argument> arguments = new ArrayList<>(call.arguments());
    if (arguments.stream().anyMatch(argument -> "format".equals(argument.name()))) {
      return site.error(
          "'" + call.name() + "' reads one format, so that it takes no 'format'",
          "read(file, format=...) takes one");
    }
    Expression named = new Expression.Literal(Scalar.of(format), call.position());
    arguments.add(new Argument("format", named, call.position()));
    Expression.Call read = new Expression.Call(null, "read", arguments, call.position());
    return byTable(new CallSite(read, site.context(), site.expressions()), "read");
  }

  /**
   * Matrices have one form and one place here, so that compressing them, or making them local, is
   * no more than naming them.
   */
  private static Lowered asItIs(CallSite site) {
    if (site.count() == 0 || site.count() > 2) {
      return site.error(
          "'" + site.call().name() + "' takes a matrix, found " + site.count() + " arguments",
          null);
    }
    return site.expressions().lower(site.arguments().getFirst().value());
  }

  /** A call whose arguments are the parameters of the opcode's row. */
  static Lowered byTable(CallSite site, String opcodeName) {
    ProcedureContext context = site.context();
    Opcode opcode = context.operations().get(opcodeName);
    Signature signature = Signature.of(opcode);
    ArgumentBinding binding =
        ArgumentBinding.of(site.call(), signature, opcode.isVariadic(), context);
    Expression[] values = binding.values();
    int[] inputs = new int[values.length + binding.rest().size()];
    for (int i = 0; i < values.length; i++) {
      Parameter parameter = opcode.parameters().get(i);
      if (values[i] != null) {
        inputs[i] = site.operand(values[i]);
      } else if (parameter.isRequired()) {
        ArgumentBinding.missing(site.call(), parameter.name(), signature, context);
        inputs[i] = site.absent();
      } else {
        inputs[i] = context.builder().constant(parameter.defaultValue());
      }
    }
    int at = values.length;
    for (Argument argument : binding.rest()) {
      inputs[at++] = site.operand(argument.value());
    }
    return site.compute(opcodeName, inputs);
  }
}
