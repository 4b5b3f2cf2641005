package dev.reprise.ci.violation.engine.step;

/** Belongs above what knows it. */
public final class Doing {
  private Doing() {}
}
