package dev.reprise.language.optimize;

import dev.reprise.language.CompileException;
import dev.reprise.language.Compiler;
import dev.reprise.language.DiagnosticPrinter;
import dev.reprise.language.Scripts;
import dev.reprise.language.SourceFile;
import dev.reprise.language.program.Procedure;
import dev.reprise.language.program.Program;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compiles scripts with rewrites, for tests. */
final class Optimized {
  static final Optimization DEFAULT = new Optimization(true, false, true, true);
  static final Optimization EXACT = new Optimization(true, true, true, true);

  private Optimized() {}

  static Program program(String script, Optimization options) {
    try {
      return Compiler.compile(
              new SourceFile("test.dml", script),
              Map.of(),
              Scripts.noFiles(),
              Set.of(),
              Set.of(),
              options)
          .program();
    } catch (CompileException e) {
      throw new AssertionError(DiagnosticPrinter.print(e.diagnostics()), e);
    }
  }

  static Procedure main(String script) {
    return program(script, DEFAULT).main();
  }

  /** The listing of main, less its first {@code skipped} lines. */
  static List<String> listing(String script, Optimization options, int skipped) {
    List<String> all = Scripts.listing(program(script, options).main());
    return all.subList(skipped, all.size());
  }

  /** What was rewritten, as {@code line: name: before -> after}. */
  static List<String> rewrites(String script, Optimization options) {
    return program(script, options).main().rewrites().stream()
        .map(r -> r.position().line() + ": " + r.name() + ": " + r.before() + " -> " + r.after())
        .toList();
  }
}
