package dev.reprise.language.lower;

import dev.reprise.language.Diagnostics;
import dev.reprise.language.NearestName;
import dev.reprise.language.SourceFile;
import dev.reprise.language.SourceResolver;
import dev.reprise.language.syntax.Function;
import dev.reprise.language.syntax.Script;
import dev.reprise.language.syntax.ScriptReader;
import dev.reprise.language.syntax.Statement;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Parses files and, recursively, the files that they source; each file once. Not thread-safe. */
final class UnitLoader {
  private static final String EXTENSION = ".dml";

  private static final String PLACES =
      "it is looked up beside the script, in the working directory, then on the --library paths";

  private final SourceResolver resolver;
  private final Map<SourceFile, Unit> loaded = new LinkedHashMap<>();
  private final Deque<String> loading = new ArrayDeque<>();

  UnitLoader(SourceResolver resolver) {
    this.resolver = resolver;
  }

  /** Every unit loaded so far, in order. */
  Collection<Unit> units() {
    return List.copyOf(loaded.values());
  }

  Unit load(SourceFile file, String prefix) {
    Unit known = loaded.get(file);
    if (known != null) {
      return known;
    }
    loading.push(file.name());
    Diagnostics diagnostics = new Diagnostics(file);
    Script script = ScriptReader.read(file, diagnostics);
    boolean isBroken = diagnostics.hasErrors();
    Map<String, Function> functions = new LinkedHashMap<>();
    Map<String, Unit> namespaces = new LinkedHashMap<>();
    List<Statement> statements = new ArrayList<>();
    for (Statement statement : script.statements()) {
      if (statement instanceof Statement.Definition definition) {
        define(definition.function(), functions, diagnostics);
      } else if (statement instanceof Statement.Source source) {
        source(source, namespaces, diagnostics);
      } else {
        statements.add(statement);
      }
    }
    loading.pop();
    if (!prefix.isEmpty() && !statements.isEmpty()) {
      diagnostics.warning(
          statements.getFirst().position(),
          1,
          "statements of a sourced file are not executed, only its functions are used",
          null);
    }
    Unit unit =
        new Unit(
            file, prefix, functions, namespaces, List.copyOf(statements), isBroken, diagnostics);
    loaded.put(file, unit);
    return unit;
  }

  private static void define(
      Function function, Map<String, Function> functions, Diagnostics diagnostics) {
    Function earlier = functions.putIfAbsent(function.name(), function);
    if (earlier != null) {
      diagnostics.error(
          function.position(),
          function.name().length(),
          "the function '" + function.name() + "' is defined twice",
          "the first definition is in line " + earlier.position().line());
    }
  }

  private void source(
      Statement.Source source, Map<String, Unit> namespaces, Diagnostics diagnostics) {
    Optional<SourceFile> file = find(source, diagnostics);
    if (file.isEmpty()) {
      namespaces.put(source.namespace(), Unit.missing(new SourceFile(source.path(), "")));
      return;
    }
    if (loading.contains(file.get().name())) {
      diagnostics.error(
          source.position(),
          6,
          "the file '" + source.path() + "' is being sourced already: the files source each other",
          "move what both need into a third file");
      namespaces.put(source.namespace(), Unit.missing(file.get()));
      return;
    }
    Unit unit = load(file.get(), file.get().name());
    Unit earlier = namespaces.putIfAbsent(source.namespace(), unit);
    if (earlier != null && earlier != unit) {
      diagnostics.error(
          source.position(),
          6,
          "the name space '" + source.namespace() + "' is used for two files",
          null);
    }
  }

  private Optional<SourceFile> find(Statement.Source source, Diagnostics diagnostics) {
    String trouble = "is not found";
    String nearest = null;
    try {
      Optional<SourceFile> file = resolver.source(source.path(), diagnostics.file());
      if (file.isPresent()) {
        return file;
      }
      nearest = nearest(source.path());
    } catch (UncheckedIOException e) {
      trouble =
          "cannot be read: "
              + (e.getCause() instanceof CharacterCodingException
                  ? "it is not a text in UTF-8"
                  : e.getCause().getMessage());
    }
    diagnostics.error(
        source.position(),
        6,
        "the sourced file '" + source.path() + "' " + trouble,
        nearest == null ? PLACES : nearest);
    return Optional.empty();
  }

  /** A hint at the file of the library with the nearest name, in whatever folder; or null. */
  private String nearest(String path) {
    Map<String, String> files = libraryFiles();
    String name = name(path);
    String nearest = files.containsKey(name) ? name : NearestName.of(name, files.keySet());
    return nearest == null ? null : "did you mean '" + files.get(nearest) + "'?";
  }

  /** The path of the library's file with a name, in whatever folder; null when there is none. */
  String libraryFile(String name) {
    return libraryFiles().get(name);
  }

  private Map<String, String> libraryFiles() {
    Map<String, String> files = new TreeMap<>();
    resolver.librarySources().forEach(file -> files.putIfAbsent(name(file), file));
    return files;
  }

  private static String name(String path) {
    String file = path.substring(path.lastIndexOf('/') + 1);
    return file.endsWith(EXTENSION) ? file.substring(0, file.length() - EXTENSION.length()) : file;
  }
}
