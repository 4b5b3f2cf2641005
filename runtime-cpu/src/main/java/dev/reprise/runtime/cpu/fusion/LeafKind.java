package dev.reprise.runtime.cpu.fusion;

/** How a leaf of a fused expression spreads over the cells of the result. */
public enum LeafKind {
  /** A matrix of the result's shape. */
  FULL,
  /** A row vector, repeated in every row. */
  ROW,
  /** A column vector, repeated in every column. */
  COLUMN,
  /** A number, or a matrix of one cell. */
  SCALAR
}
