package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.code.CellChain.Apply;
import dev.reprise.runtime.cpu.code.CellChain.Input;
import dev.reprise.runtime.cpu.code.CellChain.Node;
import dev.reprise.runtime.cpu.code.CellChain.Number;
import dev.reprise.runtime.cpu.code.CellChain.Same;
import dev.reprise.runtime.cpu.code.CellChain.Spread;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Expressions in machine code; their bits are compared with the kernels' in FusedLoopTest. */
class CellChainTest {
  private static final Node X = new Input(0);
  private static final Node Y = new Input(1);

  @BeforeAll
  static void haveCode() {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
  }

  private static Apply apply(String opcode, Node... operands) {
    return new Apply(opcode, List.of(operands));
  }

  private static CellChain chain(List<Spread> inputs, int numbers, Apply result) {
    return CellChain.find(Precision.FP64, inputs, numbers, result);
  }

  private static List<Spread> each(int inputs) {
    return Collections.nCopies(inputs, Spread.EACH);
  }

  /** The operation applied so often, the result of one as its last operand of the next. */
  private static Apply nested(String opcode, int times) {
    Apply result = apply(opcode, X, X);
    for (int i = 1; i < times; i++) {
      result = apply(opcode, X, result);
    }
    return result;
  }

  /** A tree all of whose branches are as deep. */
  private static Node full(String opcode, int depth) {
    return depth == 0 ? X : apply(opcode, full(opcode, depth - 1), full(opcode, depth - 1));
  }

  @Test
  void everyNumberOfRowsAndColumnsIsComputedAndNothingBehind() {
    List<Spread> spreads = List.of(Spread.EACH, Spread.ROW, Spread.COLUMN);
    Apply sum =
        apply("+", apply("*", X, Y), apply("-", new Input(2), apply("*", new Number(0), X)));
    CellChain chain = chain(spreads, 1, sum);
    try (Arena arena = Arena.ofConfined()) {
      for (int rows = 1; rows <= 4; rows++) {
        for (int cols = 1; cols <= 29; cols++) {
          MemorySegment x = numbers(arena, rows * cols, 1);
          MemorySegment y = numbers(arena, cols, 100);
          MemorySegment z = numbers(arena, rows, 7);
          double[] out = new double[rows * cols + 1];
          out[rows * cols] = -5;
          CellChain.Call call =
              chain
                  .call()
                  .withNumber(0, 0.5)
                  .withInput(0, x.address())
                  .withInput(1, y.address())
                  .withInput(2, z.address());
          assertThat(call.run(rows, cols, MemorySegment.ofArray(out), true)).isTrue();
          for (int i = 0; i < rows * cols; i++) {
            double cell = cell(x, i);
            assertThat(out[i])
                .isEqualTo(cell * cell(y, i % cols) + (cell(z, i / cols) - 0.5 * cell));
          }
          assertThat(out[rows * cols]).as("the cell behind the last").isEqualTo(-5);
        }
      }
    }
  }

  private static MemorySegment numbers(Arena arena, int n, double first) {
    MemorySegment cells = arena.allocate(Double.BYTES * n, Double.BYTES);
    for (int i = 0; i < n; i++) {
      cells.setAtIndex(ValueLayout.JAVA_DOUBLE, i, first + i * 0.75);
    }
    return cells;
  }

  private static double cell(MemorySegment cells, int i) {
    return cells.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
  }

  @Test
  void aCellIsRefusedOnlyIfItIsThere() {
    CellChain chain = chain(each(1), 0, apply("sigmoid", apply("/", X, X)));
    // In small registers, and in large ones where the machine has them.
    for (int first : new int[] {4, 16}) {
      for (int last = first; last < first + 8; last++) {
        assertIsRefusedWithLast(chain, last);
      }
    }
  }

  private static void assertIsRefusedWithLast(CellChain chain, int last) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = numbers(arena, last + 1, 3);
      MemorySegment out = arena.allocate((last + 1L) * Double.BYTES, Double.BYTES);
      CellChain.Call call = chain.call().withInput(0, x.address());
      // Lanes without a cell are 0 / 0, which is no number.
      assertThat(call.run(1, last + 1, out, false)).as("%d cells", last + 1).isTrue();
      x.setAtIndex(ValueLayout.JAVA_DOUBLE, last, 0);
      assertThat(call.run(1, last + 1, out, false)).as("%d cells", last + 1).isFalse();
      assertThat(call.run(1, last, out, false)).as("%d cells", last).isTrue();
    }
  }

  @Test
  void codeGoesWithItsExpression() throws Exception {
    long before = mappingsOfCode();
    int made = 60;
    for (int i = 0; i < made; i++) {
      CellChain chain = chain(each(1), 0, apply("negate", X));
      assertThat(chain.call().run(1, 0, MemorySegment.NULL, false)).isTrue();
    }
    for (int i = 0; i < 200 && mappingsOfCode() > before + made / 2; i++) {
      System.gc();
      assertThat(new byte[1 << 20]).isNotEmpty();
    }
    assertThat(mappingsOfCode()).isLessThanOrEqualTo(before + made / 2);
  }

  /** Memory that is executable, is not written and comes from no file. */
  private static long mappingsOfCode() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> line.matches("\\S+ r-xp 0+ 00:00 0 *")).count();
    }
  }

  @Test
  void whatNeedsTooMuchHasNoCode() {
    // On the stack of values there is one beside x, whatever the depth.
    assertThat(chain(each(1), 0, nested("-", 64))).isNotNull();
    assertThat(chain(each(1), 0, nested("-", 65))).as("operations").isNull();
    assertThat(chain(each(9), 0, apply("+", X, new Input(8)))).isNotNull();
    assertThat(chain(each(10), 0, apply("+", X, new Input(9)))).as("inputs").isNull();
    Apply tanh = apply("tanh", X);
    for (int i = 1; i < 8; i++) {
      tanh = apply("tanh", tanh);
    }
    assertThat(chain(each(1), 0, tanh)).isNotNull();
    assertThat(chain(each(1), 0, apply("tanh", tanh))).as("functions").isNull();
    // Values are held while a function is computed: two for each level.
    Apply slope = apply("gelu_backward", X, X);
    Node two = apply("ifelse", fullChoice(2), fullChoice(2), apply("ifelse", slope, slope, slope));
    assertThat(chain(each(1), 0, apply("exp", two))).isNotNull();
    Apply three = apply("ifelse", fullChoice(3), fullChoice(3), two);
    assertThat(chain(each(1), 0, three)).as("registers").isNull();
    assertThat(chain(each(1), 0, apply("exp", full("+", 5)))).isNotNull();
  }

  /** In floats there are two ways of computing functions, of which one is for what is unsure. */
  @Test
  void thereIsRoomForTheLongestCode() {
    Apply longest = apply("gelu", X);
    for (int i = 1; i < 64; i++) {
      longest = i < 8 ? apply("gelu", longest) : apply("relu_backward", longest, X);
    }
    for (Precision precision : Precision.values()) {
      CellChain chain = CellChain.find(precision, each(1), 0, longest);
      for (VectorRegisters registers : VectorRegisters.values()) {
        byte[] code = ChainCode.of(chain, CellForm.of(precision), registers, false);
        assertThat(code.length)
            .as("%s %s", precision, registers)
            .isLessThan(InstructionForms.MOST_BYTES);
      }
    }
  }

  /** As {@link #full}, of three operands. */
  private static Node fullChoice(int depth) {
    Node part = depth == 0 ? X : fullChoice(depth - 1);
    return depth == 0 ? X : apply("ifelse", part, part, part);
  }

  /** Where the instructions of two groups of cells take turns, against cells one by one. */
  @Test
  void functionsOfManyCellsAreThoseOfEach() {
    List<Apply> chains =
        List.of(
            apply("exp", X),
            apply("log", X),
            apply("sin", X),
            apply("*", apply("cos", X), apply("sin", Y)),
            apply("log_base", apply("+", X, Y), Y),
            apply("sigmoid", apply("+", apply("*", X, new Number(0)), Y)),
            apply("tanh", apply("-", apply("exp", X), Y)),
            apply("gelu", X),
            apply("*", apply("silu", apply("-", X, Y)), new Number(0)),
            apply("ifelse", apply("<", X, Y), apply("exp", X), apply("gelu_backward", Y, X)));
    for (Apply chain : chains) {
      for (Precision precision : Precision.values()) {
        for (int cols = 1; cols <= 71; cols++) {
          assertCellsAreThoseOfEach(precision, chain, cols);
        }
      }
    }
  }

  private static void assertCellsAreThoseOfEach(Precision precision, Apply expression, int cols) {
    int rows = 2;
    int bytes = precision.bytesPerCell();
    List<Spread> spreads = List.of(Spread.EACH, Spread.ROW);
    CellChain chain = CellChain.find(precision, spreads, 1, expression);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = cells(arena, precision, rows * cols, -3);
      MemorySegment y = cells(arena, precision, cols, 1);
      MemorySegment out = arena.allocate((long) bytes * (rows * cols + 1), 8);
      MemorySegment one = arena.allocate(bytes, 8);
      CellChain.Call call = chain.call().withNumber(0, 0.3);
      call.withInput(0, x.address()).withInput(1, y.address());
      assertThat(call.run(rows, cols, out, false)).isTrue();
      for (int i = 0; i < rows * cols; i++) {
        call.withInput(0, x.address() + (long) i * bytes);
        call.withInput(1, y.address() + (long) (i % cols) * bytes);
        assertThat(call.run(1, 1, one, false)).isTrue();
        assertThat(out.asSlice((long) i * bytes, bytes).mismatch(one))
            .as("cell %d of %d rows of %d: %s", i, rows, cols, expression)
            .isEqualTo(-1);
      }
      assertThat(out.asSlice((long) rows * cols * bytes).mismatch(arena.allocate(bytes)))
          .as("the cell behind the last")
          .isEqualTo(-1);
    }
  }

  private static MemorySegment cells(Arena arena, Precision precision, int n, double first) {
    MemorySegment cells = arena.allocate((long) precision.bytesPerCell() * n, 8);
    for (int i = 0; i < n; i++) {
      double cell = first + i * 0.37;
      if (precision == Precision.FP64) {
        cells.setAtIndex(ValueLayout.JAVA_DOUBLE, i, cell);
      } else {
        cells.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) cell);
      }
    }
    return cells;
  }

  /** Otherwise squares of squares would double the code with each. */
  @Test
  void anOperandThatComesAgainIsComputedOnce() {
    Node x = X;
    for (int i = 0; i < 40; i++) {
      x = apply("-", apply("pmax", x, new Same(0)), new Number(0));
    }
    x = apply("ifelse", new Number(0), apply("*", x, new Same(0)), new Same(1));
    CellChain chain = chain(each(1), 1, (Apply) x);
    assertThat(chain).as("82 operations").isNull();
    Node few =
        apply("ifelse", new Number(0), apply("*", apply("+", X, X), new Same(0)), new Same(1));
    double[] out = new double[3];
    try (Arena arena = Arena.ofConfined()) {
      CellChain.Call call = chain(each(1), 1, (Apply) few).call().withNumber(0, 1);
      call.withInput(0, numbers(arena, 3, 1).address()).run(1, 3, MemorySegment.ofArray(out), true);
    }
    assertThat(out).containsExactly(4, 12.25, 25);
  }

  @Test
  void operationsWithoutCodeAreNotKnown() {
    assertThat(CellChain.knows("sinh")).isFalse();
    assertThat(CellChain.knows("^")).isFalse();
    assertThat(CellChain.knows(CellChain.SQUARE)).isTrue();
    assertThatThrownBy(() -> apply("+", X)).isInstanceOf(IllegalArgumentException.class);
  }
}
