package dev.reprise.formats.onnx;

import dev.reprise.runtime.Scalar;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One layer of a network, with the names that the layer library gives its parameters.
 *
 * @param type such as {@code affine}
 * @param weights in order
 * @param settings sizes, strides and the like, in order
 * @param branches layers within this one, by the names of the branches, in order
 */
public record Layer(
    String type,
    Map<String, Weights> weights,
    Map<String, Scalar> settings,
    Map<String, List<Layer>> branches) {

  /** Adds what its two branches make of the same input. */
  static final String RESIDUAL = "residual";

  /** Multiplies what its two branches make of the same input. */
  static final String PRODUCT = "product";

  /** Gives each D numbers of its input, a step of a sequence, to its layers by themselves. */
  static final String EACH_STEP = "each_step";

  /** Takes some columns. */
  static final String COLUMNS = "columns";

  /** Puts what its branches make of the same input side by side. */
  static final String CONCAT = "concat";

  /** As {@link #CONCAT}, but the parts of rows, of which the first branch's have D numbers. */
  static final String CONCAT_STEPS = "concat_steps";

  /** With a number from 1 on, a branch of those that are put side by side. */
  static final String BRANCH = "branch";

  /** Transposes the matrices that rows are made of. */
  static final String TRANSPOSE = "transpose";

  /** Multiplies all cells with a number and adds one. */
  static final String SCALE_SHIFT = "scale_shift";

  /** Attention between the steps of what three lists of layers make of its input. */
  static final String ATTENTION = "attention";

  /** Products of the matrices that two lists of layers make of its input. */
  static final String MATMUL = "matmul";

  static final String LEFT = "left";
  static final String RIGHT = "right";

  /** What one list of layers makes where another one makes no zero, else what a third makes. */
  static final String WHERE = "where";

  static final String CONDITION = "condition";
  static final String OTHER = "other";

  /** One number for all cells. */
  static final String FILL = "fill";

  /** Ones where cells and a number are as an operator says. */
  static final String COMPARE = "compare";

  /** Ones where the cells that two lists of layers make of its input are as an operator says. */
  static final String COMPARE_VALUES = "compare_values";

  /** The largest or smallest numbers of rows. */
  static final String TOP_K = "top_k";

  static final String QUERY = "query";
  static final String KEY = "key";
  static final String VALUE = "value";

  /** Means, sums or the like over steps of D numbers of each part of a row. */
  static final String REDUCE = "reduce";

  /** Puts each D numbers several times one after the other. */
  static final String REPEAT = "repeat";

  /** Takes columns by their numbers. */
  static final String SELECT = "select";

  /** The same numbers for each row. */
  static final String CONSTANT = "constant";

  static final String MAIN = "main";
  static final String SHORTCUT = "shortcut";

  /** A layer without branches. */
  public Layer(String type, Map<String, Weights> weights, Map<String, Scalar> settings) {
    this(type, weights, settings, Map.of());
  }

  public Layer {
    branches = Collections.unmodifiableMap(new LinkedHashMap<>(branches));
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
