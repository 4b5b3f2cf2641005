package dev.reprise.language.lower;

import dev.reprise.language.Position;
import dev.reprise.language.ProgramVariables;
import dev.reprise.language.check.ForgottenVariables;
import dev.reprise.language.check.ParForCheck;
import dev.reprise.language.check.VariableCheck;
import dev.reprise.language.optimize.Optimization;
import dev.reprise.language.optimize.Optimizer;
import dev.reprise.language.program.Block;
import dev.reprise.language.program.Procedure;
import dev.reprise.language.program.Procedure.DeclaredType;
import dev.reprise.language.syntax.AssignedNames;
import dev.reprise.language.syntax.Function;
import dev.reprise.language.syntax.Statement;
import dev.reprise.runtime.operation.OperationTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks and lowers one procedure; findings go to its unit's diagnostics. */
final class ProcedureCompiler {
  private final FunctionTable functions;
  private final OperationTable operations;
  private final Map<String, String> arguments;
  private final Optimization optimization;

  ProcedureCompiler(
      FunctionTable functions,
      OperationTable operations,
      Map<String, String> arguments,
      Optimization optimization) {
    this.functions = functions;
    this.operations = operations;
    this.arguments = arguments;
    this.optimization = optimization;
  }

  /**
   * Compiles the main program.
   *
   * @param outside variables that exist before it starts or are read after it has ended
   * @param forgotten receives those of the readable ones that have no value then
   */
  Procedure main(Unit unit, ProgramVariables outside, Set<String> forgotten) {
    Set<String> bound = outside.bound();
    Set<String> readable = outside.readable();
    List<Statement> statements = unit.statements();
    Map<Statement.For, Set<String>> beforeParfor =
        VariableCheck.main(statements, bound, outside.wanted(), unit.diagnostics());
    Set<String> kept = new HashSet<>(readable);
    forgotten.addAll(ForgottenVariables.of(statements, beforeParfor, readable));
    kept.removeAll(forgotten);
    ParForCheck.check(
        statements, beforeParfor, bound, kept, unit.functions().keySet(), unit.diagnostics());
    Set<String> variables = new HashSet<>(AssignedNames.of(statements));
    variables.addAll(bound);
    ProcedureBuilder builder = new ProcedureBuilder();
    bound.stream().sorted().forEach(builder::slot);
    ProcedureContext context = context(unit, variables, Map.of(), builder);
    List<Block> body = new StatementLowering(context, beforeParfor).blocks(statements);
    BitSet live = slots(kept, builder);
    Optimizer.Result optimized =
        optimized(unit, body, true, builder, slots(bound, builder), live, Map.of());
    return new Procedure(
        "main",
        List.of(),
        List.of(),
        Collections.unmodifiableList(builder.slotNames()),
        builder.constants(),
        Liveness.annotate(optimized.body(), live),
        new Position(unit.file().name(), 1, 1),
        optimized.rewrites());
  }

  Procedure function(FunctionReference reference) {
    Function function = reference.function();
    Unit unit = reference.unit();
    Map<Statement.For, Set<String>> beforeParfor =
        VariableCheck.function(function, unit.diagnostics());
    Set<String> variables = new HashSet<>(AssignedNames.of(function.body()));
    Map<String, DeclaredType> types = new LinkedHashMap<>();
    function.parameters().forEach(p -> types.put(p.name(), p.type()));
    Set<String> resultNames = new HashSet<>();
    function.results().forEach(r -> resultNames.add(r.name()));
    ParForCheck.check(
        function.body(),
        beforeParfor,
        types.keySet(),
        resultNames,
        unit.functions().keySet(),
        unit.diagnostics());
    variables.addAll(resultNames);
    variables.addAll(types.keySet());
    ProcedureBuilder builder = new ProcedureBuilder();
    types.keySet().forEach(builder::slot);
    ProcedureContext context = context(unit, variables, types, builder);
    StatementLowering statements = new StatementLowering(context, beforeParfor);
    List<Procedure.Parameter> parameters =
        parameters(function, statements, types.keySet(), builder);
    List<Procedure.Result> results =
        function.results().stream()
            .map(r -> new Procedure.Result(r.name(), r.type(), builder.slot(r.name())))
            .toList();
    List<Block> body = statements.blocks(function.body());
    BitSet live = new BitSet();
    results.forEach(result -> live.set(result.slot()));
    Map<Integer, DeclaredType> declared = new HashMap<>();
    parameters.forEach(p -> declared.put(p.slot(), p.type()));
    Optimizer.Result optimized =
        optimized(unit, body, false, builder, slots(types.keySet(), builder), live, declared);
    return new Procedure(
        reference.name(),
        parameters,
        results,
        Collections.unmodifiableList(builder.slotNames()),
        builder.constants(),
        Liveness.annotate(optimized.body(), live),
        function.position(),
        optimized.rewrites());
  }

  /** The body after all rewrites; as it is when the unit has mistakes. */
  private Optimizer.Result optimized(
      Unit unit,
      List<Block> body,
      boolean isMain,
      ProcedureBuilder builder,
      BitSet bound,
      BitSet kept,
      Map<Integer, DeclaredType> declared) {
    return unit.diagnostics().hasErrors()
        ? new Optimizer.Result(body, List.of())
        : Optimizer.rewrite(
            body, isMain, optimization, builder, bound, kept, declared, this::results);
  }

  private List<DeclaredType> results(String name) {
    FunctionReference reference = functions.listed(name);
    return reference == null
        ? List.of()
        : reference.function().results().stream().map(Function.Parameter::type).toList();
  }

  private static List<Procedure.Parameter> parameters(
      Function function,
      StatementLowering statements,
      Set<String> names,
      ProcedureBuilder builder) {
    List<Procedure.Parameter> parameters = new ArrayList<>();
    for (Function.Parameter p : function.parameters()) {
      Block.Code value = p.defaultValue() == null ? null : statements.code(p.defaultValue());
      if (value != null) {
        value = Liveness.annotateDefault(value, slots(names, builder));
      }
      parameters.add(new Procedure.Parameter(p.name(), p.type(), builder.slot(p.name()), value));
    }
    return List.copyOf(parameters);
  }

  private static BitSet slots(Set<String> names, ProcedureBuilder builder) {
    BitSet slots = new BitSet();
    for (String name : names) {
      int slot = builder.existingSlot(name);
      if (slot >= 0) {
        slots.set(slot);
      }
    }
    return slots;
  }

  private ProcedureContext context(
      Unit unit, Set<String> variables, Map<String, DeclaredType> types, ProcedureBuilder builder) {
    return new ProcedureContext(
        unit, functions, operations, arguments, Set.copyOf(variables), types, builder);
  }
}
