package dev.reprise.language.check;

import dev.reprise.language.Diagnostics;
import dev.reprise.language.NearestName;
import dev.reprise.language.Position;
import dev.reprise.language.syntax.AssignedNames;
import dev.reprise.language.syntax.Expression;
import dev.reprise.language.syntax.Expression.Subscript;
import dev.reprise.language.syntax.Function;
import dev.reprise.language.syntax.LanguageConstants;
import dev.reprise.language.syntax.Statement;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Walks a procedure along its control flow with the set of variables that may be assigned there.
 *
 * <p>Reading a variable that no path has assigned is an error; one that only some paths assign is
 * left to run time, since scripts assign and read under equal conditions.
 */
public final class VariableCheck {
  private static final List<String> OPTIONS =
      List.of(
          "check",
          "par",
          "mode",
          "opt",
          "taskpartitioner",
          "tasksize",
          "resultmerge",
          "datapartitioner",
          "log",
          "profile");

  private final Diagnostics diagnostics;
  private final Set<String> everAssigned;
  private final Set<String> localToParfor = new HashSet<>();
  private final Set<String> parforVariables = new HashSet<>();
  private final Map<Statement.For, Set<String>> beforeParfor = new IdentityHashMap<>();

  private final NameTrail assigned;

  private VariableCheck(Diagnostics diagnostics, Set<String> everAssigned, Set<String> assigned) {
    this.diagnostics = diagnostics;
    this.everAssigned = everAssigned;
    this.assigned = new NameTrail(assigned);
  }

  /**
   * Checks the main program.
   *
   * @param bound variables that exist before it starts
   * @param wanted variables that are read after it has ended
   * @return for each parfor those variables of its body that may exist before it
   */
  public static Map<Statement.For, Set<String>> main(
      List<Statement> statements, Set<String> bound, Set<String> wanted, Diagnostics diagnostics) {
    VariableCheck check = new VariableCheck(diagnostics, AssignedNames.of(statements), bound);
    check.statements(statements);
    wanted.stream().sorted().forEach(check::wanted);
    return check.beforeParfor;
  }

  /** An output of the program, which is read where it ends. */
  private void wanted(String name) {
    if (!assigned.contains(name)) {
      error(
          diagnostics.file().end(),
          "",
          "the output '" + name + "' is never assigned",
          localToParfor.contains(name) ? hint(name) : NearestName.hint(name, assigned.names()));
    }
  }

  /** Checks a function; returns for each parfor what {@link #main} does. */
  public static Map<Statement.For, Set<String>> function(
      Function function, Diagnostics diagnostics) {
    VariableCheck check =
        new VariableCheck(diagnostics, AssignedNames.of(function.body()), Set.of());
    check.signature(function);
    check.statements(function.body());
    check.results(function);
    return check.beforeParfor;
  }

  private void signature(Function function) {
    for (Function.Parameter parameter : function.parameters()) {
      if (parameter.defaultValue() != null) {
        reads(parameter.defaultValue());
      }
      if (!assigned.add(parameter.name())) {
        error(
            parameter.position(),
            parameter.name(),
            "the parameter '" + parameter.name() + "' of '" + function.name() + "' exists twice",
            null);
      }
      constant(parameter.name(), parameter.position());
    }
  }

  private void results(Function function) {
    Set<String> seen = new HashSet<>();
    for (Function.Parameter result : function.results()) {
      if (!seen.add(result.name())) {
        error(
            result.position(),
            result.name(),
            "the result '" + result.name() + "' of '" + function.name() + "' exists twice",
            null);
      }
      if (!assigned.contains(result.name())) {
        error(
            result.position(),
            result.name(),
            "the result '" + result.name() + "' of '" + function.name() + "' is never assigned",
            NearestName.hint(result.name(), everAssigned));
      }
    }
  }

  private void statements(List<Statement> statements) {
    statements.forEach(this::statement);
  }

  private void statement(Statement statement) {
    if (statement instanceof Statement.Assign assign) {
      reads(assign.value());
      assign(assign.target());
    } else if (statement instanceof Statement.Accumulate accumulate) {
      read(accumulate.target().name(), accumulate.target().position());
      reads(accumulate.value());
      assign(accumulate.target());
    } else if (statement instanceof Statement.MultiAssign multi) {
      reads(multi.value());
      multi.targets().forEach(this::assign);
    } else if (statement instanceof Statement.CallStatement call) {
      reads(call.call());
    } else if (statement instanceof Statement.If choice) {
      choice(choice);
    } else if (statement instanceof Statement.While loop) {
      AssignedNames.lasting(loop.body()).forEach(assigned::add);
      reads(loop.predicate());
      statements(loop.body());
    } else if (statement instanceof Statement.For loop) {
      loop(loop);
    } else if (statement instanceof Statement.Definition definition) {
      String name = definition.function().name();
      error(
          definition.position(),
          name,
          "the function '" + name + "' is not defined at the top level",
          "move it out of the block, or look for a missing '}' above it");
    } else {
      error(statement.position(), "source", "files are sourced at the top level only", null);
    }
  }

  private void choice(Statement.If choice) {
    reads(choice.predicate());
    int fork = assigned.mark();
    statements(choice.then());
    Map<String, Boolean> then = assigned.takeBack(fork);
    statements(choice.otherwise());
    assigned.unite(fork, then);
  }

  private void loop(Statement.For loop) {
    reads(loop.range().from());
    reads(loop.range().to());
    if (loop.range().step() != null) {
      reads(loop.range().step());
    }
    for (Expression.Argument option : loop.options()) {
      if (!OPTIONS.contains(option.name())) {
        error(
            option.position(),
            option.name(),
            "a loop has no option '" + option.name() + "'",
            optionHint(option.name()));
      }
      if (!(option.value() instanceof Expression.Name)) {
        reads(option.value());
      }
    }
    String variable = loop.variable().name();
    constant(variable, loop.variable().position());
    if (!loop.parallel()) {
      notParforVariable(variable, loop.variable().position());
      assigned.add(variable);
      AssignedNames.lasting(loop.body()).forEach(assigned::add);
      statements(loop.body());
      return;
    }
    beforeParfor.put(loop, outside(loop));
    int before = assigned.mark();
    boolean inner = !parforVariables.add(variable);
    if (inner) {
      notParforVariable(variable, loop.variable().position());
    }
    assigned.add(variable);
    statements(loop.body());
    if (!inner) {
      parforVariables.remove(variable);
    }
    localToParfor.addAll(assigned.takeBack(before).keySet());
  }

  /** The variables that a parfor's iteration may assign and that exist before it. */
  private Set<String> outside(Statement.For loop) {
    Set<String> names = AssignedNames.of(loop.body());
    names.retainAll(assigned.names());
    return Set.copyOf(names);
  }

  private void assign(Statement.Target target) {
    for (Subscript subscript : target.subscripts()) {
      reads(subscript);
    }
    if (!target.isWhole()) {
      read(target.name(), target.position());
    }
    constant(target.name(), target.position());
    notParforVariable(target.name(), target.position());
    assigned.add(target.name());
  }

  private void notParforVariable(String name, Position position) {
    if (parforVariables.contains(name)) {
      error(position, name, "the parfor variable '" + name + "' cannot be assigned", null);
    }
  }

  private void constant(String name, Position position) {
    if (LanguageConstants.find(name) != null) {
      error(
          position,
          name,
          "'" + name + "' is a constant and cannot be assigned",
          "choose another name");
    }
  }

  private static String optionHint(String name) {
    String nearest = NearestName.hint(name, OPTIONS);
    return nearest != null ? nearest : "its options are " + String.join(", ", OPTIONS);
  }

  private void reads(Expression expression) {
    if (expression instanceof Expression.Name name) {
      read(name.name(), name.position());
    } else if (expression instanceof Expression.Call call) {
      for (Expression.Argument argument : call.arguments()) {
        if (!call.name().equals("exists") || !(argument.value() instanceof Expression.Name)) {
          reads(argument.value());
        }
      }
    } else if (expression instanceof Expression.Binary binary) {
      reads(binary.left());
      reads(binary.right());
    } else if (expression instanceof Expression.Index index) {
      reads(index.target());
      index.subscripts().forEach(this::reads);
    } else if (expression instanceof Expression.Unary unary) {
      reads(unary.operand());
    } else if (expression instanceof Expression.ListLiteral list) {
      list.elements().forEach(this::reads);
    }
  }

  private void reads(Subscript subscript) {
    if (subscript.lower() != null) {
      reads(subscript.lower());
    }
    if (subscript.upper() != null) {
      reads(subscript.upper());
    }
  }

  private void read(String name, Position position) {
    // That a name contains a dot has been reported already.
    if (!assigned.contains(name) && LanguageConstants.find(name) == null && name.indexOf('.') < 0) {
      error(position, name, "the variable '" + name + "' is not defined", hint(name));
    }
  }

  private String hint(String name) {
    if (localToParfor.contains(name)) {
      return "what a parfor body assigns stays inside; results are the indexed parts of variables"
          + " that exist before the loop";
    }
    switch (name) {
      case "true", "false", "True", "False" -> {
        return "truth values are written TRUE and FALSE";
      }
      case "nan", "NAN" -> {
        return "did you mean 'NaN'?";
      }
      case "NA" -> {
        return "a missing number is NaN";
      }
      case "NULL", "null", "None" -> {
        return "there is no such value; exists(\"x\") says whether a variable has one";
      }
      default -> {}
    }
    if (everAssigned.contains(name)) {
      return "it is assigned only later";
    }
    if (name.equals("T") || name.equals("F")) {
      return "truth values are written TRUE and FALSE";
    }
    Set<String> candidates = new HashSet<>(assigned.names());
    candidates.addAll(List.of("NaN", "Inf", "pi"));
    return NearestName.hint(name, candidates);
  }

  private void error(Position position, String name, String message, String hint) {
    diagnostics.error(position, name.length(), message, hint);
  }
}
