package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.Precision;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.List;

/**
 * An expression of element-wise operations as one loop in machine code: cells are read once, where
 * they lie, intermediate values stay in registers, and nothing has to be compiled while a program
 * runs. It has the bits of the operations one after the other; in fp32 each result is rounded to a
 * float.
 *
 * <p>Immutable, for any number of threads. Code is made when first needed and goes when nobody has
 * the expression any more.
 */
public final class CellChain {
  /** The opcode of x * x, which {@code x ^ 2} is. */
  public static final String SQUARE = "square";

  /** How the cells of an input belong to those of the result. */
  public enum Spread {
    /** One to each. */
    EACH,
    /** Of a row vector, repeated in every row. */
    ROW,
    /** Of a column vector, repeated in every column. */
    COLUMN
  }

  /** A part of the expression. */
  public sealed interface Node {}

  /** A matrix of the precision. */
  public record Input(int number) implements Node {}

  /** A double that all cells are computed with. */
  public record Number(int number) implements Node {}

  /** The operand of that position again, which is computed once. */
  public record Same(int operand) implements Node {}

  /** An operation {@linkplain CellChain#knows that there is code for}. */
  public record Apply(String opcode, List<Node> operands) implements Node {
    public Apply {
      operands = List.copyOf(operands);
      if (CellOperators.arity(opcode) != operands.size()) {
        throw new IllegalArgumentException(opcode + " of " + operands.size() + " operands");
      }
    }
  }

  private final Precision precision;

  /** Of rows that are not short. */
  private final VectorRegisters registers;

  private final List<Spread> inputs;
  private final int numbers;
  private final Apply result;

  private final boolean hasVectors;

  /** Whether floats need not be widened, for numbers that are floats. */
  private final boolean needsNoDoubles;

  // By registers and by form; a piece for each kind of outputs, the second for doubles.
  private final CodeTable[][] codes =
      new CodeTable[VectorRegisters.values().length][CellForm.values().length];

  private CellChain(
      Precision precision,
      VectorRegisters registers,
      List<Spread> inputs,
      int numbers,
      Apply result) {
    this.precision = precision;
    this.registers = registers;
    this.inputs = List.copyOf(inputs);
    this.numbers = numbers;
    this.result = result;
    this.hasVectors = !inputs.stream().allMatch(Spread.EACH::equals);
    this.needsNoDoubles = precision == Precision.FP32 && ChainCode.needsNoDoubles(result);
    for (VectorRegisters of : VectorRegisters.values()) {
      for (CellForm form : CellForm.values()) {
        codes[of.ordinal()][form.ordinal()] =
            new CodeTable("cells", 2, outputs -> ChainCode.of(this, form, of, outputs == 1));
      }
    }
  }

  /** Whether there is code for an operation, {@link #SQUARE} included. */
  public static boolean knows(String opcode) {
    return CellOperators.knows(opcode);
  }

  /**
   * The loop of an expression.
   *
   * @param inputs how each spreads
   * @param numbers how many there are
   * @param result an operation, not an input or a number alone
   * @return null where there is none: other processors or systems, or too large an expression
   */
  public static CellChain find(
      Precision precision, List<Spread> inputs, int numbers, Apply result) {
    VectorRegisters registers =
        ChainCode.gainsFromLargest(result) ? VectorRegisters.largest() : VectorRegisters.BYTES_32;
    return find(precision, registers, inputs, numbers, result);
  }

  /** As the other, in registers that the machine has where rows are not short. */
  static CellChain find(
      Precision precision,
      VectorRegisters registers,
      List<Spread> inputs,
      int numbers,
      Apply result) {
    return CellFunction.areThere() && ChainCode.fits(inputs, result)
        ? new CellChain(precision, registers, inputs, numbers, result)
        : null;
  }

  private VectorRegisters registers(long cols) {
    return registers == VectorRegisters.BYTES_32 ? registers : VectorRegisters.of(cols);
  }

  Precision precision() {
    return precision;
  }

  List<Spread> inputs() {
    return inputs;
  }

  Node result() {
    return result;
  }

  /** Whether an input is a vector, so that rows matter. */
  public boolean hasVectors() {
    return hasVectors;
  }

  private MemorySegment code(VectorRegisters registers, CellForm form, boolean toDoubles) {
    return codes[registers.ordinal()][form.ordinal()].of(toDoubles ? 1 : 0);
  }

  private static void writeSizes(
      long[] arguments, VectorRegisters registers, CellForm form, long rows, long cols) {
    arguments[ChainCode.ROWS] = rows;
    arguments[ChainCode.GROUPS] = cols / registers.lanes(form);
    arguments[ChainCode.MASK] = registers.maskPlace(form, cols);
  }

  private static final int LONGS_OF_NUMBER = CodeNumbers.NUMBER_BYTES / Long.BYTES;

  /** What the loop works on. Belongs to one thread, for any number of calls. */
  public final class Call {
    private final long[] arguments;
    private final MemorySegment segment;
    private final double[] values;
    private boolean areFloats = true;

    /** Of which form the numbers among the arguments are; null before the first call. */
    private CellForm written;

    private Call() {
      arguments = new long[ChainCode.FIRST_NUMBER + LONGS_OF_NUMBER * numbers];
      segment = MemorySegment.ofArray(arguments);
      values = new double[numbers];
    }

    /** A number that all cells are computed with. */
    public Call withNumber(int number, double value) {
      values[number] = value;
      areFloats &= (float) value == value || Double.isNaN(value);
      written = null;
      return this;
    }

    private void write(CellForm form) {
      for (int number = 0; number < values.length; number++) {
        long bits = form.bits(values[number]);
        int at = ChainCode.FIRST_NUMBER + LONGS_OF_NUMBER * number;
        Arrays.fill(arguments, at, at + LONGS_OF_NUMBER, bits);
      }
      written = form;
    }

    /** Where the cells of an input begin, in native memory, which the JVM does not check. */
    public Call withInput(int number, long address) {
      arguments[ChainCode.FIRST_INPUT + number] = address;
      return this;
    }

    /**
     * Computes cells that lie together.
     *
     * @param rows of the result: at least 1
     * @param cols cells of each
     * @param out where they go, on the heap or not: no memory of an input, or just that of one
     *     whose cells lie together as these do and have their width
     * @param toDoubles whether the output is of doubles, whatever the precision
     * @return false when a cell was refused: all are to be computed anew in another way
     */
    public boolean run(long rows, long cols, MemorySegment out, boolean toDoubles) {
      int bytes = precision.bytesPerCell();
      CellForm form =
          needsNoDoubles && areFloats && !toDoubles ? CellForm.FLOATS : CellForm.of(precision);
      if (written != form) {
        write(form);
      }
      VectorRegisters registers = registers(cols);
      writeSizes(arguments, registers, form, rows, cols);
      arguments[ChainCode.ROW_BYTES] = cols * bytes;
      arguments[ChainCode.OUTPUT_ROW_BYTES] = cols * (toDoubles ? Double.BYTES : bytes);
      MemorySegment code = code(registers, form, toDoubles);
      try {
        return CodeCall.withSegments(code, segment, out, 0, 0, 0, 0) == 0;
      } finally {
        Reference.reachabilityFence(CellChain.this);
      }
    }
  }

  /**
   * Computes cells that lie together as those of its inputs do, in fp64: one {@link Call} of one
   * row.
   *
   * @param first where the cells of the first input begin
   * @param second those of the second, if there is one
   * @param number the number, if there is one
   * @param cells how many, of each
   * @param out where they go: no memory of an input
   * @return false when a cell was refused: all are to be computed anew in another way
   */
  public boolean runFlat(long first, long second, double number, long cells, MemorySegment out) {
    long[] arguments = new long[ChainCode.FIRST_NUMBER + LONGS_OF_NUMBER * numbers];
    VectorRegisters of = registers(cells);
    writeSizes(arguments, of, CellForm.DOUBLES, 1, cells);
    arguments[ChainCode.ROW_BYTES] = cells * Double.BYTES;
    arguments[ChainCode.OUTPUT_ROW_BYTES] = cells * Double.BYTES;
    arguments[ChainCode.FIRST_INPUT] = first;
    if (inputs.size() > 1) {
      arguments[ChainCode.FIRST_INPUT + 1] = second;
    }
    if (numbers > 0) {
      long bits = CellForm.DOUBLES.bits(number);
      Arrays.fill(arguments, ChainCode.FIRST_NUMBER, arguments.length, bits);
    }
    MemorySegment code = code(of, CellForm.DOUBLES, false);
    try {
      return CodeCall.withSegments(code, MemorySegment.ofArray(arguments), out, 0, 0, 0, 0) == 0;
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** A call without operands yet. */
  public Call call() {
    return new Call();
  }
}
