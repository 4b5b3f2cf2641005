package dev.reprise.cache.rewrite;

import dev.reprise.runtime.operation.Operation;

/** The region of an operation's result, for rewrites. */
final class Regions {
  private Regions() {}

  static Region of(Operation operation, Term[] inputs) {
    Facts[] facts = new Facts[inputs.length];
    boolean any = false;
    for (int i = 0; i < facts.length; i++) {
      facts[i] = inputs[i].facts();
      any |= facts[i].region() != null;
    }
    return any ? Region.of(operation, facts) : null;
  }
}
