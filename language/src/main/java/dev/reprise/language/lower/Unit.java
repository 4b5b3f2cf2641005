package dev.reprise.language.lower;

import dev.reprise.language.Diagnostics;
import dev.reprise.language.SourceFile;
import dev.reprise.language.syntax.Function;
import dev.reprise.language.syntax.Statement;
import java.util.List;
import java.util.Map;

/**
 * One parsed file with its functions and the files that it sources.
 *
 * @param prefix what qualifies its functions' names; empty for the script itself
 * @param functions by name, in the order of the file
 * @param namespaces the units that {@code ns::f} means, by name space
 * @param statements top-level statements other than definitions and sources
 * @param isBroken true when functions may be missing, because the file has syntax errors
 * @param diagnostics findings about this file
 */
record Unit(
    SourceFile file,
    String prefix,
    Map<String, Function> functions,
    Map<String, Unit> namespaces,
    List<Statement> statements,
    boolean isBroken,
    Diagnostics diagnostics) {

  /** Stands for a file that could not be read. */
  static Unit missing(SourceFile file) {
    return new Unit(file, file.name(), Map.of(), Map.of(), List.of(), true, new Diagnostics(file));
  }

  FunctionReference reference(Function function) {
    String name = prefix.isEmpty() ? function.name() : prefix + "::" + function.name();
    return new FunctionReference(name, this, function);
  }
}
