package dev.reprise.engine.call;

import dev.reprise.ScriptException;
import dev.reprise.engine.control.UncheckedCompileException;
import dev.reprise.language.CompileException;
import dev.reprise.language.Compiler;
import dev.reprise.language.NearestName;
import dev.reprise.language.Position;
import dev.reprise.language.program.CalledFunctions;
import dev.reprise.language.program.Determinism;
import dev.reprise.language.program.Procedure;
import dev.reprise.language.program.Program;
import dev.reprise.language.program.ProgramPrinter;
import dev.reprise.language.program.RewriteList;
import dev.reprise.runtime.OperandException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentHashMap;

/** The linked procedures of a program, linked when first needed. Thread-safe. */
public final class Functions {
  private final Program program;
  private final Linking linker;
  private final ConcurrentHashMap<String, LinkedProcedure> linked = new ConcurrentHashMap<>();
  private final LinkedProcedure main;

  /** Binds procedures to what executes them. */
  @FunctionalInterface
  public interface Linking {
    /**
     * The procedure, bound.
     *
     * @param calledAs the name under which the program finds it
     * @param functions finds what it calls, once it is executed
     */
    LinkedProcedure link(Procedure procedure, String calledAs, Functions functions);
  }

  public Functions(Program program, Linking linker) {
    this.program = program;
    this.linker = linker;
    this.main = linker.link(program.main(), "main", this);
  }

  public LinkedProcedure main() {
    return main;
  }

  /** Variables that have no value after the main procedure, whatever its slots hold. */
  public Set<String> forgotten() {
    return program.forgotten();
  }

  /** The function of that name; fails when there is none or its file has mistakes. */
  LinkedProcedure require(String name) {
    LinkedProcedure known = linked.get(name);
    return known != null ? known : link(name);
  }

  /** As {@link #require}, but null where that fails. */
  public LinkedProcedure find(String name) {
    try {
      return require(name);
    } catch (OperandException | UncheckedCompileException e) {
      // Another program has no such function; its own body decides what it calls instead.
      return null;
    }
  }

  /**
   * The failure with the line of the script in its message, unless the script itself asked for it.
   */
  public ScriptException shown(ScriptException failure) {
    Position position = failure.userPosition();
    boolean isAskedFor =
        failure.kind() == ScriptException.Kind.STOP && position == failure.position();
    return position == null || isAskedFor
        ? failure
        : failure.withSourceLine(program.sourceLine(position));
  }

  /** The text of main and of the functions reachable from it by calls. */
  public String explain() {
    StringBuilder text = new StringBuilder();
    for (Procedure procedure : reachable()) {
      text.append(text.isEmpty() ? "" : "\n").append(ProgramPrinter.print(procedure));
      if (procedure != program.main()) {
        text.append(reuse(Determinism.of(procedure, name -> require(name).procedure())));
      }
    }
    return text.toString();
  }

  /** What was rewritten in main and in the functions reachable from it by calls. */
  public String explainRewrites() {
    return RewriteList.text(reachable());
  }

  /** Main and the functions reachable from it by calls, in the order in which they are met. */
  private List<Procedure> reachable() {
    List<Procedure> found = new ArrayList<>(List.of(program.main()));
    Set<String> seen = new LinkedHashSet<>();
    for (int i = 0; i < found.size(); i++) {
      for (String called : CalledFunctions.of(found.get(i))) {
        if (seen.add(called)) {
          found.add(require(called).procedure());
        }
      }
    }
    return found;
  }

  /** Says whether whole calls of a function can be reused, and if not always, why. */
  private static String reuse(Determinism found) {
    if (found.obstacles().isEmpty()) {
      return "  whole calls: reusable\n";
    }
    StringJoiner obstacles = new StringJoiner(", ");
    for (Determinism.Obstacle each : found.obstacles()) {
      String condition = each.condition() == null ? "" : " if " + each.condition();
      obstacles.add(each.what() + condition + " at " + each.position().text());
    }
    return "  whole calls: "
        + (found.certain() ? "executed each time: " : "reusable unless they reach ")
        + obstacles
        + "\n";
  }

  private LinkedProcedure link(String name) {
    Procedure procedure;
    try {
      procedure = program.function(name);
    } catch (CompileException e) {
      throw new UncheckedCompileException(e);
    }
    if (procedure == null) {
      String hint =
          Compiler.builtins().contains(name)
              ? "only functions of scripts and of the library are called by name, no built-in"
                  + " operations"
              : NearestName.hint(name, program.functionNames());
      throw new OperandException(
          "there is no function '" + name + "'" + (hint == null ? "" : "; " + hint));
    }
    LinkedProcedure made = linker.link(procedure, name, this);
    LinkedProcedure raced = linked.putIfAbsent(name, made);
    return raced == null ? made : raced;
  }
}
