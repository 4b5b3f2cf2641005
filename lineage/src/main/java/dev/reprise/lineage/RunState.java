package dev.reprise.lineage;

/**
 * Keys and heights of a run's carried variables after one iteration, -1 for before the first.
 * Immutable, so that it may be published without a lock; 0 for a variable without traced value.
 */
final class RunState {
  final long iteration;
  final long[] high;
  final long[] low;
  final int[] heights;

  RunState(long iteration, long[] high, long[] low, int[] heights) {
    this.iteration = iteration;
    this.high = high;
    this.low = low;
    this.heights = heights;
  }
}
