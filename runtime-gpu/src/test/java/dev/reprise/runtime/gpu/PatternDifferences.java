package dev.reprise.runtime.gpu;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Operations by values and positions of cells, which are exact, against the processor's. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class PatternDifferences {
  private static final long[][] SHAPES = {
    {1, 1}, {1, 7}, {5, 1}, {33, 65}, {1000, 3}, {3, 1000}, {257, 511}, {100_000, 1}
  };

  /** The accelerator beside the processor; the subclass opens and closes it. */
  protected abstract Differences differences();

  @AfterEach
  void releaseOperands() {
    differences().releaseOperands();
  }

  @Test
  void replacedCellsAndTrianglesAreTheProcessors() {
    for (Precision precision : Precision.values()) {
      for (long[] shape : SHAPES) {
        DenseMatrix x = differences().mixed(new SplittableRandom(1), shape[0], shape[1], precision);
        for (double pattern : new double[] {0, 1, 0.1, Double.NaN, Double.NEGATIVE_INFINITY}) {
          differences().assertSame("replace", precision, x, Scalar.of(pattern), Scalar.of(1.1));
        }
        for (boolean diag : new boolean[] {true, false}) {
          for (boolean values : new boolean[] {true, false}) {
            Scalar[] flags = {Scalar.of(diag), Scalar.of(values)};
            differences().assertSame("lower.tri", precision, x, flags[0], flags[1]);
            differences().assertSame("upper.tri", precision, x, flags[0], flags[1]);
          }
        }
      }
    }
  }

  @Test
  void oneHotLinesAreTheProcessors() {
    Scalar yes = Scalar.of(true);
    for (Precision precision : Precision.values()) {
      SplittableRandom random = new SplittableRandom(2);
      for (DenseMatrix x :
          new DenseMatrix[] {
            differences().mixed(random, 1, 1, precision),
            differences().mixed(random, 777, 1, precision),
            differences().mixed(random, 1, 778, precision)
          }) {
        for (String direction : new String[] {"cols", "rows"}) {
          for (double most : new double[] {1, 3.5, 100}) {
            differences()
                .assertSame(
                    "rexpand", precision, x, Scalar.of(most), Scalar.of(direction), yes, yes);
          }
        }
      }
    }
  }
}
