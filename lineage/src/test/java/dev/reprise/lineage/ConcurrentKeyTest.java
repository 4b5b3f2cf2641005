package dev.reprise.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ConcurrentKeyTest {
  private static final int THREADS = 4;

  @Test
  void threadsThatAskAtOnceGetTheSameKeys() throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(THREADS)) {
      for (long seed = 0; seed < 500; seed++) {
        LineageItem expected = new RandomTraces(seed).next(400);
        LineageItem shared = new RandomTraces(seed).next(400);
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Callable<List<Key>>> askers = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
          boolean fromTheTop = thread % 2 == 0;
          askers.add(() -> {
            start.await();
            return fromTheTop ? keysFromTop(shared) : keysFromInputs(shared);
          });
        }
        for (Future<List<Key>> keys : pool.invokeAll(askers)) {
          assertThat(keys.get()).as("seed %d", seed).isEqualTo(keysFromTop(expected));
        }
      }
    }
  }

  private static List<Key> keysFromTop(LineageItem item) {
    List<Key> keys = new ArrayList<>();
    keys.add(item.key());
    for (int i = 0; i < item.inputCount(); i++) {
      keys.add(item.input(i).key());
    }
    return keys;
  }

  private static List<Key> keysFromInputs(LineageItem item) {
    List<Key> keys = new ArrayList<>();
    for (int i = item.inputCount() - 1; i >= 0; i--) {
      keys.addFirst(item.input(i).key());
    }
    keys.addFirst(item.key());
    return keys;
  }
}
