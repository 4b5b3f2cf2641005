package dev.reprise.language.lower;

import java.util.Set;

/** Builtins of the language that have no operation yet; a call of one says so. */
final class PlannedBuiltins {
  private static final Set<String> NAMES = Set.of("score");

  private PlannedBuiltins() {}

  static boolean contains(String name) {
    return NAMES.contains(name);
  }
}
