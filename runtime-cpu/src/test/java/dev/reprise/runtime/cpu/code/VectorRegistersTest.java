package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.CellChain.Apply;
import dev.reprise.runtime.cpu.code.CellChain.Input;
import dev.reprise.runtime.cpu.code.CellChain.Node;
import dev.reprise.runtime.cpu.code.CellChain.Number;
import dev.reprise.runtime.cpu.code.CellChain.Spread;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Code for registers of both sizes, bit by bit. That either has the bits of the loops in Java is
 * tested where these are.
 */
class VectorRegistersTest {
  /** Two groups of the largest, and every number of cells that is left over. */
  private static final int MOST_CELLS = 71;

  /** Shorter rows are computed in small registers anyhow. */
  private static final int LEAST_COLS = 16;

  private static final int ROWS = 2;
  private static final int FOLDED_ROWS = 9;
  private static final int INPUTS = 5;
  private static final int OUTPUTS = 3;
  private static final int PARAMETERS = RandomNumbers.COUNT;
  private static final int TOTALS = 8;

  /** Cells behind those of each operand that are read, of neighbours, or must not be written. */
  private static final int BEHIND = 4;

  /** Functions of whole steps. */
  private static final Set<CellFunction> RANDOM =
      EnumSet.of(
          CellFunction.THINNED, CellFunction.KEPT, CellFunction.UNIFORM, CellFunction.NORMAL);

  /** Inputs beside random numbers. */
  private enum Inputs {
    USUAL,
    /** Some that few functions refuse. */
    EXTREME(0.0, -0.0, Double.MIN_VALUE, -Float.MIN_VALUE, 1e-40, -1e-310, 88, -800, 22),
    SPECIAL(
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        0.0,
        -0.0,
        Double.MIN_VALUE,
        -Float.MIN_VALUE,
        1e-40,
        -1e-310,
        1e300,
        -745.9,
        701,
        88,
        22,
        -0.3);

    private final double[] numbers;

    Inputs(double... numbers) {
      this.numbers = numbers;
    }
  }

  private final Random random = new Random(20261129);

  @BeforeAll
  static void haveBoth() {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
    assumeTrue(VectorRegisters.largest() == VectorRegisters.BYTES_64, "a processor with AVX-512");
  }

  @ParameterizedTest
  @EnumSource(CellFunction.class)
  void functionsHaveTheSameBits(CellFunction function) {
    int step = RANDOM.contains(function) ? function.cellsPerStep() : 1;
    int steps = RANDOM.contains(function) ? MOST_CELLS / 8 : MOST_CELLS;
    for (Precision precision : Precision.values()) {
      for (Inputs inputs : Inputs.values()) {
        int computed = 0;
        for (int n = 1; n <= steps; n++) {
          computed += checkFunction(function, precision, n * step, inputs) ? 1 : 0;
        }
        if (inputs != Inputs.SPECIAL) {
          assertThat(computed).as("%s of %s", precision, inputs).isPositive();
        }
      }
    }
  }

  /** Whether no cell was refused. */
  private boolean checkFunction(CellFunction function, Precision precision, int n, Inputs kind) {
    try (Arena arena = Arena.ofConfined()) {
      // As doubles, which some operands are in any precision.
      long rowBytes = (n + BEHIND) * (long) Double.BYTES;
      MemorySegment[] inputs = new MemorySegment[INPUTS];
      for (int i = 0; i < INPUTS; i++) {
        inputs[i] = numbers(arena, precision, ROWS * (n + BEHIND), kind);
      }
      double[] parameters = new double[PARAMETERS];
      for (int i = 0; i < PARAMETERS; i++) {
        parameters[i] = 0.1 + random.nextDouble();
      }
      Outcome small = new Outcome(arena, VectorRegisters.BYTES_32, rowBytes);
      Outcome large = new Outcome(arena, VectorRegisters.BYTES_64, rowBytes);
      small.run(function, precision, inputs, parameters, n);
      large.run(function, precision, inputs, parameters, n);
      large.requireSameAs(small, function + " of " + n + " " + precision);
      return large.isComputed;
    }
  }

  @ParameterizedTest
  @EnumSource(RunningFold.Kind.class)
  void runningFoldsHaveTheSameBits(RunningFold.Kind kind) {
    for (Precision precision : Precision.values()) {
      for (Inputs inputs : Inputs.values()) {
        for (int cols = 1; cols <= MOST_CELLS; cols++) {
          checkFold(kind, precision, cols, inputs);
        }
      }
    }
  }

  private void checkFold(RunningFold.Kind kind, Precision precision, int cols, Inputs inputs) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = numbers(arena, precision, FOLDED_ROWS * cols, inputs);
      MemorySegment small = fold(arena, VectorRegisters.BYTES_32, precision, kind, cols, x);
      MemorySegment large = fold(arena, VectorRegisters.BYTES_64, precision, kind, cols, x);
      assertThat(large.mismatch(small))
          .as("%s of %d columns, %s", kind, cols, precision)
          .isEqualTo(-1);
    }
  }

  private static MemorySegment fold(
      Arena arena,
      VectorRegisters registers,
      Precision precision,
      RunningFold.Kind kind,
      int cols,
      MemorySegment x) {
    long rowBytes = (long) cols * precision.bytesPerCell();
    long bytes = FOLDED_ROWS * rowBytes;
    MemorySegment out = arena.allocate(bytes + Double.BYTES, Double.BYTES).fill((byte) 7);
    RunningFold fold = new RunningFold(registers, precision, kind, cols);
    fold.run(x.address(), out.address(), rowBytes, 1);
    // From where the first call ended.
    fold.run(x.address() + rowBytes, out.address() + rowBytes, rowBytes, FOLDED_ROWS - 1);
    return out;
  }

  /** What a function makes of operands, which it may write to. */
  private static final class Outcome {
    private final VectorRegisters registers;
    private final long rowBytes;
    private final MemorySegment[] inputs = new MemorySegment[INPUTS];
    private final MemorySegment[] outputs = new MemorySegment[OUTPUTS];
    private boolean isComputed;
    private double[] numbers;

    Outcome(Arena arena, VectorRegisters registers, long rowBytes) {
      this.registers = registers;
      this.rowBytes = rowBytes;
      for (int i = 0; i < INPUTS; i++) {
        inputs[i] = arena.allocate(ROWS * rowBytes, Double.BYTES);
      }
      for (int i = 0; i < OUTPUTS; i++) {
        outputs[i] = arena.allocate(ROWS * rowBytes, Double.BYTES).fill((byte) 7);
      }
    }

    void run(
        CellFunction function,
        Precision precision,
        MemorySegment[] cells,
        double[] parameters,
        int n) {
      CellOperands more = new CellOperands(ROWS, PARAMETERS, TOTALS);
      int rows = function.hasRows() && !RANDOM.contains(function) ? ROWS : 1;
      more.withRows(rows);
      for (int i = 0; i < INPUTS; i++) {
        inputs[i].copyFrom(cells[i]);
        more.withInputRow(i, rowBytes);
        if (i > 0) {
          more.withInput(i, inputs[i].address());
        }
      }
      for (int i = 0; i < OUTPUTS; i++) {
        more.withOutputRow(i, rowBytes);
        if (i > 0) {
          more.withOutput(i, outputs[i].address());
        }
      }
      for (int i = 0; i < PARAMETERS; i++) {
        more.withParameter(i, parameters[i]).withParameter(PARAMETERS + i, parameters[i]);
      }
      if (function == CellFunction.THINNED || function == CellFunction.KEPT) {
        // Half of the cells stay.
        more.withParameterBits(RandomNumbers.TOO_LARGE, 1L << 52);
      }
      if (RANDOM.contains(function)) {
        more.withCarried(987_654_321L);
      }
      isComputed =
          function.run(registers, precision, inputs[0].address(), outputs[0].address(), more, n);
      numbers = new double[ROWS * (PARAMETERS + TOTALS)];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = more.parameter(i);
      }
    }

    /** Also of what is not written, and of inputs, some of which are. */
    void requireSameAs(Outcome other, String what) {
      assertThat(isComputed).as("%s", what).isEqualTo(other.isComputed);
      if (!isComputed) {
        return;
      }
      for (int i = 0; i < OUTPUTS; i++) {
        assertThat(outputs[i].mismatch(other.outputs[i]))
            .as("output %d: %s", i, what)
            .isEqualTo(-1);
      }
      for (int i = 0; i < INPUTS; i++) {
        assertThat(inputs[i].mismatch(other.inputs[i])).as("input %d: %s", i, what).isEqualTo(-1);
      }
      assertThat(numbers).as("%s", what).containsExactly(other.numbers);
    }
  }

  private MemorySegment numbers(Arena arena, Precision precision, int n, Inputs kind) {
    MemorySegment numbers = arena.allocate((long) n * Double.BYTES, Double.BYTES);
    boolean areDoubles = precision == Precision.FP64;
    for (int i = 0; i < (areDoubles ? n : 2 * n); i++) {
      double number = random.nextGaussian() * 3;
      if (kind.numbers.length > 0 && random.nextInt(8) == 0) {
        number = kind.numbers[random.nextInt(kind.numbers.length)];
      }
      if (areDoubles) {
        numbers.setAtIndex(ValueLayout.JAVA_DOUBLE, i, number);
      } else {
        numbers.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) number);
      }
    }
    return numbers;
  }

  static Stream<Apply> chains() {
    Node x = new Input(0);
    Node y = new Input(1);
    Node z = new Input(2);
    Node a = new Number(0);
    Stream<Apply> ofOne =
        Stream.of(
                "sqrt", "square", "negate", "abs", "floor", "ceil", "round", "relu", "!", "exp",
                "log", "sigmoid", "tanh", "gelu", "silu")
            .map(opcode -> apply(opcode, x));
    Stream<Apply> ofTwo =
        Stream.of(
                "+",
                "-",
                "*",
                "/",
                "pmin",
                "pmax",
                "relu_backward",
                "<",
                "<=",
                ">",
                ">=",
                "==",
                "!=",
                "gelu_backward",
                "silu_backward",
                "elu")
            .map(opcode -> apply(opcode, x, y));
    Stream<Apply> larger =
        Stream.of(
            apply("ifelse", apply("<", x, y), x, z),
            apply("*", apply("-", x, y), apply("-", a, apply("square", y))),
            apply("-", apply("*", a, x), apply("*", z, y)),
            apply("ifelse", apply("<", x, z), apply("exp", x), apply("gelu_backward", y, x)),
            apply("sigmoid", apply("/", x, x)),
            apply("tanh", apply("-", apply("exp", apply("*", x, a)), y)));
    return Stream.of(ofOne, ofTwo, larger).flatMap(chains -> chains);
  }

  private static Apply apply(String opcode, Node... operands) {
    return new Apply(opcode, List.of(operands));
  }

  @ParameterizedTest
  @MethodSource("chains")
  void chainsHaveTheSameBits(Apply expression) {
    List<Spread> spreads = List.of(Spread.EACH, Spread.ROW, Spread.COLUMN);
    for (Precision precision : Precision.values()) {
      CellChain small = CellChain.find(precision, VectorRegisters.BYTES_32, spreads, 1, expression);
      CellChain large = CellChain.find(precision, VectorRegisters.BYTES_64, spreads, 1, expression);
      // Numbers that are floats let floats stay floats, where there are no functions.
      for (double number : new double[] {0.5, 0.9}) {
        for (Inputs inputs : Inputs.values()) {
          int computed = 0;
          for (int cols = LEAST_COLS; cols <= MOST_CELLS; cols++) {
            computed += checkChain(small, large, number, cols, inputs) ? 1 : 0;
          }
          if (inputs != Inputs.SPECIAL) {
            assertThat(computed).as("%s of %s", precision, inputs).isPositive();
          }
        }
      }
    }
  }

  /** Whether no cell was refused. */
  private boolean checkChain(
      CellChain small, CellChain large, double number, int cols, Inputs kind) {
    Precision precision = large.precision();
    boolean areComputed = true;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = numbers(arena, precision, ROWS * cols, kind);
      MemorySegment y = numbers(arena, precision, cols, kind);
      MemorySegment z = numbers(arena, precision, ROWS, kind);
      for (boolean toDoubles : new boolean[] {false, true}) {
        long bytes = (ROWS * cols + 1L) * Double.BYTES;
        MemorySegment out = arena.allocate(bytes, Double.BYTES).fill((byte) 7);
        MemorySegment wanted = arena.allocate(bytes, Double.BYTES).fill((byte) 7);
        boolean isComputed = call(small, number, x, y, z).run(ROWS, cols, wanted, toDoubles);
        assertThat(call(large, number, x, y, z).run(ROWS, cols, out, toDoubles))
            .isEqualTo(isComputed);
        areComputed &= isComputed;
        if (isComputed) {
          assertThat(out.mismatch(wanted)).as("%d cells of %s", cols, precision).isEqualTo(-1);
        }
      }
    }
    return areComputed;
  }

  private static CellChain.Call call(
      CellChain chain, double number, MemorySegment x, MemorySegment y, MemorySegment z) {
    return chain
        .call()
        .withNumber(0, number)
        .withInput(0, x.address())
        .withInput(1, y.address())
        .withInput(2, z.address());
  }
}
