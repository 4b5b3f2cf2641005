package dev.reprise.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Device;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.sparse.Compression;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What operations that have machine code find is to the last bit what they find without it, in a
 * process of its own that may call no native code. Which number a NaN is made of is left open.
 */
class WithAndWithoutCodeTest {
  private static final int THREADS = 3;

  /** About the borders of groups, pieces and chunks. */
  private static final int[][] SHAPES = {
    {1, 1},
    {1, 2},
    {1, 3},
    {1, 31},
    {1, 33},
    {1, 1023},
    {1, 1025},
    {1, 4097},
    {1, 16_385},
    {2, 1},
    {3, 1},
    {5, 1},
    {31, 1},
    {33, 1},
    {255, 1},
    {256, 1},
    {257, 1},
    {511, 1},
    {513, 1},
    {1023, 1},
    {1024, 1},
    {1025, 1},
    {4095, 1},
    {4097, 1},
    {16_383, 1},
    {16_384, 1},
    {16_385, 1},
    {65_537, 1},
    {262_147, 1},
    {2, 2},
    {3, 5},
    {7, 31},
    {33, 33},
    {129, 17},
    {257, 7},
    {1025, 3},
    {16_385, 2},
    {67, 1025},
    {9, 4099}
  };

  private enum Kind {
    NORMAL,
    IN_ORDER_BUT_FOR_THE_FIRST,
    IN_ORDER_BUT_FOR_THE_LAST,
    DECREASING_BUT_FOR_THE_SECOND,
    FEW_NUMBERS_AND_BOTH_ZEROS,
    MOSTLY_ZEROS,
    INFINITIES,
    SOME_NAN,
    NAN;

    double cell(int i, int n, Random random) {
      return switch (this) {
        case NORMAL -> random.nextGaussian();
        case IN_ORDER_BUT_FOR_THE_FIRST -> Samples.swapped(i, 0);
        case IN_ORDER_BUT_FOR_THE_LAST -> Samples.swapped(i, n - 2);
        case DECREASING_BUT_FOR_THE_SECOND -> -Samples.swapped(i, 1);
        case FEW_NUMBERS_AND_BOTH_ZEROS -> random.nextInt(-2, 3) * 0.5 * random.nextInt(2);
        case MOSTLY_ZEROS -> random.nextInt(20) == 0 ? random.nextGaussian() : i % 3 * -0.0;
        case INFINITIES -> random.nextInt(9) == 0 ? 1 / (random.nextInt(-1, 1) * 0.0) : i % 7;
        case SOME_NAN -> random.nextInt(50) == 0 ? Double.NaN : random.nextGaussian();
        case NAN -> Double.NaN;
      };
    }
  }

  private final CountingAllocator allocator = new CountingAllocator();
  private final ExecutionContext context = new ExecutionContext(allocator, THREADS);
  private final List<String> lines = new ArrayList<>();

  @Test
  void bitsAreThoseOfTheLoops() throws Exception {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--illegal-native-access=deny",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                WithAndWithoutCodeTest.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> withCode = new WithAndWithoutCodeTest().all();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(output).isZero();
    List<String> withoutCode = output.lines().toList();
    assertThat(withoutCode.getFirst()).isEqualTo("code: false");
    assertThat(withoutCode).hasSize(1 + withCode.size());
    List<String> different = new ArrayList<>();
    for (int i = 0; i < withCode.size(); i++) {
      if (!withoutCode.get(i + 1).equals(withCode.get(i))) {
        different.add(withoutCode.get(i + 1) + ", not " + withCode.get(i));
      }
    }
    assertThat(different).isEmpty();
  }

  public static void main(String[] args) {
    System.out.println("code: " + CellFunction.areThere());
    new WithAndWithoutCodeTest().all().forEach(System.out::println);
  }

  private List<String> all() {
    try (CpuDevice device = TestDevices.withoutOpenBlas();
        Parallel parallel = new Parallel(THREADS)) {
      for (int[] shape : SHAPES) {
        checkRandom(device, shape);
        for (Kind kind : Kind.values()) {
          DenseMatrix x = matrix(kind, shape[0], shape[1]);
          for (Precision precision : Precision.values()) {
            DenseMatrix cells = x.converted(precision, allocator);
            checkAll(device, kind + " " + precision, cells);
            cells.buffer().release();
          }
          MatrixOperand compressed = new Compression(parallel).compressed(x, context);
          String name = compressed.getClass().getSimpleName();
          note("compressed " + name + " of " + kind, shape, compressed);
          compressed.buffer().release();
        }
      }
    }
    return lines;
  }

  private void checkRandom(Device device, int[] shape) {
    Opcode rand = OperationTable.standard().get("rand");
    for (Precision precision : Precision.values()) {
      for (String pdf : List.of("uniform", "normal")) {
        for (double sparsity : new double[] {1, 0.3}) {
          Operand[] inputs = {
            Scalar.of(shape[0]),
            Scalar.of(shape[1]),
            Scalar.of(-1.0),
            Scalar.of(0.1),
            Scalar.of(sparsity),
            Scalar.of(-7),
            Scalar.of(pdf),
            Scalar.of(1.0)
          };
          Operation operation = new Operation(rand, Attributes.none()).withPrecision(precision);
          DenseMatrix found = (DenseMatrix) device.execute(operation, inputs, context)[0];
          note(precision + " " + pdf + " " + sparsity, shape, found);
          found.buffer().release();
        }
      }
    }
  }

  private DenseMatrix matrix(Kind kind, int rows, int cols) {
    Random random = new Random(31L * rows + cols);
    DenseMatrix x = DenseMatrix.allocate(allocator, rows, cols);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        x.set(i, j, kind.cell(i, rows, random));
      }
    }
    return x;
  }

  private void checkAll(Device device, String kind, DenseMatrix x) {
    for (String opcode :
        List.of(
            "colIndexMax",
            "colIndexMin",
            "colProds",
            "colSums",
            "cos",
            "log",
            "colMaxs",
            "colMins",
            "colVars",
            "rowIndexMax",
            "rowIndexMin",
            "rowMaxs",
            "rowMins",
            "rowSums",
            "rowVars",
            "sum",
            "round",
            "sin",
            "rev",
            "t")) {
      check(device, kind, opcode, x);
    }
    for (double pattern : new double[] {0, 1, Double.POSITIVE_INFINITY, Double.NaN}) {
      check(device, kind, "replace", x, Scalar.of(pattern), Scalar.of(-0.0));
      check(device, kind, "replace", x, Scalar.of(pattern), Scalar.of(Double.NaN));
    }
    for (boolean isDecreasing : new boolean[] {false, true}) {
      for (boolean isIndex : new boolean[] {false, true}) {
        Operand by = Scalar.of(x.cols());
        check(device, kind, "order", x, by, Scalar.of(isDecreasing), Scalar.of(isIndex));
      }
    }
    if (x.cells() < 20_000) {
      check(device, kind, "unique", x);
    }
    if (x.cols() == 1 && x.rows() < 2000) {
      DenseMatrix row = matrix(Kind.SOME_NAN, 1, 33);
      for (String operator : List.of("-", "<=", "%%", "max", "^")) {
        check(device, kind, "outer", x, row, Scalar.of(operator));
      }
      row.buffer().release();
    }
    if (x.cols() == 1) {
      for (long order = 2; order <= 4; order++) {
        check(device, kind, "moment", x, null, Scalar.of(order));
        check(device, kind, "moment", x, x, Scalar.of(order));
      }
      check(device, kind, "cov", x, x);
      check(device, kind, "cov", x, x, x);
    }
  }

  /** Notes the result, or why there is none; null stands for a default. */
  private void check(Device device, String kind, String opcode, DenseMatrix x, Operand... more) {
    Opcode row = OperationTable.standard().get(opcode);
    Operand[] inputs = new Operand[row.parameters().size()];
    Arrays.setAll(
        inputs,
        i -> {
          Operand given = i == 0 ? x : i <= more.length ? more[i - 1] : null;
          return given == null ? row.parameters().get(i).defaultValue() : given;
        });
    String others =
        Stream.of(more).map(each -> each instanceof Scalar ? each.toString() : "").toList() + "";
    String what = opcode + others + " of " + kind;
    int[] shape = {(int) x.rows(), (int) x.cols()};
    Operation operation = new Operation(row, Attributes.none()).withPrecision(x.precision());
    try {
      Operand found = device.execute(operation, inputs, context)[0];
      note(what, shape, found);
      if (found instanceof MatrixOperand matrix) {
        matrix.buffer().release();
      }
    } catch (OperandException e) {
      lines.add(what + " " + Arrays.toString(shape) + ": " + e.getMessage());
    }
  }

  private void note(String what, int[] shape, Operand found) {
    long hash = 1;
    if (found instanceof Scalar scalar) {
      hash = Double.doubleToLongBits(scalar.asDouble());
    } else {
      DenseMatrix dense = ((MatrixOperand) found).copyDense(allocator);
      for (long i = 0; i < dense.rows(); i++) {
        for (long j = 0; j < dense.cols(); j++) {
          long bits = Double.doubleToLongBits(dense.get(i, j));
          hash = (hash ^ bits ^ bits >>> 29) * 0x9E3779B97F4A7C15L;
          hash ^= hash >>> 32;
        }
      }
      dense.buffer().release();
    }
    lines.add(what + " " + Arrays.toString(shape) + ": " + Long.toHexString(hash));
  }
}
