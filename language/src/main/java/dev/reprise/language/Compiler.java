package dev.reprise.language;

import dev.reprise.language.lower.CompiledProgram;
import dev.reprise.language.optimize.Optimization;
import dev.reprise.language.program.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compiles scripts: text to tree, checks, tree to program. Stateless. */
public final class Compiler {
  private Compiler() {}

  /**
   * A compiled script.
   *
   * @param warnings what is worth saying about a correct script
   */
  public record Result(Program program, List<Diagnostic> warnings) {}

  /** Compiles a script of which nothing is read after it has ended, as it is written. */
  public static Result compile(
      SourceFile script,
      Map<String, String> arguments,
      SourceResolver resolver,
      Set<String> boundNames)
      throws CompileException {
    return compile(script, arguments, resolver, boundNames, Set.of(), Optimization.off());
  }

  /** As {@link #compile(SourceFile, Map, SourceResolver, ProgramVariables, Optimization)}. */
  public static Result compile(
      SourceFile script,
      Map<String, String> arguments,
      SourceResolver resolver,
      Set<String> boundNames,
      Set<String> readableNames,
      Optimization optimization)
      throws CompileException {
    return compile(
        script,
        arguments,
        resolver,
        new ProgramVariables(boundNames, readableNames, Set.of()),
        optimization);
  }

  /**
   * Compiles a script.
   *
   * @param arguments values of {@code $name} and {@code $1}, keys without the dollar sign
   * @param resolver finds sourced files and library functions
   * @param variables that exist before the program starts or are read after it has ended
   * @param optimization what the optimiser may do
   * @throws CompileException with all mistakes of the script and of the files that it sources
   */
  public static Result compile(
      SourceFile script,
      Map<String, String> arguments,
      SourceResolver resolver,
      ProgramVariables variables,
      Optimization optimization)
      throws CompileException {
    List<Diagnostic> warnings = new ArrayList<>();
    try {
      Program program =
          CompiledProgram.of(script, arguments, resolver, variables, optimization, warnings);
      return new Result(program, List.copyOf(warnings));
    } catch (StackOverflowError e) {
      throw new CompileException(List.of(tooDeep(script)));
    }
  }

  /** Names that every script may call without defining or sourcing them, library aside. */
  public static List<String> builtins() {
    return CompiledProgram.builtins();
  }

  private static Diagnostic tooDeep(SourceFile script) {
    return new Diagnostic(
        Diagnostic.Severity.ERROR,
        new Position(script.name(), 1, 1),
        1,
        "an expression or block of the script is nested too deeply to be compiled",
        "assign parts of it to variables first",
        script.line(1));
  }
}
