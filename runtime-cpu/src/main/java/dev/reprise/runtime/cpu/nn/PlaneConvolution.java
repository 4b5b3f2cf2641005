package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.operation.WindowShape;

/**
 * The planes that a convolution reads, with the zeros around them, and those that it writes: of a
 * convolution its channels and its filters' outputs; of the gradient of its images, which is a
 * convolution with the filters turned around, the other way. Groups are convolutions of their own,
 * of equal shapes.
 *
 * @param images of each group
 * @param channels planes of an image that are read, in each group
 * @param height of the planes that are read, {@code width} likewise
 * @param padTop rows of zeros above them, {@code padLeft} likewise; below zero where as many are
 *     left out
 * @param targets planes of an image that are written, in each group
 * @param outHeight of the planes that are written, {@code outWidth} likewise
 */
record PlaneConvolution(
    long images,
    int groups,
    int channels,
    int height,
    int width,
    int padTop,
    int padLeft,
    int targets,
    int outHeight,
    int outWidth) {

  /** That of {@code conv2d}, and of the gradient of its filters. */
  static PlaneConvolution of(WindowShape all) {
    WindowShape shape = all.ofGroup();
    return new PlaneConvolution(
        shape.images(),
        all.groups(),
        shape.channels(),
        shape.height(),
        shape.width(),
        shape.padHeight(),
        shape.padWidth(),
        shape.filters(),
        shape.outHeight(),
        shape.outWidth());
  }

  /** That of the gradient of the images, of filters with a stride of 1. */
  static PlaneConvolution ofDataGradient(WindowShape all) {
    WindowShape shape = all.ofGroup();
    return new PlaneConvolution(
        shape.images(),
        all.groups(),
        shape.filters(),
        shape.outHeight(),
        shape.outWidth(),
        (shape.filterHeight() - 1) * shape.dilationHeight() - shape.padHeight(),
        (shape.filterWidth() - 1) * shape.dilationWidth() - shape.padWidth(),
        shape.channels(),
        shape.height(),
        shape.width());
  }

  /** Where image n of a group is, counted in images of one group. */
  long at(long image, int group) {
    return image * groups + group;
  }
}
