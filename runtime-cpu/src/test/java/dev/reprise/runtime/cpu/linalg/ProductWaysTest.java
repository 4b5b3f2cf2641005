package dev.reprise.runtime.cpu.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.cpu.code.PanelPacking;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernels of products, with generated code and on a machine without. */
class ProductWaysTest {
  private final Parallel parallel = new Parallel(4);
  private final CountingAllocator allocator = new CountingAllocator();
  private final Random random = new Random(20261128);
  private final LazyBlas blas = new LazyBlas(TestDevices.natives());

  @AfterEach
  void close() {
    parallel.close();
    assertThat(allocator.liveBuffers()).isZero();
  }

  private Kernel kernel(Precision precision, Function<Factors, GeneratedProduct.Way> generated) {
    return precision == Precision.FP64
        ? new MatrixProduct(parallel, blas, generated)
        : new FloatProduct(parallel, blas, generated);
  }

  private DenseMatrix matrix(Precision precision, long rows, long cols) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols, precision);
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        matrix.set(i, j, random.nextInt(-8, 9));
      }
    }
    return matrix;
  }

  private DenseMatrix multiply(Kernel kernel, Factors factors, int threads) {
    Attributes attributes = Attributes.none();
    if (factors.ta()) {
      attributes = attributes.with("ta", "true");
    }
    if (factors.tb()) {
      attributes = attributes.with("tb", "true");
    }
    Operation operation = new Operation(OperationTable.standard().get("matmul"), attributes);
    Operand[] outputs =
        kernel.run(
            operation,
            new Operand[] {factors.a(), factors.b()},
            new ExecutionContext(allocator, threads));
    return (DenseMatrix) outputs[0];
  }

  /** Shapes of each way: few rows, packed, few columns of a large matrix, a cut inner dimension. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void allWaysGiveTheSameSumsWithAnyNumberOfThreads(Precision precision) {
    Kernel with = kernel(precision, new GeneratedProduct(parallel, precision)::find);
    Kernel without = kernel(precision, _ -> null);
    long[][] shapes = {
      {8, 96, 128}, {120, 50, 70}, {70, 130, 300}, {700, 6, 400}, {700, 3, 400}, {40, 30, 4096}
    };
    for (long[] shape : shapes) {
      for (int transposed = 0; transposed < 4; transposed++) {
        boolean ta = (transposed & 1) != 0;
        boolean tb = (transposed & 2) != 0;
        long m = shape[0];
        long n = shape[1];
        long k = shape[2];
        if (precision == Precision.FP32 && Tiling.of(m, n, k).innerChunks() > 1) {
          continue;
        }
        DenseMatrix a = matrix(precision, ta ? k : m, ta ? m : k);
        DenseMatrix b = matrix(precision, tb ? n : k, tb ? k : n);
        Factors factors = new Factors(a, ta, b, tb);
        DenseMatrix wanted = multiply(without, factors, 1);
        for (int threads : new int[] {1, 2, 4}) {
          for (Kernel kernel : new Kernel[] {with, without}) {
            DenseMatrix c = multiply(kernel, factors, threads);
            assertThat(c.segment().mismatch(wanted.segment()))
                .as("%s %sx%sx%s, ta %s, tb %s, %s threads", precision, m, k, n, ta, tb, threads)
                .isEqualTo(-1);
            c.buffer().release();
          }
        }
        wanted.buffer().release();
        a.buffer().release();
        b.buffer().release();
      }
    }
  }

  @Test
  void whichWayIsTakenFollowsFromTheShape() {
    assumeTrue(
        PanelPacking.find(Precision.FP64) != null, "a processor with AVX2 and FMA, on Linux");
    GeneratedProduct doubles = new GeneratedProduct(parallel, Precision.FP64);
    try (Shapes shapes = new Shapes()) {
      assertThat(doubles.find(shapes.of(512, 784, 256))).isNotNull();
      assertThat(doubles.find(shapes.of(8, 128, 96))).isNotNull();
      // The inner dimension would be cut, or there is too little to do.
      assertThat(doubles.find(shapes.of(40, 4096, 30))).isNull();
      assertThat(doubles.find(shapes.of(10, 10, 10))).isNull();
      assertThat(SkinnyProduct.isShort(shapes.of(512, 784, 4))).isTrue();
      assertThat(SkinnyProduct.isShort(shapes.of(512, 784, 5))).isFalse();
    }
  }

  /** Operands of products, with undefined cells. */
  private final class Shapes implements AutoCloseable {
    private final List<DenseMatrix> made = new ArrayList<>();

    Factors of(long m, long k, long n) {
      made.add(DenseMatrix.allocate(allocator, m, k));
      made.add(DenseMatrix.allocate(allocator, k, n));
      return new Factors(made.get(made.size() - 2), false, made.getLast(), false);
    }

    @Override
    public void close() {
      made.forEach(each -> each.buffer().release());
    }
  }
}
