package dev.reprise.runtime.operation;

import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Shape;

/**
 * Result rules of what makes one number of each channel of an image: rows of X are channels, each a
 * run of as many cells.
 */
public final class PlaneResults {
  private PlaneResults() {}

  /** A number for each channel of each image. */
  static final ResultRule POOLED =
      (operation, inputs) -> {
        Shape images = Shapes.of(inputs[0]);
        long channels = Shapes.longOr(inputs[1], Long.MIN_VALUE);
        if (images == null || channels == Long.MIN_VALUE) {
          return null;
        }
        requireChannels(operation, images, channels);
        return Meta.matrix(images.rows(), channels);
      };

  /** The images' shape; the gradient has a column for each channel. */
  static final ResultRule GRADIENT =
      (operation, inputs) -> {
        Shape images = Shapes.of(inputs[0]);
        Shape gradient = Shapes.of(inputs[1]);
        if (images == null || gradient == null) {
          return null;
        }
        requireGradient(operation, images, gradient);
        return Meta.matrix(images);
      };

  /**
   * Refuses channels that do not divide the columns.
   *
   * @param operation named by the message
   * @param images shape of the matrix
   * @param channels of an image
   * @throws OperandException when they do not
   */
  public static void requireChannels(Operation operation, Shape images, long channels) {
    if (channels < 1 || images.cols() == 0 || images.cols() % channels != 0) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs 'channels' that divide the columns of the images, but got "
              + channels
              + " for images of shape "
              + images);
    }
  }

  /**
   * Refuses a gradient without a row for each image and a column for each channel.
   *
   * @param operation named by the message
   * @param images shape of the matrix
   * @param gradient its shape
   * @throws OperandException when the shapes do not fit
   */
  public static void requireGradient(Operation operation, Shape images, Shape gradient) {
    if (gradient.rows() != images.rows()
        || gradient.cols() == 0
        || images.cols() == 0
        || images.cols() % gradient.cols() != 0) {
      throw new OperandException(
          "'"
              + operation.name()
              + "' needs 'dout' with a row for each image and a column for each channel, which"
              + " divide the columns of the images, but got "
              + gradient
              + " for images of shape "
              + images);
    }
  }
}
