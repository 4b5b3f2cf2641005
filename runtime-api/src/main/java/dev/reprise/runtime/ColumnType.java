package dev.reprise.runtime;

import java.util.Locale;

/**
 * The value type of a frame column. Several types share one kind of array ({@link Storage}) and
 * differ in which values they hold and how these print.
 */
public enum ColumnType {
  /** Any text. */
  STRING("STRING", Storage.STRING),
  /** 64-bit floating point. */
  DOUBLE("FP64", Storage.DOUBLE),
  /** 64-bit whole numbers. */
  INTEGER("INT64", Storage.INTEGER),
  /** Truth values. */
  BOOLEAN("BOOLEAN", Storage.BOOLEAN),
  /** 32-bit floating point: every cell is a float, held as the double of the same value. */
  FP32("FP32", Storage.DOUBLE),
  /** Whole numbers from -2^31 to 2^31 - 1. */
  INT32("INT32", Storage.INTEGER),
  /** Whole numbers from 0 to 255. */
  UINT8("UINT8", Storage.INTEGER),
  /** Whole numbers from 0 to 15. */
  UINT4("UINT4", Storage.INTEGER),
  /** Texts of one character. */
  CHARACTER("CHARACTER", Storage.STRING),
  /** 64-bit hashes, written as hexadecimal digits. */
  HASH64("HASH64", Storage.INTEGER),
  /** 32-bit hashes, written as hexadecimal digits. */
  HASH32("HASH32", Storage.INTEGER);

  /** The array that holds a column's cells, named by its element. */
  public enum Storage {
    /** {@code String[]}. */
    STRING,
    /** {@code double[]}. */
    DOUBLE,
    /** {@code long[]}. */
    INTEGER,
    /** {@code boolean[]}. */
    BOOLEAN
  }

  private final String label;
  private final Storage storage;

  ColumnType(String label, Storage storage) {
    this.label = label;
    this.storage = storage;
  }

  /** {@return the name in schemas, sidecars and printed frames} */
  public String label() {
    return label;
  }

  /** {@return the array that holds a column of this type} */
  public Storage storage() {
    return storage;
  }

  /**
   * Whether a column of whole numbers or hashes of this type can hold a value.
   *
   * @param value of 64 bits
   * @return true when it is in the range of the type
   */
  public boolean holds(long value) {
    return switch (this) {
      case INT32 -> value == (int) value;
      case UINT8 -> value >= 0 && value <= 255;
      case UINT4 -> value >= 0 && value <= 15;
      case HASH32 -> value >>> 32 == 0;
      default -> true;
    };
  }

  /**
   * The type of a name.
   *
   * @param name in any capitalisation
   * @return null when there is none
   */
  public static ColumnType named(String name) {
    return switch (name.strip().toUpperCase(Locale.ROOT)) {
      case "STRING", "UNKNOWN" -> STRING;
      case "FP64", "DOUBLE" -> DOUBLE;
      case "INT64", "INT", "INTEGER", "LONG" -> INTEGER;
      case "BOOLEAN" -> BOOLEAN;
      case "FP32", "FLOAT" -> FP32;
      case "INT32" -> INT32;
      case "UINT8" -> UINT8;
      case "UINT4" -> UINT4;
      case "CHARACTER", "CHAR" -> CHARACTER;
      case "HASH64" -> HASH64;
      case "HASH32" -> HASH32;
      default -> null;
    };
  }
}
