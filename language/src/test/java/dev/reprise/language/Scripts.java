package dev.reprise.language;

import dev.reprise.language.program.Procedure;
import dev.reprise.language.program.Program;
import dev.reprise.language.program.ProgramPrinter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** One door from tests to the compiler: text in; program, listing or messages out. */
public final class Scripts {
  private Scripts() {}

  public static Program compile(String text) {
    return compile(text, Map.of());
  }

  public static Program compile(String text, Map<String, String> arguments) {
    try {
      return Compiler.compile(
              new SourceFile("test.dml", text), arguments, SourceResolver.none(), Set.of())
          .program();
    } catch (CompileException e) {
      throw new AssertionError(DiagnosticPrinter.plain().print(e.diagnostics()), e);
    }
  }

  /** The listing of the main procedure without its first line, indentation and releases. */
  public static List<String> listing(String text) {
    return listing(compile(text).main());
  }

  public static List<String> listing(Procedure procedure) {
    return ProgramPrinter.print(procedure)
        .lines()
        .skip(1)
        .map(line -> line.replaceAll("  ; release .*", "").strip())
        .toList();
  }

  /** Messages of a script that does not compile, as {@code line:column message (hint)}. */
  public static List<String> errors(String text) {
    return errors(text, Map.of(), Map.of());
  }

  public static List<String> errors(
      String text, Map<String, String> arguments, Map<String, String> files) {
    return diagnostics(text, arguments, files).stream().map(Scripts::line).toList();
  }

  public static List<Diagnostic> diagnostics(
      String text, Map<String, String> arguments, Map<String, String> files) {
    try {
      Compiler.compile(new SourceFile("test.dml", text), arguments, files(files), Set.of());
      return List.of();
    } catch (CompileException e) {
      return e.diagnostics();
    }
  }

  private static String line(Diagnostic diagnostic) {
    String at = diagnostic.position().line() + ":" + diagnostic.position().column();
    return at
        + " "
        + diagnostic.message()
        + (diagnostic.hint() == null ? "" : " (" + diagnostic.hint() + ")");
  }

  /** Files by path; {@code lib/f.dml} is the library file of function f. */
  public static SourceResolver files(Map<String, String> files) {
    return new SourceResolver() {
      @Override
      public Optional<SourceFile> library(String name) {
        String path = "lib/" + name + ".dml";
        return Optional.ofNullable(files.get(path))
            .map(text -> new SourceFile(path, text, SourceFile.Origin.LIBRARY));
      }

      @Override
      public Optional<SourceFile> source(String path, SourceFile from) {
        return Optional.ofNullable(files.get(path)).map(text -> new SourceFile(path, text));
      }

      @Override
      public Set<String> libraryFunctions() {
        Set<String> names = new TreeMap<>(files).keySet();
        return Set.copyOf(
            names.stream()
                .filter(name -> name.startsWith("lib/"))
                .map(name -> name.substring(4, name.length() - 4))
                .toList());
      }
    };
  }
}
