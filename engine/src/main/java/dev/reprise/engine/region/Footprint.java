package dev.reprise.engine.region;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What one execution of a function body or block depended on besides its inputs, noted while it
 * runs. Owned by one control thread; those of parfor workers are added when the loop is over.
 */
public final class Footprint {
  private final Footprint outer;

  /** Functions that were called, callers first. */
  private final Set<Callee> called = new LinkedHashSet<>();

  private Callee last;
  private boolean repeatable = true;

  /**
   * Begins to note an execution.
   *
   * @param outer of the execution around it that is noted, too; null for the outermost
   */
  public Footprint(Footprint outer) {
    this.outer = outer;
  }

  /** That of the execution around it; null for the outermost. */
  public Footprint outer() {
    return outer;
  }

  /** A function is called. */
  public void calls(Callee function) {
    if (function != last) {
      last = function;
      called.add(function);
    }
  }

  /** Something happened that must happen each time, or that may come out otherwise next time. */
  public void cannotRepeat() {
    repeatable = false;
  }

  /** True when the execution followed from its inputs and the called functions alone. */
  public boolean isRepeatable() {
    return repeatable;
  }

  /** Functions that were called, callers first; for reading. */
  public Set<Callee> called() {
    return called;
  }

  /** Takes in an execution that was part of this one. */
  public void add(Footprint part) {
    called.addAll(part.called);
    repeatable &= part.repeatable;
  }
}
