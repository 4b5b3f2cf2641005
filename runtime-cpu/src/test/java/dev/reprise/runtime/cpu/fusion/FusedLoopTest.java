package dev.reprise.runtime.cpu.fusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.blas.NativeLocation;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.testkit.CountingAllocator;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fused loops against the kernels that they stand for, bit by bit. */
class FusedLoopTest {
  private static final int[][] SHAPES = {
    {1, 1},
    {1, 7},
    {7, 1},
    {3, 5},
    {40, 100},
    {2, 1500},
    {700, 3},
    {0, 4},
    {4, 0},
    {130, 1024},
    {300, 257}
  };

  @TempDir private Path natives;

  private final CountingAllocator allocator = new CountingAllocator();
  private final ExecutionContext context = new ExecutionContext(allocator, 2);
  private final Parallel parallel = new Parallel(2);
  private CpuDevice device;
  private UnfusedKernels kernels;

  @BeforeEach
  void open() {
    device = new CpuDevice(2, new NativeLocation(natives, "none"));
    kernels = new UnfusedKernels(device, allocator, context);
  }

  @AfterEach
  void close() {
    device.close();
    parallel.close();
  }

  @ParameterizedTest
  @CsvSource({
    "FP64,1", "FP64,2", "FP64,3", "FP64,4", "FP64,5", "FP64,6", "FP32,1", "FP32,2", "FP32,3",
    "FP32,4", "FP32,5", "FP32,6", "FP32,7", "FP32,8"
  })
  void randomTreesHaveTheBitsOfTheKernels(Precision precision, int seed) {
    Random random = new Random(seed);
    FusedLoops generated = new FusedLoops(parallel, -1);
    FusedLoops plain = new FusedLoops(parallel, Long.MAX_VALUE);
    FusedLoops machines = new FusedLoops(parallel);
    int machineCodes = 0;
    for (int i = 0; i < 120; i++) {
      int[] shape = SHAPES[random.nextInt(SHAPES.length)];
      FusedTree tree = new FusedTree(kernels, precision, random, shape[0], shape[1]);
      tree.part(1 + random.nextInt(4));
      if (tree.leaves.size() > 0 && tree.value == tree.leaves.getLast()) {
        tree.node("negate", 0, tree.value);
      }
      FusedExpression expression = tree.builder.build(null);
      String what = precision + " seed " + seed + " tree " + i + ": " + expression;
      for (FusedLoops loops : List.of(generated, plain, machines)) {
        FusedLoop loop = loops.of(expression);
        Operand result = run(loop, tree);
        assertThat(loop.isGenerated()).isEqualTo(loops == generated);
        assertSame(what, tree.value, result);
        machineCodes += loop.isMachineCode() ? 1 : 0;
      }
      tree.release();
    }
    assertThat(machineCodes).isBetween(CellFunction.areThere() ? 20 : 0, 119);
    assertThat(allocator.liveBuffers()).isZero();
  }

  /** Operations that all have machine code, cells that these refuse among them. */
  @ParameterizedTest
  @CsvSource({
    "FP64,21", "FP64,22", "FP64,23", "FP64,24", "FP32,21", "FP32,22", "FP32,23", "FP32,24"
  })
  void machineCodeHasTheBitsOfTheKernels(Precision precision, int seed) {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
    Random random = new Random(seed);
    FusedLoops loops = new FusedLoops(parallel);
    int machineCodes = 0;
    for (int i = 0; i < 200; i++) {
      int[] shape = SHAPES[random.nextInt(SHAPES.length)];
      FusedTree tree = new FusedTree(kernels, precision, random, shape[0], shape[1]);
      tree.keepKnown();
      tree.part(1 + random.nextInt(4));
      if (tree.leaves.getLast() == tree.value) {
        tree.node("negate", 0, tree.value);
      }
      if (random.nextBoolean()) {
        tree.node("^", tree.last, tree.value, tree.two(), tree.value);
      }
      FusedExpression expression = tree.builder.build(null);
      FusedLoop loop = loops.of(expression);
      machineCodes += loop.isMachineCode() ? 1 : 0;
      assertSame(precision + " seed " + seed + ": " + expression, tree.value, run(loop, tree));
      tree.release();
    }
    assertThat(machineCodes).isGreaterThan(150);
    assertThat(allocator.liveBuffers()).isZero();
  }

  /** A power other than of 2 goes by the steps. */
  @Test
  void exponentsAreLookedAtInEachCall() {
    FusedExpression.Builder builder = new FusedExpression.Builder(Precision.FP64, 2, 1);
    int x = builder.leaf(LeafKind.FULL);
    builder.node(FusableOperation.of("^"), x, builder.leaf(LeafKind.SCALAR), 0);
    FusedLoop loop = new FusedLoops(parallel).of(builder.build(null));
    DenseMatrix cells = DenseMatrix.allocate(allocator, 1, 5);
    for (int i = 0; i < 5; i++) {
      cells.set(0, i, i + 0.25);
    }
    for (double exponent : new double[] {2, 3, -0.5, 2}) {
      Operand[] leaves = {cells, Scalar.of(exponent)};
      DenseMatrix powers = (DenseMatrix) loop.run(leaves, 1, 5, context);
      assertThat(powers.get(0, 3)).isEqualTo(Math.pow(3.25, exponent));
      powers.buffer().release();
    }
    cells.buffer().release();
    assertThat(allocator.liveBuffers()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "FP64,11,false", "FP64,12,false", "FP64,13,false", "FP64,14,true", "FP64,15,true",
    "FP32,11,false", "FP32,12,false", "FP32,13,false", "FP32,14,true", "FP32,15,true"
  })
  void aggregatesOfRandomTreesHaveTheBitsOfTheKernels(
      Precision precision, int seed, boolean machine) {
    Random random = new Random(seed);
    FusedLoops loops = machine ? new FusedLoops(parallel) : new FusedLoops(parallel, -1);
    List<String> aggregates = FusableOperation.AGGREGATES;
    for (int i = 0; i < 150; i++) {
      int[] shape = SHAPES[random.nextInt(SHAPES.length)];
      FusedTree tree = new FusedTree(kernels, precision, random, shape[0], shape[1]);
      int x = tree.leaf(true);
      tree.node("*", x, tree.value, tree.scalar(), tree.value);
      tree.node("+", -1, tree.value, tree.leaf(false), tree.value);
      String aggregate = aggregates.get(i % aggregates.size());
      Operand expected = kernels.execute(precision, aggregate, tree.value);
      FusedExpression expression = tree.builder.build(FusableOperation.of(aggregate));
      assertSame("seed " + seed + ": " + expression, expected, run(loops.of(expression), tree));
      if (expected instanceof DenseMatrix matrix) {
        matrix.buffer().release();
      }
      tree.release();
    }
    assertThat(allocator.liveBuffers()).isZero();
  }

  private Operand run(FusedLoop loop, FusedTree tree) {
    Operand[] leaves = tree.leaves.toArray(Operand[]::new);
    return device.execute(loop, leaves, tree.rows, tree.cols, context);
  }

  private static void assertSame(String what, Operand expected, Operand result) {
    if (expected instanceof Scalar scalar) {
      assertThat(Double.doubleToLongBits(((Scalar) result).asDouble()))
          .as(what)
          .isEqualTo(Double.doubleToLongBits(scalar.asDouble()));
      return;
    }
    DenseMatrix a = (DenseMatrix) expected;
    DenseMatrix b = (DenseMatrix) result;
    assertThat(b.shape()).as(what).isEqualTo(a.shape());
    assertThat(b.precision()).as(what).isEqualTo(a.precision());
    for (long i = 0; i < a.rows(); i++) {
      for (long j = 0; j < a.cols(); j++) {
        if (Double.doubleToLongBits(a.get(i, j)) != Double.doubleToLongBits(b.get(i, j))) {
          assertThat(b.get(i, j)).as("%s, cell %d,%d", what, i, j).isEqualTo(a.get(i, j));
          throw new AssertionError(what + ": zeros of different signs at " + i + "," + j);
        }
      }
    }
    b.buffer().release();
  }

  @Test
  void aLargeMatrixWithASparseIntermediateIsLeftToTheKernels() {
    DenseMatrix zeros = DenseMatrix.allocate(allocator, 1024, 1024);
    zeros.segment().fill((byte) 0);
    FusedExpression.Builder builder = new FusedExpression.Builder(Precision.FP64, 2, 2);
    int x = builder.leaf(LeafKind.FULL);
    int one = builder.leaf(LeafKind.SCALAR);
    int product = builder.node(FusableOperation.of("*"), x, one, 0);
    builder.node(FusableOperation.of("+"), product, one, 0);
    FusedLoop loop = new FusedLoops(parallel).of(builder.build(null));
    Operand[] leaves = {zeros, Scalar.of(1.0)};

    assertThat(loop.run(leaves, 1024, 1024, context)).isNull();

    zeros.segment().fill((byte) 1);
    DenseMatrix dense = (DenseMatrix) loop.run(leaves, 1024, 1024, context);
    assertThat(dense).isNotNull();
    dense.buffer().release();
    zeros.buffer().release();
    assertThat(allocator.liveBuffers()).isZero();
  }

  /** Kernels over floats compress nothing, so there is nothing to look for. */
  @Test
  void aLargeMatrixOfFloatsWithASparseIntermediateIsALoop() {
    DenseMatrix zeros = DenseMatrix.allocate(allocator, 1024, 1024, Precision.FP32);
    zeros.segment().fill((byte) 0);
    zeros.set(0, 1, -2);
    FusedExpression.Builder builder = new FusedExpression.Builder(Precision.FP32, 2, 2);
    int x = builder.leaf(LeafKind.FULL);
    int minus = builder.leaf(LeafKind.SCALAR);
    int product = builder.node(FusableOperation.of("*"), x, minus, 0);
    builder.node(FusableOperation.of("+"), x, product, 0);
    FusedLoop loop = new FusedLoops(parallel).of(builder.build(null));
    Operand[] leaves = {zeros, Scalar.of(-1.5)};

    DenseMatrix product1 = (DenseMatrix) kernels.execute(Precision.FP32, "*", leaves);
    Operand sum = kernels.execute(Precision.FP32, "+", zeros, product1);
    assertSame("all zeros but one", sum, device.execute(loop, leaves, 1024, 1024, context));
    ((DenseMatrix) sum).buffer().release();
    product1.buffer().release();
    zeros.buffer().release();
    assertThat(allocator.liveBuffers()).isZero();
  }

  @Test
  void loopsOverFloatsAreNotThoseOverDoubles() {
    FusedLoops loops = new FusedLoops(parallel);
    FusedLoop doubles = loops.of(twice(Precision.FP64));
    FusedLoop floats = loops.of(twice(Precision.FP32));
    assertThat(floats).isNotSameAs(doubles);
    assertThat(loops.of(twice(Precision.FP32))).isSameAs(floats);
    assertThat(floats.precision()).isEqualTo(Precision.FP32);
  }

  private static FusedExpression twice(Precision precision) {
    FusedExpression.Builder builder = new FusedExpression.Builder(precision, 1, 1);
    int x = builder.leaf(LeafKind.FULL);
    builder.node(FusableOperation.of("+"), x, x, 0);
    return builder.build(null);
  }

  @Test
  void equalExpressionsShareALoopAndTheNumberOfLoopsIsBounded() {
    FusedLoops loops = new FusedLoops(parallel, -1);
    FusedLoop first = loops.of(chain(1));
    assertThat(loops.of(chain(1))).isSameAs(first);
    assertThat(loops.of(chain(2))).isNotSameAs(first);
    for (int i = 0; i < 3000; i++) {
      loops.of(chain(i));
    }
    assertThat(loops.size()).isLessThanOrEqualTo(1024);
  }

  @Test
  void generatedClassesGoWithTheirLoops() throws InterruptedException {
    LoopGenerator generator = new LoopGenerator();
    WeakReference<Class<?>> made =
        new WeakReference<>(generator.generate(chain(1), List.of(0, 1), leaf -> 0, 0).getClass());
    assertThat(made.get() == null || made.get().isHidden()).isTrue();
    for (int i = 0; i < 100 && made.get() != null; i++) {
      System.gc();
      assertThat(new byte[1 << 20]).isNotEmpty();
    }
    assertThat(made.get()).as("the class after its only instance").isNull();
  }

  /** Additions of 1 to a matrix; every length differs in its operations. */
  private static FusedExpression chain(int bits) {
    FusedExpression.Builder builder = new FusedExpression.Builder(Precision.FP64, 2, 16);
    int x = builder.leaf(LeafKind.FULL);
    int one = builder.leaf(LeafKind.SCALAR);
    for (int i = 0; i < 14; i++) {
      String opcode = (bits >> i & 1) == 0 ? "+" : "-";
      x = builder.node(FusableOperation.of(opcode), x, one, 0);
    }
    return builder.build(null);
  }
}
