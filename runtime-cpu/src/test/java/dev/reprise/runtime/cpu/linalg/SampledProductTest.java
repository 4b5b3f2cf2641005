package dev.reprise.runtime.cpu.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.TestDevices;
import dev.reprise.runtime.cpu.blas.LazyBlas;
import dev.reprise.runtime.cpu.code.PanelPacking;
import dev.reprise.runtime.cpu.sparse.SparseRows;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A cell by itself has the bits that it has in the whole product. */
class SampledProductTest {
  private final Parallel parallel = new Parallel(3);
  private final CountingAllocator allocator = new CountingAllocator();
  private final Random random = new Random(20261130);
  private final MatrixProduct whole =
      new MatrixProduct(parallel, new LazyBlas(TestDevices.natives()));
  private final SampledProduct sampled = new SampledProduct(parallel);

  @BeforeAll
  static void haveCode() {
    assumeTrue(
        PanelPacking.find(Precision.FP64) != null, "a processor with AVX2 and FMA, on Linux");
  }

  @AfterEach
  void close() {
    parallel.close();
    assertThat(allocator.liveBuffers()).isZero();
  }

  /** Packed, few rows, few terms; one block of terms and several; edges of panels and groups. */
  @Test
  void shapesOfEveryWay() {
    long[][] shapes = {
      {120, 50, 70}, {121, 51, 4}, {97, 83, 5}, {50, 203, 255}, {50, 203, 256}, {50, 203, 257},
      {61, 129, 300}, {64, 70, 1000}, {33, 200, 2049}, {8, 96, 128}, {15, 104, 37}, {16, 800, 17},
      {200, 800, 10}, {200, 800, 20}, {200, 800, 30}, {700, 64, 1}, {700, 64, 2}, {700, 64, 3},
      {800, 40, 33}, {20, 300, 40}, {31, 301, 600}, {2, 4096, 50}, {300, 7, 60}
    };
    int computed = 0;
    for (long[] shape : shapes) {
      computed += check(shape[0], shape[1], shape[2], 0.08);
    }
    // Some of them, where an operand is transposed, go another way.
    assertThat(computed).isGreaterThan(3 * shapes.length);
  }

  @Test
  void anyShape() {
    int computed = 0;
    for (int i = 0; i < 150; i++) {
      long m = 2 + random.nextInt(150);
      long n = 2 + random.nextInt(150);
      long k = 1 + random.nextInt(random.nextBoolean() ? 40 : 600);
      computed += check(m, n, k, Math.pow(10, -3 * random.nextDouble()));
    }
    assertThat(computed).isGreaterThan(300);
  }

  @Test
  void aRowOfManyValuesIsCutIntoPieces() {
    assertThat(check(3, 5000, 100, 1)).isPositive();
  }

  @Test
  void noPlacesAtAll() {
    assertThat(check(100, 100, 20, 0)).isPositive();
  }

  @Test
  void whatALibraryOrAnotherOrderComputesIsNoCaseForIt() {
    for (long[] shape : new long[][] {{100, 1, 30}, {1, 100, 30}, {4, 4, 4}, {40, 30, 4096}}) {
      DenseMatrix a = matrix(shape[0], shape[2]);
      DenseMatrix b = matrix(shape[2], shape[1]);
      assertThat(sampled.fits(operation(false, false), a, b, false)).isFalse();
      a.buffer().release();
      b.buffer().release();
    }
  }

  private static Operation operation(boolean ta, boolean tb) {
    Attributes attributes = Attributes.none();
    attributes = ta ? attributes.with("ta", "true") : attributes;
    attributes = tb ? attributes.with("tb", "true") : attributes;
    return new Operation(OperationTable.standard().get("matmul"), attributes);
  }

  /** Of the four products with and without transposes, how many are a case for it. */
  private int check(long m, long n, long k, double share) {
    SparseMatrix places = places(m, n, share);
    int computed = 0;
    for (int transposed = 0; transposed < 4; transposed++) {
      boolean ta = (transposed & 1) != 0;
      boolean tb = (transposed & 2) != 0;
      DenseMatrix a = matrix(ta ? k : m, ta ? m : k);
      DenseMatrix b = matrix(tb ? n : k, tb ? k : n);
      Operation operation = operation(ta, tb);
      if (sampled.fits(operation, a, b, false)) {
        computed++;
        check(operation, a, b, places);
      }
      a.buffer().release();
      b.buffer().release();
    }
    places.buffer().release();
    return computed;
  }

  private void check(Operation operation, DenseMatrix a, DenseMatrix b, SparseMatrix places) {
    ExecutionContext context = new ExecutionContext(allocator, 3);
    DenseMatrix c = (DenseMatrix) whole.run(operation, new Operand[] {a, b}, context)[0];
    for (int threads : new int[] {1, 3}) {
      DenseMatrix cells = DenseMatrix.allocate(allocator, 1, Math.max(1, places.nonZeros()));
      MemorySegment out = cells.segment();
      sampled.cells(operation, a, b, places, out, new ExecutionContext(allocator, threads));
      for (long i = 0; i < places.rows(); i++) {
        for (long at = places.start(i); at < places.start(i + 1); at++) {
          long found = out.getAtIndex(ValueLayout.JAVA_LONG, at);
          long wanted = Double.doubleToRawLongBits(c.get(i, places.column(at)));
          assertThat(found)
              .as("%s of %s and %s, cell %s %s", operation, a.shape(), b.shape(), i, at)
              .isEqualTo(wanted);
        }
      }
      cells.buffer().release();
    }
    c.buffer().release();
  }

  private SparseMatrix places(long rows, long cols, double share) {
    SparseRows part = new SparseRows((int) rows);
    for (long i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        part.add(j, random.nextDouble() < share ? 1 : 0);
      }
      part.endRow();
    }
    return SparseRows.assemble(List.of(part), cols, allocator);
  }

  private DenseMatrix matrix(long rows, long cols) {
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols);
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < cols; j++) {
        matrix.set(i, j, cell());
      }
    }
    return matrix;
  }

  private double cell() {
    return switch (random.nextInt(8)) {
      case 0 -> -0.0;
      case 1 -> random.nextGaussian() * 1e-160;
      case 2 -> random.nextInt(-3, 4);
      default -> random.nextGaussian();
    };
  }
}
