package dev.reprise.runtime.operation;

import dev.reprise.runtime.OperandException;
import java.util.Arrays;

/**
 * The numbers of a convolution or pooling: a window of {@code filterHeight x filterWidth} moves
 * over images that lie in the rows of a matrix, channel by channel, each channel row by row.
 *
 * <pre>
 *   input    images x (channels * height * width)
 *   filter   filters x (channels / groups * filterHeight * filterWidth)        convolution only
 *   output   images x (filters * outHeight * outWidth)
 *   windowHeight = (filterHeight - 1) dilationHeight + 1, likewise the width
 *   outHeight = (height + 2 padHeight - windowHeight) / strideHeight + 1, likewise the width
 * </pre>
 *
 * With groups, channels and filters are cut into as many runs, and the filters of a run see its
 * channels alone. A pooling has as many filters as channels, no dilation and no groups. Everything
 * but {@code images} fits 31 bits.
 *
 * @param images rows of the input
 * @param channels of an image
 * @param height rows of a channel
 * @param width columns of a channel
 * @param filters channels of an output
 * @param filterHeight rows of a filter or of a pooling's window, at least 1
 * @param filterWidth columns of a filter or window, at least 1
 * @param strideHeight rows from a window to the next below, at least 1
 * @param strideWidth columns from a window to the next, at least 1
 * @param padHeight rows of padding above and below
 * @param padWidth columns of padding at either side
 * @param dilationHeight rows from one of a filter to its next, at least 1
 * @param dilationWidth columns from one of a filter to its next, at least 1
 * @param groups of channels and filters, at least 1
 */
public record WindowShape(
    long images,
    int channels,
    int height,
    int width,
    int filters,
    int filterHeight,
    int filterWidth,
    int strideHeight,
    int strideWidth,
    int padHeight,
    int padWidth,
    int dilationHeight,
    int dilationWidth,
    int groups) {

  /** How many numbers a convolution is described by, without dilation and groups. */
  static final int CONVOLUTION_NUMBERS = 12;

  /** How many numbers a convolution with dilation and groups is described by. */
  static final int GROUPED_NUMBERS = 15;

  /** How many numbers a pooling is described by. */
  static final int POOLING_NUMBERS = 10;

  /**
   * The shape that the operands of a call describe.
   *
   * @param opcode named by messages
   * @param numbers of a convolution {@code input_shape, filter_shape} (four each), {@code stride,
   *     padding} (two each) and, only together, {@code dilation} (two) and {@code groups}; of a
   *     pooling {@code input_shape, pool_size, stride, padding}
   * @return the shape
   * @throws OperandException when no output of this shape exists
   */
  public static WindowShape of(String opcode, double[] numbers) {
    boolean pooling = numbers.length == POOLING_NUMBERS;
    boolean grouped = numbers.length == GROUPED_NUMBERS;
    if (!pooling && !grouped && numbers.length != CONVOLUTION_NUMBERS) {
      throw new OperandException(
          "'"
              + opcode
              + "' takes "
              + CONVOLUTION_NUMBERS
              + " sizes, or "
              + GROUPED_NUMBERS
              + " with dilation and groups, but got "
              + numbers.length);
    }
    double[] image = part(opcode, "input_shape", numbers, 0, 4, 0);
    double[] filter =
        pooling
            ? part(opcode, "pool_size", numbers, 4, 2, 1)
            : part(opcode, "filter_shape", numbers, 4, 4, 1);
    int at = pooling ? 6 : 8;
    double[] stride = part(opcode, "stride", numbers, at, 2, 1);
    double[] padding = part(opcode, "padding", numbers, at + 2, 2, 0);
    double[] dilation =
        grouped ? part(opcode, "dilation", numbers, at + 4, 2, 1) : new double[] {1, 1};
    int groups = grouped ? (int) part(opcode, "groups", numbers, at + 6, 1, 1)[0] : 1;
    if (!pooling) {
      requireGroups(opcode, image, filter, groups);
    }
    WindowShape shape =
        new WindowShape(
            (long) image[0],
            (int) image[1],
            (int) image[2],
            (int) image[3],
            pooling ? (int) image[1] : (int) filter[0],
            (int) filter[filter.length - 2],
            (int) filter[filter.length - 1],
            (int) stride[0],
            (int) stride[1],
            (int) padding[0],
            (int) padding[1],
            (int) dilation[0],
            (int) dilation[1],
            groups);
    shape.requireFit(opcode);
    return shape;
  }

  private static void requireGroups(String opcode, double[] image, double[] filter, int groups) {
    if (groups == 1 && filter[1] != image[1]) {
      throw new OperandException(
          "'"
              + opcode
              + "' needs as many channels in filter_shape as in input_shape, but got "
              + text(filter)
              + " and "
              + text(image));
    }
    if (filter[1] * groups != image[1] || filter[0] % groups != 0) {
      throw new OperandException(
          "'"
              + opcode
              + "' with groups="
              + groups
              + " needs filter_shape=[a multiple of "
              + groups
              + ", the channels of input_shape divided by "
              + groups
              + ", ...], but got "
              + text(filter)
              + " for the input_shape "
              + text(image));
    }
  }

  /**
   * The convolution of one group: an ordinary one. Images and outputs of a group lie without gaps,
   * those of image n and group g where image {@code n * groups + g} of this shape would.
   *
   * @return a shape of one group
   */
  public WindowShape ofGroup() {
    return new WindowShape(
        images,
        channels / groups,
        height,
        width,
        filters / groups,
        filterHeight,
        filterWidth,
        strideHeight,
        strideWidth,
        padHeight,
        padWidth,
        dilationHeight,
        dilationWidth,
        1);
  }

  private static double[] part(
      String opcode, String name, double[] numbers, int at, int count, int least) {
    double[] part = Arrays.copyOfRange(numbers, at, at + count);
    for (int i = 0; i < count; i++) {
      // Only the images of input_shape, which may be none, come first and may be many.
      int lowest = name.equals("input_shape") && i > 0 ? 1 : least;
      if (!(part[i] >= lowest && part[i] <= Integer.MAX_VALUE && part[i] == Math.rint(part[i]))) {
        throw new OperandException(
            "'"
                + opcode
                + "' needs whole numbers of at least "
                + lowest
                + " in "
                + name
                + ", but got "
                + text(part));
      }
    }
    return part;
  }

  private static String text(double[] numbers) {
    StringBuilder text = new StringBuilder("[");
    for (double number : numbers) {
      text.append(text.length() > 1 ? ", " : "");
      text.append(number == (long) number ? "" + (long) number : "" + number);
    }
    return text.append(']').toString();
  }

  private void requireFit(String opcode) {
    if (height + 2L * padHeight < windowHeight() || width + 2L * padWidth < windowWidth()) {
      throw new OperandException(
          "'"
              + opcode
              + "' needs a window that fits into the padded image, but the window is "
              + windowHeight()
              + "x"
              + windowWidth()
              + " and the image "
              + height
              + "x"
              + width
              + " with padding ["
              + padHeight
              + ", "
              + padWidth
              + "]");
    }
    double outputs =
        (double) positions(height, padHeight, windowHeight(), strideHeight)
            * positions(width, padWidth, windowWidth(), strideWidth);
    double largest =
        Math.max(
            Math.max((double) channels * height * width, filters * outputs), (double) patchCells());
    if (largest > Integer.MAX_VALUE) {
      throw new OperandException(
          "'" + opcode + "' takes images of up to " + Integer.MAX_VALUE + " cells");
    }
  }

  /** {@return rows from the first to the last place of the window} */
  public long windowHeight() {
    return (filterHeight - 1L) * dilationHeight + 1;
  }

  /** {@return columns from the first to the last place of the window} */
  public long windowWidth() {
    return (filterWidth - 1L) * dilationWidth + 1;
  }

  /** {@return rows of a channel of an output} */
  public int outHeight() {
    return (int) positions(height, padHeight, windowHeight(), strideHeight);
  }

  /** {@return columns of a channel of an output} */
  public int outWidth() {
    return (int) positions(width, padWidth, windowWidth(), strideWidth);
  }

  /** How many places a window has along one side; fits 31 bits where the shape was accepted. */
  private static long positions(int side, int padding, long window, int stride) {
    return (side + 2L * padding - window) / stride + 1;
  }

  /** {@return cells of one channel of an image} */
  public long planeCells() {
    return (long) height * width;
  }

  /** {@return cells of one channel of an output} */
  public long outCells() {
    return (long) outHeight() * outWidth();
  }

  /** {@return cells of one filter: what one output cell of a convolution depends on} */
  public long patchCells() {
    return (long) (channels / groups) * filterHeight * filterWidth;
  }

  /** {@return columns of the input} */
  public long inputCols() {
    return channels * planeCells();
  }

  /** {@return columns of the output} */
  public long outputCols() {
    return filters * outCells();
  }
}
