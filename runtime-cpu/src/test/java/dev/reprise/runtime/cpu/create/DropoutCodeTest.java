package dev.reprise.runtime.cpu.create;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.testkit.CountingAllocator;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Cells that dropout keeps by machine code: those that the generator in Java says. */
class DropoutCodeTest {
  private final Random random = new Random(20261128);
  private final CountingAllocator allocator = new CountingAllocator();

  @BeforeEach
  void haveCode() {
    assumeTrue(CellFunction.areThere(), "a processor with AVX2 and FMA, on Linux");
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void cellsAreKeptAsTheirPlacesSay(Precision precision) {
    long[] places = {0, 2, 1 << 14, (1L << 33) - 20, 1L << 35};
    double[] shares = {1, 0.5, 0.8, 1e-9, 0x1p-53, Math.nextDown(1.0)};
    for (long place : places) {
      for (double share : shares) {
        check(precision, place, share, random.nextLong());
        check(precision, place, random.nextDouble(), random.nextInt(1000));
      }
    }
  }

  private void check(Precision precision, long place, double share, long seed) {
    int step = CellFunction.THINNED.cellsPerStep();
    int n = step * (1 + random.nextInt(9));
    assertThat(RandomCode.cells(n + random.nextInt(step))).isEqualTo(n);
    double[] chances = new double[n];
    UniformDistribution.chances(seed, n).fill(place, chances, n);
    try (Scratch scratch = new Scratch(allocator)) {
      DenseMatrix x = scratch.matrix(1, n + 2L, precision);
      DenseMatrix out = scratch.matrix(1, n + 2L, precision);
      for (int i = 0; i < n + 2; i++) {
        x.set(0, i, random.nextGaussian());
        out.set(0, i, 9);
      }
      int bytes = precision.bytesPerCell();
      RandomCode.dropout(precision, seed, share)
          .run(x.segment().address() + bytes, out.segment().address() + bytes, place, n);
      for (int i = 0; i < n; i++) {
        double kept = chances[i] < share ? x.get(0, i + 1) / share : 0;
        double cell = precision == Precision.FP32 ? (float) kept : kept;
        assertThat(out.get(0, i + 1)).as("cell %s of %s", i, share).isEqualTo(cell);
      }
      assertThat(out.get(0, 0)).isEqualTo(9);
      assertThat(out.get(0, n + 1)).isEqualTo(9);
    }
  }
}
