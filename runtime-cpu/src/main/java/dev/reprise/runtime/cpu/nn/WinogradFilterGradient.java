package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Partials;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.blas.CellProducts;
import java.lang.foreign.MemorySegment;

/**
 * The gradient of the filters of a convolution by tiles of 2 x 2 outputs: for each place of a tile
 * the sum over all tiles of what the images have there times what the gradients of the outputs have
 * there. Tasks sum over some of the steps; their sums are added in order.
 */
record WinogradFilterGradient(WinogradPlan plan, Parallel parallel, CellProducts products) {
  /** Partial sums of a group, at most. */
  private static final long SUMS = 16;

  /**
   * Writes the gradient.
   *
   * @param images one row each
   * @param dout the gradient of the outputs, one row for each image
   * @param scratch of the call
   */
  void run(
      DenseMatrix images,
      DenseMatrix dout,
      DenseMatrix gradient,
      Scratch scratch,
      ExecutionContext context) {
    Precision precision = products.precision();
    PlaneConvolution planes = plan.planes();
    GroupTasks tasks = new GroupTasks(planes.groups(), parallel, context);
    long stepsPerSum = ConvolutionPlan.pieces(plan.steps(), SUMS);
    long count = ConvolutionPlan.pieces(plan.steps(), stepsPerSum);
    DenseMatrix sums =
        scratch.matrix(
            (long) planes.groups() * plan.factors() * planes.channels(),
            planes.targets(),
            precision);
    Partials partials = new Partials(sums, count, scratch);
    tasks.runLong(
        count,
        () -> new TileSpace(plan, scratch, precision),
        (group, sum, space) -> {
          TileFactors target = ofGroup(partials.segment(sum), group);
          long last = Math.min(plan.steps(), (sum + 1) * stepsPerSum);
          for (long step = sum * stepsPerSum; step < last; step++) {
            boolean isFirst = step == sum * stepsPerSum;
            add(plan.step(step), group, images, dout, target, isFirst, space);
          }
        });
    partials.addUp(parallel, context);
    tasks.runShort(
        planes.channels(),
        ConvolutionPlan.pieces(1 << 12, planes.targets()),
        () -> new FilterTiles(plan, false, precision),
        (group, plane, tiles) ->
            tiles.collect(ofGroup(sums.segment(), group), (int) plane, gradient.segment(), group));
  }

  private TileFactors ofGroup(MemorySegment all, int group) {
    return TileFactors.ofFilters(plan, all, products.precision(), group);
  }

  private void add(
      WinogradPlan.Step step,
      int group,
      DenseMatrix images,
      DenseMatrix dout,
      TileFactors target,
      boolean isFirst,
      TileSpace space) {
    int perImage = step.rows() * plan.tilesAcross();
    int tiles = step.count() * perImage;
    TileFactors factors = space.ofImages(tiles);
    TileFactors outputs = space.ofOutputs(tiles);
    for (int i = 0; i < step.count(); i++) {
      long image = plan.planes().at(step.first() + i, group);
      int tile = i * perImage;
      space.images.spread(images.segment(), image, step.rowFrom(), step.rowTo(), factors, tile);
      space.outputs.spread(dout.segment(), image, step.rowFrom(), step.rowTo(), outputs, tile);
    }
    for (int place = 0; place < plan.factors(); place++) {
      Blas.Block left =
          new Blas.Block(factors.cells(), factors.matrix(place), plan.planes().channels());
      Blas.Block right =
          new Blas.Block(outputs.cells(), outputs.matrix(place), plan.planes().targets());
      Blas.Block sum =
          new Blas.Block(target.cells(), target.matrix(place), plan.planes().targets());
      if (isFirst) {
        products.gemm(
            true,
            false,
            plan.planes().channels(),
            plan.planes().targets(),
            tiles,
            left,
            right,
            sum);
      } else {
        products.gemmAdd(
            true,
            false,
            plan.planes().channels(),
            plan.planes().targets(),
            tiles,
            left,
            right,
            sum);
      }
    }
  }
}
