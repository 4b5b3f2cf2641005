package dev.reprise.runtime;

/** The value type of a frame column. */
public enum ColumnType {
  STRING,
  DOUBLE,
  INTEGER,
  BOOLEAN
}
