package dev.reprise;

/** A kind of cell at whose first appearance a run stops; option {@code --trap}. */
public enum Trap {
  /** Not a number. */
  NAN,
  /** Plus or minus infinity. */
  INF
}
