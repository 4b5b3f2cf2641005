package dev.reprise.runtime.cpu.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.VectorProducts;
import dev.reprise.runtime.cpu.code.VectorProducts.Between;
import dev.reprise.runtime.cpu.code.VectorProducts.Rows;
import dev.reprise.testkit.CountingAllocator;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** How products are cut into calls of machine code, in which the JVM can stop no thread. */
class StreamedProductTest {
  private static final int ROWS = 70;
  private static final int COLS = 20_003;

  @Test
  void aCallTakesAtMostTwoMegabytesAndWholeGroups() {
    for (long cols = 1; cols <= 1 << 15; cols++) {
      long rows = StreamedProduct.rowsOfCall(cols);
      assertThat(rows).isPositive();
      assertThat(rows % VectorProducts.GROUP_ROWS).isZero();
      assertThat(rows * cols * Double.BYTES).isLessThanOrEqualTo(1 << 21);
    }
  }

  @Test
  void aChainOfWideRowsHasTheBitsOfOneCallForEachTask() {
    assumeTrue(StreamedProduct.isThere(), "a processor with AVX2 and FMA, on Linux");
    CountingAllocator allocator = new CountingAllocator();
    ExecutionContext context = new ExecutionContext(allocator, 1);
    DenseMatrix a = random(allocator, ROWS, COLS);
    DenseMatrix v = random(allocator, COLS, 1);
    DenseMatrix w = random(allocator, ROWS, 1);
    DenseMatrix found = DenseMatrix.allocate(allocator, COLS, 1);
    try (Parallel parallel = new Parallel(1);
        Scratch scratch = new Scratch(allocator)) {
      new StreamedProduct(parallel).chain(Between.MINUS, a, v, w, found, scratch, context);
    }
    DenseMatrix first = oneCall(allocator, a, v, w, 0, 64);
    DenseMatrix last = oneCall(allocator, a, v, w, 64, ROWS - 64);
    for (int j = 0; j < COLS; j++) {
      assertThat(found.get(j, 0)).isEqualTo(first.get(j, 0) + last.get(j, 0));
    }
  }

  private static DenseMatrix oneCall(
      CountingAllocator allocator,
      DenseMatrix a,
      DenseMatrix v,
      DenseMatrix w,
      long row,
      long rows) {
    DenseMatrix sums = DenseMatrix.allocate(allocator, COLS, 1);
    sums.segment().fill((byte) 0);
    VectorProducts.addChain(
        Between.MINUS,
        new Rows(
            a.segment().address() + row * COLS * Double.BYTES,
            (long) COLS * Double.BYTES,
            rows,
            COLS),
        v.segment().address(),
        w.segment().address() + row * Double.BYTES,
        sums.segment().address());
    return sums;
  }

  private static DenseMatrix random(CountingAllocator allocator, int rows, int cols) {
    SplittableRandom random = new SplittableRandom(31L * rows + cols);
    DenseMatrix matrix = DenseMatrix.allocate(allocator, rows, cols);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        matrix.set(i, j, random.nextDouble(-1, 1));
      }
    }
    return matrix;
  }
}
