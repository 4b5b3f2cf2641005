package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import java.lang.foreign.MemorySegment;

/**
 * Factors of tiles in memory: a matrix of tiles x planes for each place (i, j) of a tile, one after
 * the other.
 *
 * @param places along one direction of a tile
 * @param tiles of each matrix
 * @param planes of each matrix
 */
record TileFactors(MemorySegment cells, Precision precision, int places, int tiles, int planes) {

  /** The factors of the filters of a group, among those of all groups. */
  static TileFactors ofFilters(
      WinogradPlan plan, MemorySegment all, Precision precision, int group) {
    long bytes = plan.filterFactors() * precision.bytesPerCell();
    MemorySegment cells = all.asSlice(group * bytes, bytes);
    int places = plan.filter().cells();
    return new TileFactors(
        cells, precision, places, plan.planes().channels(), plan.planes().targets());
  }

  /** Where the matrix of a place begins. */
  long matrix(int place) {
    return (long) place * tiles * planes;
  }

  private long at(int i, int j, int tile) {
    return matrix(i * places + j) + (long) tile * planes;
  }

  /** Writes factors of neighbouring tiles from place (0, j) to (places - 1, j). */
  void store(double[][] factors, int j, int tile, int n, CellBlocks blocks) {
    for (int i = 0; i < places; i++) {
      blocks.store(factors[i], 0, cells, at(i, j, tile), n);
    }
  }

  /** Writes factors of neighbouring tiles from place (i, 0) to (i, places - 1). */
  void storeRow(double[][] factors, int i, int tile, int n, CellBlocks blocks) {
    for (int j = 0; j < places; j++) {
      blocks.store(factors[j], 0, cells, at(i, j, tile), n);
    }
  }

  /** Reads factors of neighbouring tiles from place (0, j) to (places - 1, j). */
  void load(double[][] factors, int j, int tile, int n, CellBlocks blocks) {
    for (int i = 0; i < places; i++) {
      blocks.load(cells, at(i, j, tile), factors[i], 0, n);
    }
  }
}
