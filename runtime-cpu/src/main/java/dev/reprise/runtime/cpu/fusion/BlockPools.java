package dev.reprise.runtime.cpu.fusion;

/**
 * Blocks of both widths.
 *
 * @param doubles registers in fp64; in fp32 room for operations that compute in double
 * @param floats registers in fp32
 */
record BlockPools(BlockPool<double[]> doubles, BlockPool<float[]> floats) {
  BlockPools() {
    this(new BlockPool<>(CellType.DOUBLES), new BlockPool<>(CellType.FLOATS));
  }
}
