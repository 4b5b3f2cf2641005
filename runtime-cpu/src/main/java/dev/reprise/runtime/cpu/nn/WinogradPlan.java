package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.operation.WindowShape;

/**
 * How a convolution by tiles is cut; follows from its shape alone. Outputs lie in tiles of 2 x 2,
 * of which a step has some rows of one image, or all of several. All groups are cut in the same
 * way.
 *
 * @param planes that are read and written; no padding is below zero
 * @param tileRowsPerStep all when a step has several images
 */
record WinogradPlan(
    MinimalFilter filter, PlaneConvolution planes, int imagesPerStep, int tileRowsPerStep) {
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
    return pays(shape, precision, shape.outHeight(), shape.outWidth())
        ? cut(shape, PlaneConvolution.of(all))
        : null;
  }

  /** That of the gradient of the images; null where tiles do not pay. */
  static WinogradPlan ofDataGradient(WindowShape all, Precision precision) {
    WindowShape shape = all.ofGroup();
    int last = shape.filterHeight() - 1;
    boolean turnsAround = shape.padHeight() <= last && shape.padWidth() <= last;
    return turnsAround && pays(shape, precision, shape.height(), shape.width())
        ? cut(shape, PlaneConvolution.ofDataGradient(all))
        : null;
  }

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

  private static WinogradPlan cut(WindowShape shape, PlaneConvolution planes) {
    int down = pieces(planes.outHeight());
    int across = pieces(planes.outWidth());
    int tiles = Math.multiplyExact(down, across);
    long most = Math.max(1, planes.images() * planes.groups() / TASKS);
    int images = (int) Math.clamp(STEP_TILES / tiles, 1, most);
    int rows = images > 1 ? down : Math.clamp(STEP_TILES / across, 1, down);
    long bands = ConvolutionPlan.pieces(down, rows);
    return new WinogradPlan(
        MinimalFilter.of(shape.filterHeight()),
        planes,
        images,
        (int) ConvolutionPlan.pieces(down, bands));
  }

  private static int pieces(int outputs) {
    return (outputs + MinimalFilter.OUTPUTS - 1) / MinimalFilter.OUTPUTS;
  }

  /** Tiles from top to bottom of a plane. */
  int tilesDown() {
    return pieces(planes.outHeight());
  }

  /** Tiles from left to right of a plane. */
  int tilesAcross() {
    return pieces(planes.outWidth());
  }

  /** Factors of a tile. */
  int factors() {
    return filter.cells() * filter.cells();
  }

  /** Steps per image, or 1 where a step has several images. */
  int bands() {
    return (int) ConvolutionPlan.pieces(tilesDown(), tileRowsPerStep);
  }

  /** Steps of a group. */
  long steps() {
    return ConvolutionPlan.pieces(planes.images(), imagesPerStep) * bands();
  }

  /** Tiles of a step, at most. */
  int stepTiles() {
    return imagesPerStep * tileRowsPerStep * tilesAcross();
  }

  /** Cells of the factors of all filters of a group. */
  long filterFactors() {
    return (long) factors() * planes.channels() * planes.targets();
  }

  /** The step of that number. */
  Step step(long number) {
    long first = number / bands() * imagesPerStep;
    int from = (int) (number % bands()) * tileRowsPerStep;
    return new Step(
        first,
        (int) Math.min(imagesPerStep, planes.images() - first),
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
