package dev.reprise.language;

import dev.reprise.language.program.Procedure;
import dev.reprise.language.program.Program;
import dev.reprise.language.program.ProgramPrinter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** One door from tests to the compiler: text in; program, listing or messages out. */
public final class Scripts {
  private Scripts() {}

  public static Program compile(String text) {
    return compile(text, Map.of());
  }

  public static Program compile(String text, Map<String, String> arguments) {
    try {
      return Compiler.compile(new SourceFile("test.dml", text), arguments, noFiles(), Set.of())
          .program();
    } catch (CompileException e) {
      throw new AssertionError(DiagnosticPrinter.print(e.diagnostics()), e);
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

  /** Finds nothing. */
  public static SourceResolver noFiles() {
    return files(Map.of());
  }

  /**
   * Files by path. {@code lib/f.dml} is the file of function f in a library of the user, {@code
   * shipped/f.dml} in ours; layers lie in {@code nn}.
   */
  public static SourceResolver files(Map<String, String> files) {
    return new SourceResolver() {
      @Override
      public Optional<SourceFile> library(String name) {
        return library("lib/" + name + ".dml", SourceFile.Origin.LIBRARY)
            .or(() -> library("shipped/" + name + ".dml", SourceFile.Origin.SHIPPED));
      }

      private Optional<SourceFile> library(String path, SourceFile.Origin origin) {
        return Optional.ofNullable(files.get(path)).map(text -> new SourceFile(path, text, origin));
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

      @Override
      public Set<String> librarySources() {
        Set<String> paths = new TreeSet<>(files.keySet());
        paths.removeIf(path -> !path.startsWith("nn/"));
        return paths;
      }
    };
  }
}
