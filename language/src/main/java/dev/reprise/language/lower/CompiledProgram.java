package dev.reprise.language.lower;

import dev.reprise.language.CompileException;
import dev.reprise.language.Diagnostic;
import dev.reprise.language.Diagnostic.Severity;
import dev.reprise.language.Position;
import dev.reprise.language.ProgramVariables;
import dev.reprise.language.SourceFile;
import dev.reprise.language.SourceFile.Origin;
import dev.reprise.language.SourceResolver;
import dev.reprise.language.optimize.Optimization;
import dev.reprise.language.program.Procedure;
import dev.reprise.language.program.Program;
import dev.reprise.language.syntax.Function;
import dev.reprise.runtime.operation.OperationTable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A program whose script and sourced files are compiled, and whose library functions are compiled
 * when first asked for.
 *
 * <p>Threads: {@link #compiled} is a concurrent map of finished procedures and answers without a
 * lock; the lock guards everything behind it (function table, diagnostics), so a procedure is
 * compiled once. Compiling calls nothing but the source resolver, and that never calls back.
 */
public final class CompiledProgram implements Program {
  private final FunctionTable functions;
  private final ProcedureCompiler compiler;
  private final Procedure main;
  private final Set<String> forgotten;
  private final Map<String, Procedure> compiled = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();

  private CompiledProgram(
      FunctionTable functions, ProcedureCompiler compiler, Procedure main, Set<String> forgotten) {
    this.functions = functions;
    this.compiler = compiler;
    this.main = main;
    this.forgotten = Set.copyOf(forgotten);
  }

  /**
   * Compiles a script with everything that it sources.
   *
   * @param variables that exist before the program starts or are read after it has ended
   * @param optimization what the optimiser may do
   * @param warnings receives what is worth saying about a correct script
   */
  public static CompiledProgram of(
      SourceFile script,
      Map<String, String> arguments,
      SourceResolver resolver,
      ProgramVariables variables,
      Optimization optimization,
      List<Diagnostic> warnings)
      throws CompileException {
    FunctionTable functions = new FunctionTable(script, resolver);
    ProcedureCompiler compiler =
        new ProcedureCompiler(
            functions, OperationTable.standard(), Map.copyOf(arguments), optimization);
    Set<String> forgotten = new HashSet<>();
    Procedure main = compiler.main(functions.script(), variables, forgotten);
    CompiledProgram program = new CompiledProgram(functions, compiler, main, forgotten);
    program.compileOwnFiles();
    throwErrors(functions);
    functions.units().forEach(unit -> warnings.addAll(unit.diagnostics().sorted()));
    return program;
  }

  /** Names of all builtins, sorted. */
  public static List<String> builtins() {
    return Builtins.names(OperationTable.standard()).stream().sorted().distinct().toList();
  }

  /** Everything but the standard library, until no further file turns up. */
  private void compileOwnFiles() {
    Set<Unit> done = Collections.newSetFromMap(new IdentityHashMap<>());
    boolean found = true;
    while (found) {
      found = false;
      for (Unit unit : functions.units()) {
        if (unit.file().origin() != Origin.SHIPPED && done.add(unit)) {
          found = true;
          for (Function function : unit.functions().values()) {
            FunctionReference reference = unit.reference(function);
            compiled.put(reference.name(), compiler.function(reference));
          }
        }
      }
    }
  }

  private static void throwErrors(FunctionTable functions) throws CompileException {
    List<Diagnostic> all = new ArrayList<>();
    functions.units().forEach(unit -> all.addAll(unit.diagnostics().sorted()));
    if (all.stream().anyMatch(d -> d.severity() == Severity.ERROR)) {
      throw new CompileException(all);
    }
  }

  @Override
  public Procedure main() {
    return main;
  }

  @Override
  public Set<String> forgotten() {
    return forgotten;
  }

  @Override
  public Procedure function(String name) throws CompileException {
    Procedure known = compiled.get(name);
    return known != null ? known : compile(name);
  }

  @Override
  public List<String> functionNames() {
    lock.lock();
    try {
      return functions.callable(functions.script());
    } finally {
      lock.unlock();
    }
  }

  private Procedure compile(String name) throws CompileException {
    lock.lock();
    try {
      FunctionReference reference = functions.listed(name);
      if (reference == null) {
        throwErrors(functions);
        return null;
      }
      Procedure procedure = compiled.get(reference.name());
      if (procedure == null) {
        procedure = compiler.function(reference);
        throwErrors(functions);
        compiled.put(reference.name(), procedure);
      }
      compiled.putIfAbsent(name, procedure);
      return procedure;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String sourceLine(Position position) {
    lock.lock();
    try {
      List<String> lines =
          functions.units().stream()
              .map(Unit::file)
              .filter(file -> file.name().equals(position.file()))
              .map(file -> file.line(position.line()))
              .distinct()
              .toList();
      // Inputs of a conversation may be called the same: no line is better than that of another.
      return lines.size() != 1 || lines.getFirst().isBlank() ? null : lines.getFirst();
    } finally {
      lock.unlock();
    }
  }
}
