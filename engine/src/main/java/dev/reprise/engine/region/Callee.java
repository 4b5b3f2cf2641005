package dev.reprise.engine.region;

import dev.reprise.language.program.Procedure;

/** A function that an execution called, as far as that execution depends on it. Immutable. */
public interface Callee {

  /** The name under which the program finds it. */
  String calledAs();

  /** Its body as something that may be reused as a whole; null when nothing is. */
  Region region();

  Procedure procedure();
}
