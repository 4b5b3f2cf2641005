package dev.reprise.formats.onnx;

import dev.reprise.runtime.Scalar;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One layer of a sequential network, with the names that the layer library gives its parameters.
 *
 * @param type such as {@code affine}
 * @param weights in order
 * @param settings sizes, strides and the like, in order
 */
public record Layer(String type, Map<String, Weights> weights, Map<String, Scalar> settings) {

  public Layer {
    weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /**
   * Weights, row by row.
   *
   * @param cells not copied: nobody writes to them
   */
  public record Weights(int rows, int cols, double[] cells) {

    public Weights {
      if ((long) rows * cols != cells.length) {
        throw new IllegalArgumentException(rows + " x " + cols + " of " + cells.length + " cells");
      }
    }

    Weights transposed() {
      double[] turned = new double[cells.length];
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < cols; c++) {
          turned[c * rows + r] = cells[r * cols + c];
        }
      }
      return new Weights(cols, rows, turned);
    }
  }
}
