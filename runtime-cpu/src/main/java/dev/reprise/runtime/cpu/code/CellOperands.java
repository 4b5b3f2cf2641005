package dev.reprise.runtime.cpu.code;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * What a call of a {@link CellFunction} works on beside its first input and output: where further
 * operands are, and the numbers of rows, which are parameters, and their totals. In arrays, which
 * are written and read in no time before that is compiled. Belongs to one thread.
 */
public final class CellOperands {
  private static final int MOST_INPUTS = 5;
  private static final int MOST_OUTPUTS = 3;
  private static final int MOST_PARAMETERS = RandomNumbers.COUNT;

  /** Lanes of a total that is carried on, or totals of a row. */
  private static final int MOST_TOTALS = VectorRegisters.BYTES_64.doubles();

  // Places of operands, counted in longs: inputs but the first, outputs likewise, how many rows
  // there are, how many bytes behind numbers totals go, and bytes from a row to the next one.
  private static final int FIRST_OUTPUT = MOST_INPUTS - 1;
  private static final int ROWS_AT = FIRST_OUTPUT + MOST_OUTPUTS - 1;
  private static final int TOTALS_AT = ROWS_AT + 1;
  private static final int FIRST_ROW_BYTES = TOTALS_AT + 1;
  private static final int LONGS = FIRST_ROW_BYTES + MOST_INPUTS + MOST_OUTPUTS;

  // The same in bytes, for the code.
  static final int ROWS = ROWS_AT * Long.BYTES;
  static final int TOTALS = TOTALS_AT * Long.BYTES;

  private final long[] addresses = new long[LONGS];
  private final MemorySegment others = MemorySegment.ofArray(addresses);

  /** Numbers of all rows, and behind them totals. */
  private final double[] numbers;

  private final MemorySegment doubles;
  private final int firstTotal;

  /** Of one row. */
  public CellOperands() {
    this(1, MOST_PARAMETERS, MOST_TOTALS);
  }

  /**
   * Of some rows: one until it is {@linkplain #withRows said} how many.
   *
   * @param rows at most
   * @param parameters of a row, at most; likewise {@code totals}
   */
  public CellOperands(int rows, int parameters, int totals) {
    firstTotal = Math.multiplyExact(rows, parameters);
    numbers = new double[Math.addExact(firstTotal, Math.multiplyExact(rows, totals))];
    doubles = MemorySegment.ofArray(numbers);
    addresses[ROWS_AT] = 1;
    addresses[TOTALS_AT] = (long) firstTotal * Double.BYTES;
  }

  /** Calls are of so many rows, at least 1. */
  public CellOperands withRows(long rows) {
    addresses[ROWS_AT] = rows;
    return this;
  }

  /** How many bytes behind a row's cells of an input those of the next row are; 0 for all rows. */
  public CellOperands withInputRow(int number, long bytes) {
    addresses[FIRST_ROW_BYTES + number] = bytes;
    return this;
  }

  /** Likewise of an output. */
  public CellOperands withOutputRow(int number, long bytes) {
    addresses[FIRST_ROW_BYTES + MOST_INPUTS + number] = bytes;
    return this;
  }

  /** Where an input begins that is not the first, in native memory. */
  public CellOperands withInput(int number, long address) {
    addresses[number - 1] = address;
    return this;
  }

  /** Where an output begins that is not the first, in native memory. */
  public CellOperands withOutput(int number, long address) {
    addresses[FIRST_OUTPUT + number - 1] = address;
    return this;
  }

  /** A parameter: of the first row, and behind its last one those of the next row. */
  public CellOperands withParameter(int number, double value) {
    numbers[number] = value;
    return this;
  }

  /** A parameter, also what the last call has made of it. */
  public double parameter(int number) {
    return numbers[number];
  }

  /** As the other, by its bits. */
  public CellOperands withParameterBits(int number, long bits) {
    return withParameter(number, Double.longBitsToDouble(bits));
  }

  /** A total of the last call: of the first row, and behind its last one those of the next row. */
  public double total(int number) {
    return numbers[firstTotal + number];
  }

  /** So many totals, from the first on. */
  public double[] totals(int count) {
    return Arrays.copyOfRange(numbers, firstTotal, firstTotal + count);
  }

  /** What lanes have before the first cell, as bits, where they are carried on: from this on. */
  public CellOperands withCarried(long first) {
    for (int i = 0; i < MOST_TOTALS; i++) {
      numbers[firstTotal + i] = Double.longBitsToDouble(first + i);
    }
    return this;
  }

  // ---- for the code

  /** Where the others are, as the code reads it. */
  MemorySegment others() {
    return others;
  }

  /** The numbers, as the code reads and writes them. */
  MemorySegment doubles() {
    return doubles;
  }

  /** Bytes before where an input begins that is not the first. */
  static int input(int number) {
    return (number - 1) * Long.BYTES;
  }

  static int output(int number) {
    return (FIRST_OUTPUT + number - 1) * Long.BYTES;
  }

  /** Bytes before how far it is from a row of an input to the next one. */
  static int inputRow(int number) {
    return (FIRST_ROW_BYTES + number) * Long.BYTES;
  }

  static int outputRow(int number) {
    return (FIRST_ROW_BYTES + MOST_INPUTS + number) * Long.BYTES;
  }
}
