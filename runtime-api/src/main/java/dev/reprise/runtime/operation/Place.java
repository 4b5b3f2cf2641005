package dev.reprise.runtime.operation;

/** A place in a script, for messages about traces. */
@FunctionalInterface
public interface Place {
  /** {@return file and line, as in {@code lm.dml:41}} */
  String text();
}
