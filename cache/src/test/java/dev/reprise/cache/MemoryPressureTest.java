package dev.reprise.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.lineage.Key;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.DenseMatrix;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Cache and program in one host budget, with several threads at its edge. */
class MemoryPressureTest {
  private static final int THREADS = 4;
  private static final long LARGE = 100 * 100 * 8;

  @Test
  void nothingIsRefusedWhileTheCacheHasSomethingToGive() throws Exception {
    workAtTheEdge(THREADS * LARGE, Long.MAX_VALUE);
  }

  @Test
  void nothingIsRefusedWhileTheCacheShrinksToItsOwnBudget() throws Exception {
    workAtTheEdge(THREADS * LARGE, 2 * LARGE);
  }

  /**
   * Every thread holds at most one matrix at a time, so a budget of one per thread must do,
   * although the cache fills it to the brim.
   */
  private static void workAtTheEdge(long hostBudget, long cacheBudget) throws Exception {
    try (HostMemory memory = new HostMemory(hostBudget);
        LineageCache cache =
            new LineageCache(new CacheConfig(Policy.COSTNSIZE, cacheBudget), CacheEvents.NONE)) {
      memory.reclaimWith(cache);
      List<Integer> computed =
          Workers.run(
              THREADS,
              worker -> {
                Random random = new Random(worker);
                int claims = 0;
                for (int i = 0; i < 5_000; i++) {
                  claims += use(memory, cache, random.nextInt(1_000) * THREADS + worker);
                }
                return claims;
              });
      assertThat(cache.statistics().misses())
          .isEqualTo(computed.stream().mapToInt(Integer::intValue).sum());
      assertThat(memory.peakBytes()).isLessThanOrEqualTo(hostBudget);
      cache.clear();
      assertThat(memory.liveBuffers()).isZero();
      assertThat(memory.usedBytes()).isZero();
    }
  }

  /** Takes the value of a key from the cache or computes it; returns how many were computed. */
  private static int use(HostMemory memory, LineageCache cache, int key) {
    switch (cache.probe(new Key(3, key), TestWaiter::new)) {
      case Hit hit -> {
        ManagedMatrix matrix = (ManagedMatrix) hit.value();
        assertThat(matrix.pinHost().get(0, 0)).isEqualTo(key);
        matrix.unpin();
        matrix.release();
        return 0;
      }
      case Claim claim -> {
        try (claim) {
          int rows = key % 3 == 0 ? 10 : 100;
          ManagedMatrix matrix = ManagedMatrix.adopt(DenseMatrix.allocate(memory, rows, 100));
          matrix.pinWritable(memory).set(0, 0, key);
          matrix.unpin();
          claim.complete(matrix, 1 + key % 100, true);
          matrix.release();
        }
        return 1;
      }
      case InFlight inFlight -> throw new AssertionError("keys are not shared here");
    }
  }
}
