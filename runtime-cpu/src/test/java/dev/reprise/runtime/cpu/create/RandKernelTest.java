package dev.reprise.runtime.cpu.create;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole matrices of random cells, before and after a kernel has made so many that code pays. */
class RandKernelTest {
  private static final long SEED = 8_589_934_599L;

  /** Single cells, a step of code, the borders of chunks; the last ones are made by code. */
  private static final long[] SIZES = {
    0, 1, 2, 31, 32, 33, 1023, 1025, 32_767, 32_768, 32_769, 65_537, 100_001, 1, 31, 33, 100, 4097
  };

  private final CountingAllocator allocator = new CountingAllocator();

  @ParameterizedTest
  @EnumSource(Precision.class)
  void cellsAreThoseOfTheirPositions(Precision precision) {
    for (int threads : new int[] {1, 3}) {
      for (double sparsity : new double[] {1, 0.4}) {
        RandomCells uniform = RandomCells.uniform(precision, SEED, -1, 2);
        check(uniform.thinned(sparsity), threads, "Uniform", -1, 2);
        check(RandomCells.normal(precision, SEED).thinned(sparsity), threads, "normal", 0, 1);
        RandomCells constant = RandomCells.constant(precision, SEED, 0.1);
        check(constant.thinned(sparsity), threads, "uniform", 0.1, 0.1);
        RandomCells poisson = RandomCells.poisson(precision, SEED, 1);
        check(poisson.thinned(sparsity), threads, "poisson", 0, 1);
      }
    }
    assertThat(allocator.liveBuffers()).isZero();
  }

  private void check(RandomCells cells, int threads, String pdf, double min, double max) {
    try (Parallel parallel = new Parallel(threads);
        Arena arena = Arena.ofConfined()) {
      RandKernel kernel = new RandKernel(parallel, cells.precision());
      for (long n : SIZES) {
        MemorySegment wanted = arena.allocate(n * cells.precision().bytesPerCell(), Double.BYTES);
        cells.fillInJava(wanted, 0, n);
        DenseMatrix found = rand(kernel, threads, n, min, max, cells.sparsity(), pdf);
        assertThat(found.segment().asSlice(0, wanted.byteSize()).mismatch(wanted))
            .as("%d cells, %s, %s", n, pdf, cells)
            .isEqualTo(-1);
        found.buffer().release();
      }
    }
  }

  private DenseMatrix rand(
      RandKernel kernel,
      int threads,
      long rows,
      double min,
      double max,
      double sparsity,
      String pdf) {
    Operand[] inputs = {
      Scalar.of(rows),
      Scalar.of(1),
      Scalar.of(min),
      Scalar.of(max),
      Scalar.of(sparsity),
      Scalar.of(SEED),
      Scalar.of(pdf),
      Scalar.of(1.0)
    };
    Operation operation = new Operation(OperationTable.standard().get("rand"));
    return (DenseMatrix) kernel.run(operation, inputs, new ExecutionContext(allocator, threads))[0];
  }

  /** Seeds are in lineages and stores, so what they give must never change. */
  @Test
  void cellsAreThoseOfEarlierVersions() {
    try (Parallel parallel = new Parallel(1)) {
      RandKernel kernel = new RandKernel(parallel, Precision.FP64);
      DenseMatrix uniform = rand(kernel, 1, 50_000, -1, 2, 1, "uniform");
      DenseMatrix normal = rand(kernel, 1, 50_000, 0, 1, 1, "normal");
      assertThat(hash(uniform)).isEqualTo(-92_111_804);
      assertThat(hash(normal)).isEqualTo(1_812_818_148);
      uniform.buffer().release();
      normal.buffer().release();
    }
  }

  private static int hash(DenseMatrix matrix) {
    double[] cells = new double[(int) matrix.cells()];
    Arrays.setAll(cells, i -> matrix.get(i, 0));
    return Arrays.hashCode(cells);
  }
}
