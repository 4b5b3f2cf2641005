package dev.reprise.formats.onnx;

import dev.reprise.formats.FormatException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.ValueType;
import java.util.List;
import java.util.stream.IntStream;

/** Looks up what a layer must have, and says what is wrong with it. */
final class LayerReader {
  private final Layer layer;
  private final int number;
  private final String file;

  /**
   * @param number of the layer, for messages
   */
  LayerReader(Layer layer, int number, String file) {
    this.layer = layer;
    this.number = number;
    this.file = file;
  }

  /** A window over images of {@code channels x imageRows x imageCols}. */
  record Window(
      long channels,
      long imageRows,
      long imageCols,
      long rows,
      long cols,
      long strideRows,
      long strideCols,
      long padRows,
      long padCols,
      long dilationRows,
      long dilationCols) {

    long[] images() {
      return new long[] {channels, imageRows, imageCols};
    }

    /** Extents of the images that come out. */
    long[] output(long outChannels) {
      return new long[] {
        outChannels,
        Math.floorDiv(restRows(), strideRows) + 1,
        Math.floorDiv(restCols(), strideCols) + 1
      };
    }

    /** How far the window can move down. */
    private long restRows() {
      return imageRows + 2 * padRows - (rows - 1) * dilationRows - 1;
    }

    private long restCols() {
      return imageCols + 2 * padCols - (cols - 1) * dilationCols - 1;
    }
  }

  Window window() {
    return window(1, 1);
  }

  /** The window of a filter with gaps. */
  Window dilatedWindow() {
    return window(positive("dilationh"), positive("dilationw"));
  }

  private Window window(long dilationRows, long dilationCols) {
    Window window =
        new Window(
            positive("C"),
            positive("Hin"),
            positive("Win"),
            positive("Hf"),
            positive("Wf"),
            positive("strideh"),
            positive("stridew"),
            whole("padh"),
            whole("padw"),
            dilationRows,
            dilationCols);
    long[] output = window.output(1);
    if (output[1] < 1 || output[2] < 1) {
      throw problem("has a window of Hf x Wf that is larger than the padded image");
    }
    return window;
  }

  long[] images() {
    return new long[] {positive("C"), positive("Hin"), positive("Win")};
  }

  Layer.Weights weights(String name) {
    Layer.Weights weights = layer.weights().get(name);
    if (weights == null) {
      throw problem("lacks the matrix " + name);
    }
    return weights;
  }

  Layer.Weights weights(String name, int rows, int cols) {
    Layer.Weights weights = weights(name);
    if (weights.rows() != rows || weights.cols() != cols) {
      throw problem(
          "needs a "
              + name
              + " of "
              + rows
              + " x "
              + cols
              + ", but has "
              + weights.rows()
              + " x "
              + weights.cols());
    }
    return weights;
  }

  double number(String name, double fallback) {
    return layer.settings().containsKey(name) ? number(name) : fallback;
  }

  double number(String name) {
    Scalar value = layer.settings().get(name);
    if (value == null || value.isAbsent() || value.type() == ValueType.STRING) {
      throw problem("lacks the number " + name);
    }
    return value.asDouble();
  }

  String text(String name) {
    Scalar value = layer.settings().get(name);
    if (value == null || value.type() != ValueType.STRING) {
      throw problem("lacks the text " + name);
    }
    return value.asString();
  }

  /** A text that must be one of a few. */
  String oneOf(String name, String... allowed) {
    String text = text(name);
    if (!List.of(allowed).contains(text)) {
      throw problem(
          "has the " + name + " \"" + text + "\", but there are " + String.join(", ", allowed));
    }
    return text;
  }

  boolean hasWeights(String name) {
    return layer.weights().containsKey(name);
  }

  boolean has(String setting) {
    return layer.settings().containsKey(setting);
  }

  boolean isOf(String type) {
    return layer.type().equals(type);
  }

  /** A whole number that may be zero. */
  long whole(String name) {
    double value = number(name);
    if (value != Math.rint(value) || value < 0 || value > Integer.MAX_VALUE) {
      throw problem("needs a whole number as " + name + ", but has " + value);
    }
    return (long) value;
  }

  /** The number of steps, which a layer may leave open; -1 then. */
  long steps() {
    return layer.settings().containsKey("T") ? positive("T") : -1;
  }

  boolean isTrue(String name) {
    Scalar value = layer.settings().get(name);
    if (value == null || value.type() != ValueType.BOOLEAN) {
      throw problem("lacks " + name + ", TRUE or FALSE");
    }
    return value.asBoolean();
  }

  /** Layers within the layer. */
  List<Layer> branch(String name) {
    List<Layer> branch = layer.branches().get(name);
    if (branch == null) {
      throw problem("lacks the list of layers " + name);
    }
    return branch;
  }

  /** Layers within the layer, in branches that are numbered from 1 on. */
  List<List<Layer>> numberedBranches() {
    int count = layer.branches().size();
    if (count == 0) {
      throw problem("lacks lists of layers " + Layer.BRANCH + "1, " + Layer.BRANCH + "2 and so on");
    }
    return IntStream.rangeClosed(1, count).mapToObj(i -> branch(Layer.BRANCH + i)).toList();
  }

  long positive(String name) {
    long value = whole(name);
    if (value == 0) {
      throw problem("needs a " + name + " of at least 1");
    }
    return value;
  }

  FormatException problem(String what) {
    return new FormatException(file, "layer " + number + " (" + layer.type() + ") " + what);
  }
}
