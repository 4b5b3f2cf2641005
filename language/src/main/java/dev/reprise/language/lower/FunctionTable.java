package dev.reprise.language.lower;

import dev.reprise.language.SourceFile;
import dev.reprise.language.SourceResolver;
import dev.reprise.language.syntax.Function;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds functions by the name that a file uses for them. Not thread-safe. */
final class FunctionTable {
  private final SourceResolver resolver;
  private final UnitLoader loader;
  private final Unit script;
  private final Map<String, Optional<Unit>> library = new HashMap<>();

  /** Units that belong to the script: their functions see one another as its own do. */
  private final Set<Unit> definitions = Collections.newSetFromMap(new IdentityHashMap<>());

  FunctionTable(SourceFile script, SourceResolver resolver) {
    this.resolver = resolver;
    this.loader = new UnitLoader(resolver);
    this.script = loader.load(script, "");
  }

  Unit script() {
    return script;
  }

  Collection<Unit> units() {
    return loader.units();
  }

  /** A function of the file itself; null when it has none of that name. */
  FunctionReference own(Unit unit, String name) {
    Function function = unit.functions().get(name);
    if (function != null) {
      return unit.reference(function);
    }
    return unit == script || definitions.contains(unit) ? defined(name) : null;
  }

  private FunctionReference defined(String name) {
    Unit unit = resolver.definition(name).map(file -> loader.load(file, "")).orElse(null);
    if (unit == null) {
      return null;
    }
    definitions.add(unit);
    Function function = unit.functions().get(name);
    return function == null ? null : unit.reference(function);
  }

  /** A function of a sourced file; null when there is none. */
  FunctionReference scoped(Unit unit, String namespace, String name) {
    Unit sourced = unit.namespaces().get(namespace);
    return sourced == null ? null : own(sourced, name);
  }

  /** The function that a library file of that name supplies; null when there is none. */
  FunctionReference library(String name) {
    return libraryUnit(name).map(unit -> own(unit, name)).orElse(null);
  }

  private Optional<Unit> libraryUnit(String name) {
    Optional<Unit> known = library.get(name);
    if (known == null) {
      known = resolver.library(name).map(file -> loader.load(file, file.name()));
      library.put(name, known);
    }
    return known;
  }

  /** True when the file that a call means has mistakes, so that its functions are not known. */
  boolean isInBrokenFile(Unit unit, String namespace, String name) {
    if (namespace == null) {
      return unit.isBroken() || libraryUnit(name).map(Unit::isBroken).orElse(false);
    }
    Unit sourced = unit.namespaces().get(namespace);
    return sourced != null && sourced.isBroken();
  }

  /** The function that a program lists under this name: script, qualified, then library. */
  FunctionReference listed(String name) {
    int scope = name.lastIndexOf("::");
    if (scope < 0) {
      FunctionReference own = own(script, name);
      return own != null ? own : library(name);
    }
    String prefix = name.substring(0, scope);
    String simple = name.substring(scope + 2);
    for (Unit unit : loader.units()) {
      if (unit.prefix().equals(prefix)) {
        return own(unit, simple);
      }
    }
    FunctionReference scoped = scoped(script, prefix, simple);
    return scoped == null && prefix.endsWith(".dml") ? ofFile(prefix, simple) : scoped;
  }

  /** A function by the path that {@code source} was given, as {@code paramserv} may be. */
  private FunctionReference ofFile(String path, String name) {
    String file = path.startsWith("./") ? path.substring(2) : path;
    for (Unit unit : loader.units()) {
      if (unit.prefix().equals(file) || unit.prefix().endsWith("/" + file)) {
        return own(unit, name);
      }
    }
    return null;
  }

  /**
   * The path of the file of the layer library that is mostly sourced under this name, null when
   * there is none.
   */
  String layerFile(String space) {
    String path = loader.libraryFile(space);
    // Functions of files that lie in no folder are called without a name space.
    return path == null || path.indexOf('/') < 0 ? null : path;
  }

  /** Names that a call in this unit could mean, builtins aside. */
  List<String> callable(Unit unit) {
    List<String> names = new ArrayList<>(unit.functions().keySet());
    unit.namespaces()
        .forEach((space, sourced) ->
            sourced.functions().keySet().forEach(name -> names.add(space + "::" + name)));
    names.addAll(resolver.libraryFunctions());
    return names;
  }
}
