package dev.reprise.cache;

/**
 * Hears that a kept value was found, so that whoever decided to keep it learns that it paid. Called
 * by the thread that found it, with no lock held, possibly by many at once.
 */
@FunctionalInterface
public interface Credit {
  /** Hears nothing. */
  Credit NONE = () -> {};

  /** The value was found, as a whole or as a part of something else. */
  void found();
}
