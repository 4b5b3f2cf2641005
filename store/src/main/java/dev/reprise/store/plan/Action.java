package dev.reprise.store.plan;

/** What a plan does about one operation's value. */
public enum Action {
  /** Nothing needs the value. */
  SKIP,
  /** The value is loaded from the cheapest place that has it. */
  LOAD,
  /** The operation is executed; each of its inputs is loaded or computed. */
  COMPUTE
}
