package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Scratch;
import java.lang.foreign.MemorySegment;

/** What a step of a convolution by tiles works with. Belongs to one thread at a time. */
final class TileSpace {
  private final WinogradPlan plan;
  private final Precision precision;
  private final MemorySegment ofImages;
  private final MemorySegment ofOutputs;
  final ImageTiles images;
  final OutputTiles outputs;

  TileSpace(WinogradPlan plan, Scratch scratch, Precision precision) {
    this.plan = plan;
    this.precision = precision;
    this.images = new ImageTiles(plan, precision);
    this.outputs = new OutputTiles(plan, precision);
    long tiles = (long) plan.factors() * plan.stepTiles() * precision.bytesPerCell();
    this.ofImages = scratch.bytes(tiles * plan.planes().channels());
    this.ofOutputs = scratch.bytes(tiles * plan.planes().targets());
  }

  /** Room for what so many tiles of images become. */
  TileFactors ofImages(int tiles) {
    int places = plan.filter().cells();
    return new TileFactors(ofImages, precision, places, tiles, plan.planes().channels());
  }

  /** Room for what so many tiles of outputs, or their gradients, are made of. */
  TileFactors ofOutputs(int tiles) {
    int places = plan.filter().cells();
    return new TileFactors(ofOutputs, precision, places, tiles, plan.planes().targets());
  }
}
