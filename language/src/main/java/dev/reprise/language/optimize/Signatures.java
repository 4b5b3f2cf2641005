package dev.reprise.language.optimize;

import dev.reprise.language.program.Procedure.DeclaredType;
import java.util.List;

/** What is declared about the functions that a procedure calls. */
@FunctionalInterface
public interface Signatures {

  /** The declared types of a function's results, in order; empty for an unknown function. */
  List<DeclaredType> results(String function);
}
