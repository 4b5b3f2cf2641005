package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.runtime.gpu.DeviceKernels;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.gpu.kernel.Contraction.Tile;
import dev.reprise.runtime.operation.WindowShape;
import java.util.List;

/**
 * How a convolution is computed, chosen by its shape and what the device has. On a processor
 * patches are written and multiplied, since tiles need barriers; on a GPU the way with the least
 * estimated time is taken. Rates are those of one H100: of its library and memory as measured
 * (docs/benchmarks-gpu.md), of tiles and single cells by the instructions that they take, which
 * nobody has measured. Only their proportions count.
 */
public enum ConvolutionWay {
  /** A thread sums up a cell of the result: many small groups, or one or two rows. */
  CELLS,
  /** Products by tiles, reading images where they lie. */
  TILES,
  /** A patch matrix is written and multiplied, by the device's library where it has one. */
  PATCHES;

  private static final double LIBRARY_FLOATS = 51e12;
  private static final double LIBRARY_DOUBLES = 58e12;
  private static final double TILES_FLOATS = 30e12;
  private static final double TILES_DOUBLES = 18e12;

  /** A sum in one thread takes so many times as long for each product as in a tile. */
  private static final double CELL_SLOWNESS = 5;

  private static final double BYTES_PER_SECOND = 2.9e12;

  /** A patch's cell is written, read, and comes from a cell of the images. */
  private static final int MOVES = 3;

  /** Cells of the outputs are brought into another order. */
  private static final int OUTPUT_MOVES = 2;

  /** What is computed. */
  enum Of {
    OUTPUTS,
    FILTER_GRADIENT,
    DATA_GRADIENT
  }

  /** Chooses a way for each call. */
  @FunctionalInterface
  interface Choice {
    ConvolutionWay way(Of what, KernelCall call, WindowShape all);
  }

  /** Convolutions in this way, whatever their shape: for measurements and tests. */
  public DeviceKernels alone() {
    DeviceKernels.Builder kernels = new DeviceKernels.Builder();
    Convolution.register(kernels, (what, call, all) -> this);
    return kernels.build();
  }

  static ConvolutionWay of(Of what, KernelCall call, WindowShape all) {
    if (GroupedConvolution.suits(all)) {
      return CELLS;
    }
    boolean hasLibrary = call.backend().products() != null;
    boolean tensors = hasLibrary && call.products() != ProductPrecision.FULL;
    boolean phases = what != Of.DATA_GRADIENT || TiledConvolution.hasFewPhases(all);
    if (call.isProcessor() || tensors || !phases || !TiledConvolution.suits(all)) {
      return PATCHES;
    }
    return quickest(what, all, call.precision(), hasLibrary);
  }

  /** The way with the least estimated time on a GPU that can take each. */
  static ConvolutionWay quickest(
      Of what, WindowShape all, Precision precision, boolean hasLibrary) {
    WindowShape shape = all.ofGroup();
    boolean floats = precision == Precision.FP32;
    double tileRate = floats ? TILES_FLOATS : TILES_DOUBLES;
    double libraryRate = floats ? LIBRARY_FLOATS : LIBRARY_DOUBLES;
    double patches = (double) shape.patchCells() * shape.images() * shape.outCells();
    double outputs = (double) shape.images() * shape.outputCols();
    double products = 2 * shape.filters() * patches;
    double byPatches =
        products / (hasLibrary ? libraryRate : tileRate)
            + (MOVES * patches + OUTPUT_MOVES * outputs)
                * precision.bytesPerCell()
                / BYTES_PER_SECOND;
    double byTiles = 2 * work(what, shape, precision) / tileRate;
    double byCells =
        what == Of.FILTER_GRADIENT || all.groups() > 1
            ? Double.POSITIVE_INFINITY
            : CELL_SLOWNESS * products / tileRate;
    if (byCells <= Math.min(byTiles, byPatches)) {
      return CELLS;
    }
    return byTiles <= byPatches ? TILES : PATCHES;
  }

  /** Multiplications by tiles, those beyond edges too. */
  private static double work(Of what, WindowShape shape, Precision precision) {
    long images = shape.images();
    long window = (long) shape.filterHeight() * shape.filterWidth();
    return switch (what) {
      case OUTPUTS ->
          work(Tile.OF_COLUMNS, shape.filters(), images * shape.outCells(), precision)
              * shape.patchCells();
      case FILTER_GRADIENT ->
          work(Tile.OF_SUMS, shape.filters(), shape.patchCells(), precision)
              * images
              * shape.outCells();
      case DATA_GRADIENT ->
          work(Tile.OF_COLUMNS, shape.channels(), images * shape.planeCells(), precision)
              * Gemm.pieces(
                  shape.filters() * window, (long) shape.strideHeight() * shape.strideWidth());
    };
  }

  private static double work(List<Tile> tiles, long rows, long cols, Precision precision) {
    return Tile.best(tiles, rows, cols, precision).work(rows, cols, precision);
  }
}
