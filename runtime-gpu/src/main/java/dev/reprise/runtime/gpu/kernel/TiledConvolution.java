package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.gpu.KernelCall;
import dev.reprise.runtime.gpu.kernel.Contraction.Axis;
import dev.reprise.runtime.gpu.kernel.Contraction.Digits;
import dev.reprise.runtime.gpu.kernel.Contraction.Linear;
import dev.reprise.runtime.gpu.kernel.Contraction.Planes;
import dev.reprise.runtime.gpu.kernel.Contraction.Tile;
import dev.reprise.runtime.operation.WindowShape;
import java.util.List;

/**
 * Convolutions by tiles, as products without a patch matrix (implicit GEMM): a launch for all
 * images and groups, and another that adds up parts where sums are cut. For GPUs.
 *
 * <pre>
 *   conv2d            rows: filters     columns: image, output cell    terms: channel, place
 *   backward_filter   rows: filters     columns: channel, place        terms: image, output cell
 *   backward_data     rows: channels    columns: image, cell           terms: filter, place
 * </pre>
 *
 * With strides the cells of an image differ in which places of a window reach them, so those of
 * equal remainders have a launch together.
 */
final class TiledConvolution {
  /** Kernels count cells and places in 32 bits, with room for what lies beyond edges. */
  private static final long MOST = 1 << 30;

  /** An axis of an image with its padding. */
  private static final long MOST_PADDED = 1 << 28;

  /** Launches of one gradient of the data. */
  private static final int MOST_PHASES = 16;

  private final KernelCall call;
  private final WindowShape all;
  private final WindowShape shape;

  private TiledConvolution(KernelCall call, WindowShape all) {
    this.call = call;
    this.all = all;
    this.shape = all.ofGroup();
  }

  /** Whether kernels can count everything. */
  static boolean suits(WindowShape shape) {
    long padded = shape.height() + 2L * shape.padHeight();
    long paddedWidth = shape.width() + 2L * shape.padWidth();
    return padded <= MOST_PADDED
        && paddedWidth <= MOST_PADDED
        && (padded + 1) * paddedWidth <= MOST
        && shape.images() * shape.inputCols() <= MOST
        && shape.images() * shape.outputCols() <= MOST
        && shape.filters() * shape.patchCells() <= MOST;
  }

  /** Whether the gradient of the data takes few launches. */
  static boolean hasFewPhases(WindowShape shape) {
    return (long) shape.strideHeight() * shape.strideWidth() <= MOST_PHASES;
  }

  static void outputs(KernelCall call, WindowShape all, DeviceMatrix out) {
    new TiledConvolution(call, all).outputs(out);
  }

  static void filterGradient(KernelCall call, WindowShape all, DeviceMatrix dw) {
    new TiledConvolution(call, all).filterGradient(dw);
  }

  static void dataGradient(KernelCall call, WindowShape all, DeviceMatrix dx) {
    new TiledConvolution(call, all).dataGradient(dx);
  }

  private int patchCells() {
    return (int) shape.patchCells();
  }

  private int outCells() {
    return (int) shape.outCells();
  }

  private int plane() {
    return (int) shape.planeCells();
  }

  private int window() {
    return shape.filterHeight() * shape.filterWidth();
  }

  private void outputs(DeviceMatrix out) {
    Contraction contraction =
        new Contraction(
            all.groups(),
            shape.filters(),
            new Digits((int) shape.images() * outCells(), shape.outHeight(), shape.outWidth()),
            new Digits(patchCells(), shape.filterHeight(), shape.filterWidth()),
            new Linear(
                0, shape.filters() * patchCells(), patchCells(), window(), shape.filterWidth(), 1),
            new Planes(
                shape.channels() * plane(),
                plane(),
                (int) all.inputCols(),
                shape.height(),
                shape.width(),
                new Axis(-shape.padHeight(), shape.dilationHeight(), shape.strideHeight()),
                new Axis(-shape.padWidth(), shape.dilationWidth(), shape.strideWidth())),
            new Linear(
                0,
                shape.filters() * outCells(),
                outCells(),
                (int) all.outputCols(),
                shape.outWidth(),
                1),
            false);
    run(contraction, Tile.OF_COLUMNS, out);
  }

  private void filterGradient(DeviceMatrix dw) {
    Contraction contraction =
        new Contraction(
            all.groups(),
            shape.filters(),
            new Digits(patchCells(), shape.filterHeight(), shape.filterWidth()),
            new Digits((int) shape.images() * outCells(), shape.outHeight(), shape.outWidth()),
            new Linear(
                0,
                shape.filters() * outCells(),
                outCells(),
                (int) all.outputCols(),
                shape.outWidth(),
                1),
            new Planes(
                shape.channels() * plane(),
                (int) all.inputCols(),
                plane(),
                shape.height(),
                shape.width(),
                new Axis(-shape.padHeight(), shape.strideHeight(), shape.dilationHeight()),
                new Axis(-shape.padWidth(), shape.strideWidth(), shape.dilationWidth())),
            new Linear(
                0, shape.filters() * patchCells(), patchCells(), window(), shape.filterWidth(), 1),
            false);
    run(contraction, Tile.OF_SUMS, dw);
  }

  private void run(Contraction contraction, List<Tile> tiles, DeviceMatrix out) {
    int rows = contraction.rows();
    int cols = contraction.cols().count();
    Tile tile = Tile.best(tiles, rows, cols, call.precision());
    int chunks =
        Contraction.chunks(
            tile, all.groups(), rows, cols, contraction.terms().count(), call.precision());
    DeviceBuffer parts = chunks == 1 ? out.buffer() : call.scratch(chunks * out.bytes());
    contraction.run(
        call, tile, parts, call.matrix(1).buffer(), call.matrix(0).buffer(), chunks, out.cells());
    if (chunks > 1) {
      Contraction.addParts(call, out.buffer(), parts, out.cells(), chunks);
    }
  }

  private void dataGradient(DeviceMatrix dx) {
    int rows = shape.channels();
    long images = shape.images();
    Tile tile = Tile.best(Tile.OF_COLUMNS, rows, images * plane(), call.precision());
    int chunks =
        Contraction.chunks(
            tile,
            all.groups(),
            rows,
            images * plane(),
            Gemm.pieces(
                (long) shape.filters() * window(),
                (long) shape.strideHeight() * shape.strideWidth()),
            call.precision());
    DeviceBuffer parts = chunks == 1 ? dx.buffer() : call.scratch(chunks * dx.bytes());
    for (int y = 0; y < Math.min(shape.strideHeight(), shape.height()); y++) {
      for (int z = 0; z < Math.min(shape.strideWidth(), shape.width()); z++) {
        phase(y, z)
            .run(
                call,
                tile,
                parts,
                call.matrix(0).buffer(),
                call.matrix(1).buffer(),
                chunks,
                dx.cells());
      }
    }
    if (chunks > 1) {
      Contraction.addParts(call, dx.buffer(), parts, dx.cells(), chunks);
    }
  }

  /** The gradient of the cells in every strideHeight-th row from y on, likewise the columns. */
  private Contraction phase(int y, int z) {
    Reach down =
        Reach.of(
            y + shape.padHeight(),
            shape.strideHeight(),
            shape.dilationHeight(),
            shape.filterHeight());
    Reach right =
        Reach.of(
            z + shape.padWidth(), shape.strideWidth(), shape.dilationWidth(), shape.filterWidth());
    int below = (int) Gemm.pieces(shape.height() - y, shape.strideHeight());
    int beside = (int) Gemm.pieces(shape.width() - z, shape.strideWidth());
    int width = shape.filterWidth();
    return new Contraction(
        all.groups(),
        shape.channels(),
        new Digits((int) shape.images() * below * beside, below, beside),
        new Digits(
            shape.filters() * down.places * right.places,
            Math.max(1, down.places),
            Math.max(1, right.places)),
        new Linear(
            down.first * width + right.first,
            shape.filters() * patchCells(),
            window(),
            patchCells(),
            down.apart * width,
            right.apart),
        new Planes(
            shape.filters() * outCells(),
            outCells(),
            (int) all.outputCols(),
            shape.outHeight(),
            shape.outWidth(),
            new Axis(down.at, -down.step, 1),
            new Axis(right.at, -right.step, 1)),
        new Linear(
            y * shape.width() + z,
            shape.channels() * plane(),
            plane(),
            (int) all.inputCols(),
            shape.strideHeight() * shape.width(),
            shape.strideWidth()),
        true);
  }

  /**
   * Which places of a window reach the cells of one remainder, along one axis, and from where:
   * place {@code first + i * apart} reaches the n-th of the cells from output cell {@code at + n -
   * i * step}.
   */
  private record Reach(int first, int apart, int places, int at, int step) {
    static Reach of(int padded, int stride, int dilation, int window) {
      for (int first = 0; first < Math.min(window, stride); first++) {
        long from = padded - (long) first * dilation;
        if (from % stride == 0) {
          int apart = stride / gcd(stride, dilation);
          int places = (int) Gemm.pieces(window - first, apart);
          int step = (int) ((long) apart * dilation / stride);
          return new Reach(first, apart, places, (int) (from / stride), step);
        }
      }
      return new Reach(0, 1, 0, 0, 0);
    }

    private static int gcd(int a, int b) {
      return b == 0 ? a : gcd(b, a % b);
    }
  }
}
