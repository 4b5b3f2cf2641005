package dev.reprise.language;

import java.util.Set;

/**
 * The variables of a program that others use; immutable.
 *
 * @param bound exist before it starts
 * @param readable may be read after it has ended, and are therefore not released
 * @param wanted are read after it has ended: a program that assigns one of them on no path is a
 *     mistake
 */
public record ProgramVariables(Set<String> bound, Set<String> readable, Set<String> wanted) {
  public ProgramVariables {
    bound = Set.copyOf(bound);
    readable = Set.copyOf(readable);
    wanted = Set.copyOf(wanted);
  }
}
