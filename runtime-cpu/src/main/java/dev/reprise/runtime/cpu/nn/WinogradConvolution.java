package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Parallel;
import dev.reprise.runtime.cpu.Scratch;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.blas.CellProducts;
import java.lang.foreign.MemorySegment;

/**
 * A convolution by tiles of 2 x 2 outputs: for each place of a tile one product of what the images
 * have there with what the filters have there, over all tiles of a step at once.
 *
 * @param turnedAround whether the filters are those of a convolution whose gradient this is
 */
record WinogradConvolution(
    WinogradPlan plan, boolean turnedAround, Parallel parallel, CellProducts products) {

  /**
   * Writes all outputs.
   *
   * @param images that are read, one row each
   * @param scratch of the call; holds the factors of the filters, and of a step for each thread
   */
  void run(
      DenseMatrix images,
      DenseMatrix filters,
      DenseMatrix out,
      Scratch scratch,
      ExecutionContext context) {
    Precision precision = products.precision();
    int bytes = precision.bytesPerCell();
    int groups = plan.planes().groups();
    GroupTasks tasks = new GroupTasks(groups, parallel, context);
    MemorySegment weights = scratch.bytes(groups * plan.filterFactors() * bytes);
    tasks.runShort(
        plan.planes().channels(),
        ConvolutionPlan.pieces(1 << 12, plan.planes().targets()),
        () -> new FilterTiles(plan, turnedAround, precision),
        (group, plane, tiles) ->
            tiles.spread(filters.segment(), group, (int) plane, weights(weights, group)));
    tasks.runLong(
        plan.steps(),
        () -> new TileSpace(plan, scratch, precision),
        (group, number, space) ->
            step(plan.step(number), group, images, weights(weights, group), out, space));
  }

  private TileFactors weights(MemorySegment all, int group) {
    return TileFactors.ofFilters(plan, all, products.precision(), group);
  }

  private void step(
      WinogradPlan.Step step,
      int group,
      DenseMatrix images,
      TileFactors weights,
      DenseMatrix out,
      TileSpace space) {
    int perImage = step.rows() * plan.tilesAcross();
    int tiles = step.count() * perImage;
    TileFactors factors = space.ofImages(tiles);
    TileFactors results = space.ofOutputs(tiles);
    for (int i = 0; i < step.count(); i++) {
      long image = plan.planes().at(step.first() + i, group);
      space.images.spread(
          images.segment(), image, step.rowFrom(), step.rowTo(), factors, i * perImage);
    }
    for (int place = 0; place < plan.factors(); place++) {
      products.gemm(
          false,
          false,
          tiles,
          plan.planes().targets(),
          plan.planes().channels(),
          new Blas.Block(factors.cells(), factors.matrix(place), plan.planes().channels()),
          new Blas.Block(weights.cells(), weights.matrix(place), plan.planes().targets()),
          new Blas.Block(results.cells(), results.matrix(place), plan.planes().targets()));
    }
    for (int i = 0; i < step.count(); i++) {
      long image = plan.planes().at(step.first() + i, group);
      space.outputs.collect(
          results, i * perImage, out.segment(), image, step.rowFrom(), step.rowTo());
    }
  }
}
