package dev.reprise.language.lower;

import dev.reprise.language.Diagnostics;
import dev.reprise.language.Position;
import dev.reprise.language.program.Procedure.DeclaredType;
import dev.reprise.runtime.operation.OperationTable;
import java.util.Map;
import java.util.Set;

/**
 * What lowering knows while it works on one procedure.
 *
 * @param arguments the script's command-line arguments, names without the dollar sign
 * @param variables every name that is a variable somewhere in the procedure
 * @param parameterTypes declared types of the parameters
 */
record ProcedureContext(
    Unit unit,
    FunctionTable functions,
    OperationTable operations,
    Map<String, String> arguments,
    Set<String> variables,
    Map<String, DeclaredType> parameterTypes,
    ProcedureBuilder builder) {

  Diagnostics diagnostics() {
    return unit.diagnostics();
  }

  void error(Position position, int length, String message, String hint) {
    unit.diagnostics().error(position, length, message, hint);
  }

  /** A warning that a file gets once, however often it has the reason. */
  void warnOnce(Position position, int length, String message) {
    if (unit.diagnostics().sorted().stream().noneMatch(d -> d.message().equals(message))) {
      unit.diagnostics().warning(position, length, message, null);
    }
  }

  boolean isBuiltin(String name) {
    return functions.own(unit, name) == null && Builtins.isBuiltin(name, operations);
  }
}
