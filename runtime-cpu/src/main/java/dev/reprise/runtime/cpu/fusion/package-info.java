/**
 * Chains of element-wise operations and aggregates in one pass over memory.
 *
 * <pre>
 *   sum((Y - P)^2)          FusedExpression: leaves Y, P; nodes -, ^; aggregate sum
 *        |
 *   FusedLoop               for each block of up to 1024 cells:
 *        |                    leaves -> registers -> BlockStep ... BlockStep -> result or aggregate
 *   BlockPlan               which step reads and writes which register
 *        |
 *   LoopGenerator           several cheap steps as one class with one loop, once it pays
 * </pre>
 *
 * <p>A {@code SampledLoop} computes an expression at the non-zeros of a compressed matrix alone,
 * where {@code CellBounds} say that all other cells are zeros.
 *
 * <p>A block stays in the first levels of cache, so intermediates cost no memory traffic. The steps
 * run the very loops of the unfused kernels, or generated loops of the same operations on the same
 * doubles, and aggregates are those of the unfused kernels over another source of cells: a fused
 * result has the same bits as an unfused one. In fp32 registers are floats, and every step rounds
 * what it computes, as the unfused kernels over floats do.
 */
package dev.reprise.runtime.cpu.fusion;
