package dev.reprise.runtime.cpu.code;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Products of a matrix compressed by rows with a dense one, both of doubles, in machine code:
 *
 * <pre>
 *   of chosen rows    target[i] = sum over the values v of row i of   v right[column of v]
 *   to chosen rows    target[column of v] += v right[i]               for the values v of row i
 * </pre>
 *
 * <p>Values are taken in their order, each product and sum rounded by itself. Where {@link
 * CellFunction#areThere() there is code}; stateless, for any number of threads.
 */
public final class CompressedSums {
  private static final CodeTable[] OF_CHOSEN = tables(CompressedSumsCode::ofChosen);
  private static final CodeTable[] MORE_OF_CHOSEN = tables(CompressedSumsCode::moreOfChosen);
  private static final CodeTable[] TO_CHOSEN = tables(CompressedSumsCode::toChosen);

  private CompressedSums() {}

  @FunctionalInterface
  private interface Writer {
    byte[] write(VectorRegisters registers, int vectors);
  }

  private static CodeTable[] tables(Writer writer) {
    CodeTable[] tables = new CodeTable[VectorRegisters.values().length];
    for (VectorRegisters registers : VectorRegisters.values()) {
      tables[registers.ordinal()] =
          new CodeTable(
              "products of compressed matrices",
              CompressedSumsCode.MOST_VECTORS + 1,
              vectors -> writer.write(registers, vectors));
    }
    return tables;
  }

  /**
   * Rows of a compressed matrix; no address is checked.
   *
   * @param count at least 1
   * @param starts where the numbers of values before each row are, and behind the last
   * @param values where the first row's values begin
   * @param columns where their columns do
   */
  public record Rows(long count, long starts, long values, long columns) {}

  /**
   * Rows of a dense matrix, one behind the other, of which some columns are meant.
   *
   * @param address of the first cell of those columns
   * @param step from a row to the next, in bytes
   */
  public record Cells(long address, long step) {}

  /** How many columns of the dense matrices a call takes, at most. */
  public static int mostColumns() {
    return CompressedSumsCode.MOST_VECTORS * VectorRegisters.largest().doubles();
  }

  /** Columns that {@link #addToChosen} writes for so many: those of whole registers. */
  public static long columnsWritten(long columns) {
    int lanes = VectorRegisters.largest().doubles();
    return (columns + lanes - 1) / lanes * lanes;
  }

  /**
   * Sums of the rows that values choose. The JVM can stop no thread that is in here, so this should
   * take well below a millisecond.
   *
   * @param columns 1 to {@link #mostColumns}
   */
  public static void ofChosen(Rows rows, Cells right, int columns, Cells target) {
    ofChosen(VectorRegisters.largest(), rows, right, columns, target);
  }

  /**
   * Goes on with sums of a row that has too many values for one call: as the other, but what the
   * target has is what is added to.
   *
   * @param columns 1 to {@link #mostColumns}
   */
  public static void addOfChosen(Rows rows, Cells right, int columns, Cells target) {
    addOfChosen(VectorRegisters.largest(), rows, right, columns, target);
  }

  /**
   * Additions to the rows that values choose; what lies behind the columns in a row up to {@link
   * #columnsWritten} of them may be changed.
   *
   * @param columns 1 to {@link #mostColumns}
   */
  public static void addToChosen(Rows rows, Cells right, int columns, Cells target) {
    addToChosen(VectorRegisters.largest(), rows, right, columns, target);
  }

  /** As the other, in registers that the machine has. */
  static void ofChosen(
      VectorRegisters registers, Rows rows, Cells right, int columns, Cells target) {
    call(OF_CHOSEN[registers.ordinal()], registers, rows, right, columns, target);
  }

  /** As the other, in registers that the machine has. */
  static void addOfChosen(
      VectorRegisters registers, Rows rows, Cells right, int columns, Cells target) {
    call(MORE_OF_CHOSEN[registers.ordinal()], registers, rows, right, columns, target);
  }

  /** As the other, in registers that the machine has. */
  static void addToChosen(
      VectorRegisters registers, Rows rows, Cells right, int columns, Cells target) {
    call(TO_CHOSEN[registers.ordinal()], registers, rows, right, columns, target);
  }

  private static void call(
      CodeTable codes,
      VectorRegisters registers,
      Rows rows,
      Cells right,
      int columns,
      Cells target) {
    int lanes = registers.doubles();
    int vectors = (columns + lanes - 1) / lanes;
    long[] arguments = new long[CompressedSumsCode.ARGUMENTS];
    arguments[CompressedSumsCode.ROWS] = rows.count;
    arguments[CompressedSumsCode.STARTS] = rows.starts;
    arguments[CompressedSumsCode.VALUES] = rows.values;
    arguments[CompressedSumsCode.COLUMNS] = rows.columns;
    arguments[CompressedSumsCode.RIGHT] = right.address;
    arguments[CompressedSumsCode.RIGHT_STEP] = right.step;
    arguments[CompressedSumsCode.TARGET] = target.address;
    arguments[CompressedSumsCode.TARGET_STEP] = target.step;
    int last = columns - (vectors - 1) * lanes;
    Arrays.fill(arguments, CompressedSumsCode.MASK, CompressedSumsCode.MASK + last, -1);
    MemorySegment places = MemorySegment.ofArray(arguments);
    CodeCall.withSegments(codes.of(vectors), places, places, 0, 0, 0, 0);
  }
}
