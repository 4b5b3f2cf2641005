package dev.reprise;

/** How exactly results must repeat; option {@code --numerics}. */
public enum Numerics {
  /**
   * Rewrites, fusion and thread counts may change fp64 products and sums by at most 1e-12 relative.
   */
  DEFAULT,
  /** No value-changing rewrite or fusion: replay gives the same bits on one class of devices. */
  EXACT
}
