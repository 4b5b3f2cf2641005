package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.operation.WindowShape;

/**
 * How a convolution by tiles is cut; follows from its shape alone. Outputs lie in tiles of 2 x 2,
 * of which a step has some rows of one image, or all of several. Groups are convolutions of their
 * own, all cut in the same way.
 *
 * <p>It reads planes of {@code channels} and writes planes of {@code targets}: of a convolution its
 * channels and its filters; of the gradient of its images, which is a convolution with the filters
 * turned around, the other way.
 *
 * @param height of the planes that are read, {@code width} likewise
 * @param padTop rows of zeros above them, {@code padLeft} likewise
 * @param outHeight of the planes that are written, {@code outWidth} likewise
 * @param tileRowsPerStep all when a step has several images
 */
record WinogradPlan(
    MinimalFilter filter,
    long images,
    int groups,
    int channels,
    int height,
    int width,
    int padTop,
    int padLeft,
    int targets,
    int outHeight,
    int outWidth,
    int imagesPerStep,
    int tileRowsPerStep) {
  /** Tiles that make a product fast; more leave the cache. */
  private static final int STEP_TILES = 128;

  /** Tasks that we like to have, for as many cores. */
  private static final long TASKS = 16;

  /** What a cell of a patch costs, in multiplications of a product of doubles. */
  private static final double CELL_OF_PATCH = 6;

  /** Of bringing a cell of an image, or of an output, to a factor, with its way through memory. */
  private static final double FACTOR = 16;

  /** Of bringing a cell of a filter to a factor. */
  private static final double FILTER_FACTOR = 40;

  /** Cells of a row of tiles over all planes, of which each thread has some forty on the heap. */
  private static final long MOST_ROW_CELLS = 1 << 15;

  /** By how much tiles must be cheaper: they take more memory. */
  private static final double GAIN = 1.2;

  /** That of {@code conv2d}, and of the gradient of its filters; null where tiles do not pay. */
  static WinogradPlan of(WindowShape all, Precision precision) {
    WindowShape shape = all.ofGroup();
    if (!pays(shape, precision, shape.outHeight(), shape.outWidth())) {
      return null;
    }
    return cut(
        shape,
        all.groups(),
        new Planes(shape.channels(), shape.height(), shape.width()),
        new Planes(shape.filters(), shape.outHeight(), shape.outWidth()),
        shape.padHeight(),
        shape.padWidth());
  }

  /** That of the gradient of the images; null where tiles do not pay. */
  static WinogradPlan ofDataGradient(WindowShape all, Precision precision) {
    WindowShape shape = all.ofGroup();
    int last = shape.filterHeight() - 1;
    boolean turnsAround = shape.padHeight() <= last && shape.padWidth() <= last;
    if (!turnsAround || !pays(shape, precision, shape.height(), shape.width())) {
      return null;
    }
    return cut(
        shape,
        all.groups(),
        new Planes(shape.filters(), shape.outHeight(), shape.outWidth()),
        new Planes(shape.channels(), shape.height(), shape.width()),
        last - shape.padHeight(),
        last - shape.padWidth());
  }

  private record Planes(int count, int height, int width) {}

  private static boolean pays(WindowShape shape, Precision precision, int outHeight, int outWidth) {
    MinimalFilter filter = MinimalFilter.of(shape.filterHeight());
    boolean fits =
        filter != null
            && (precision == Precision.FP64 || filter.suitsFloats())
            && shape.filterWidth() == shape.filterHeight()
            && shape.strideHeight() == 1
            && shape.strideWidth() == 1
            && shape.dilationHeight() == 1
            && shape.dilationWidth() == 1
            && shape.images() > 0;
    long planesOfRow = Math.max(shape.channels(), shape.filters());
    if (!fits
        || planesOfRow * Math.max(pieces(outWidth), pieces(shape.outWidth())) > MOST_ROW_CELLS) {
      return false;
    }
    double pairs = (double) shape.channels() * shape.filters();
    double planes = (double) shape.channels() + shape.filters();
    double taps = (double) filter.taps() * filter.taps();
    double factors = (double) filter.cells() * filter.cells();
    // Floats are multiplied twice as fast, and brought to factors as slowly.
    double move = precision == Precision.FP64 ? 1 : 2;
    double direct =
        (pairs + move * CELL_OF_PATCH * shape.channels())
            * taps
            * shape.outCells()
            * shape.images();
    double tiles = (double) pieces(outHeight) * pieces(outWidth) * shape.images();
    double tiled =
        (pairs + move * FACTOR * planes) * factors * tiles + move * FILTER_FACTOR * pairs * factors;
    return GAIN * tiled < direct;
  }

  private static WinogradPlan cut(
      WindowShape shape, int groups, Planes from, Planes to, int padTop, int padLeft) {
    int down = pieces(to.height);
    int across = pieces(to.width);
    int tiles = Math.multiplyExact(down, across);
    long most = Math.max(1, shape.images() * groups / TASKS);
    int images = (int) Math.clamp(STEP_TILES / tiles, 1, most);
    int rows = images > 1 ? down : Math.clamp(STEP_TILES / across, 1, down);
    long bands = ConvolutionPlan.pieces(down, rows);
    return new WinogradPlan(
        MinimalFilter.of(shape.filterHeight()),
        shape.images(),
        groups,
        from.count,
        from.height,
        from.width,
        padTop,
        padLeft,
        to.count,
        to.height,
        to.width,
        images,
        (int) ConvolutionPlan.pieces(down, bands));
  }

  private static int pieces(int outputs) {
    return (outputs + MinimalFilter.OUTPUTS - 1) / MinimalFilter.OUTPUTS;
  }

  /** Tiles from top to bottom of a plane. */
  int tilesDown() {
    return pieces(outHeight);
  }

  /** Tiles from left to right of a plane. */
  int tilesAcross() {
    return pieces(outWidth);
  }

  /** Factors of a tile. */
  int factors() {
    return filter.cells() * filter.cells();
  }

  /** Where image n of a group is, counted in images of one group. */
  long at(long image, int group) {
    return image * groups + group;
  }

  /** Steps per image, or 1 where a step has several images. */
  int bands() {
    return (int) ConvolutionPlan.pieces(tilesDown(), tileRowsPerStep);
  }

  /** Steps of a group. */
  long steps() {
    return ConvolutionPlan.pieces(images, imagesPerStep) * bands();
  }

  /** Tiles of a step, at most. */
  int stepTiles() {
    return imagesPerStep * tileRowsPerStep * tilesAcross();
  }

  /** Cells of the factors of all filters of a group. */
  long filterFactors() {
    return (long) factors() * channels * targets;
  }

  /** The step of that number. */
  Step step(long number) {
    long first = number / bands() * imagesPerStep;
    int from = (int) (number % bands()) * tileRowsPerStep;
    return new Step(
        first,
        (int) Math.min(imagesPerStep, images - first),
        from,
        Math.min(tilesDown(), from + tileRowsPerStep));
  }

  /** Some rows of tiles of some images of a group. */
  record Step(long first, int count, int rowFrom, int rowTo) {
    int rows() {
      return rowTo - rowFrom;
    }
  }
}
