package dev.reprise.runtime.cpu.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.cpu.KernelCalls;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of extremes are those of one pass over all rows, however these are cut and merged. */
class ColumnPlaceTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void theLastOfEqualCellsIsFoundInWhateverChunkItIs(int threads) {
    Random random = new Random(20261130);
    try (KernelCalls kernels = new KernelCalls(threads)) {
      for (int[] shape : new int[][] {{200_003, 1}, {70_001, 3}, {3001, 80}, {99, 2100}}) {
        double[][] cells = new double[shape[0]][shape[1]];
        for (double[] row : cells) {
          for (int j = 0; j < row.length; j++) {
            // Few different numbers; a column of NaN, and one of zeros of either sign.
            double few = random.nextInt(9) == 0 ? Double.NaN : random.nextInt(-3, 4);
            double zero = random.nextBoolean() ? 0.0 : -0.0;
            row[j] = j == 1 ? Double.NaN : j == 2 ? zero : few;
          }
        }
        DenseMatrix x = kernels.matrix(cells);
        assertThat(kernels.cells("colIndexMax", x)[0]).isEqualTo(places(cells, 1));
        assertThat(kernels.cells("colIndexMin", x)[0]).isEqualTo(places(cells, -1));
        x.buffer().release();
      }
    }
  }

  private static double[] places(double[][] cells, int sign) {
    double[] places = new double[cells[0].length];
    for (int j = 0; j < places.length; j++) {
      double best = Double.NEGATIVE_INFINITY;
      places[j] = 1;
      for (int i = 0; i < cells.length; i++) {
        if (sign * cells[i][j] >= best) {
          best = sign * cells[i][j];
          places[j] = i + 1;
        }
      }
    }
    return places;
  }
}
