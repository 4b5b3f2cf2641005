package dev.reprise.language.program;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/** A compiled script: its main procedure and the functions that it can call. Thread-safe. */
public interface Program {

  Procedure main();

  /** Variables that have no value after the main procedure, of those that might be read then. */
  default Set<String> forgotten() {
    return Set.of();
  }

  /**
   * The function of that name, compiled when first asked for: functions of the script, of sourced
   * files (by the qualified name that {@link Instruction.Call} carries), then library functions.
   *
   * @return null when there is none
   * @throws dev.reprise.language.CompileException when the function's file has mistakes
   */
  Procedure function(String name) throws dev.reprise.language.CompileException;

  /** Names that {@link #function} may know, for hints at misspelt ones. */
  default Collection<String> functionNames() {
    return List.of();
  }

  /** The line of the script, sourced file or library file that a position names; null for none. */
  String sourceLine(dev.reprise.language.Position position);
}
