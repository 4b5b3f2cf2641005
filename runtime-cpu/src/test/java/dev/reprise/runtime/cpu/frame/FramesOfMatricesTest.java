package dev.reprise.runtime.cpu.frame;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Samples;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Columns of matrices as columns of frames, of the narrowest type that holds all their cells. */
class FramesOfMatricesTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void cellsAreTheSameAndTypesTheNarrowest(int threads) {
    for (int n : new int[] {1, 2, 700, 9001}) {
      List<double[]> columns = new ArrayList<>();
      Samples.of(n).forEach(sample -> columns.add(sample.values()));
      for (double last : new double[] {1, 2, 3e9, 0x1p62, 0x1p63, 0.5, 0.1, Math.PI, 1 / 0.0}) {
        double[] column = new double[n];
        column[n - 1] = last;
        columns.add(column);
      }
      double[][] rows = new double[n][columns.size()];
      for (int r = 0; r < n; r++) {
        for (int c = 0; c < columns.size(); c++) {
          rows[r][c] = columns.get(c)[r];
        }
      }
      Frame frame = (Frame) Frames.run(threads, "as.frame", Frames.matrix(rows))[0];
      DenseMatrix back = (DenseMatrix) Frames.run(threads, "as.matrix", frame)[0];
      assertThat(frame.rows()).isEqualTo(n);
      assertThat(back.rows()).isEqualTo(n);
      for (int c = 0; c < columns.size(); c++) {
        ColumnType type = narrowest(columns.get(c));
        assertThat(frame.schema().get(c)).as("column %s of %s rows", c, n).isEqualTo(type);
        for (int r = 0; r < n; r++) {
          assertThat(frame.textAt(r, c)).isEqualTo(text(type, columns.get(c)[r]));
          assertThat(Double.doubleToLongBits(back.get(r, c)))
              .isEqualTo(Double.doubleToLongBits(FrameCells.number(frame, r, c)));
        }
      }
    }
  }

  @Test
  void columnsAreTheSameInStripsOfAnyWidth() {
    int cols = 7;
    int n = 2500;
    double[] steps = {1, 3, 1e6, 1e12, 0.25, 0.1, Math.PI};
    double[][] rows = new double[n][cols];
    for (int r = 0; r < n; r++) {
      for (int c = 0; c < cols; c++) {
        rows[r][c] = c == 0 ? r % 2 : (r - 9) * steps[c];
      }
    }
    DenseMatrix doubles = Frames.matrix(rows);
    for (Precision precision : Precision.values()) {
      DenseMatrix matrix = doubles.converted(precision, Frames.HEAP);
      Frame whole = FrameCasts.fromMatrix(matrix);
      for (int width : new int[] {0, 1, 2, 3, 6, 7}) {
        Frame frame =
            FrameCasts.fromMatrix(matrix, (long) width * n, (all, _, body) -> body.run(0, all));
        assertThat(frame.schema()).isEqualTo(whole.schema());
        assertThat(frame.names()).isEqualTo(whole.names());
        for (int c = 0; c < cols; c++) {
          assertThat(frame.column(c)).as("%s of %s", c, width).isEqualTo(whole.column(c));
          for (int r = 0; r < n; r++) {
            double cell = matrix.get(r, c);
            double wanted = frame.schema().get(c) == ColumnType.FP32 ? (float) cell : cell;
            if (FrameCells.number(frame, r, c) != wanted) {
              assertThat(FrameCells.number(frame, r, c)).as("%s, %s", r, c).isEqualTo(wanted);
            }
          }
        }
      }
    }
  }

  private static ColumnType narrowest(double[] cells) {
    boolean truth = true;
    boolean small = true;
    boolean whole = true;
    boolean single = true;
    for (double cell : cells) {
      truth &= cell == 0 || cell == 1;
      small &= cell == (int) cell;
      whole &= cell == Math.rint(cell) && Math.abs(cell) < 0x1p63;
      single &= FrameCasts.isSingle(cell);
    }
    return truth
        ? ColumnType.BOOLEAN
        : small
            ? ColumnType.INT32
            : whole ? ColumnType.INTEGER : single ? ColumnType.FP32 : ColumnType.DOUBLE;
  }

  private static String text(ColumnType type, double cell) {
    return switch (type.storage()) {
      case BOOLEAN -> cell != 0 ? "true" : "false";
      case INTEGER -> Long.toString((long) cell);
      default -> Frame.numberText(type, cell);
    };
  }
}
