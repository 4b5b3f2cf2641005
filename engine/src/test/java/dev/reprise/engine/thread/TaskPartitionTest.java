package dev.reprise.engine.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskPartitionTest {

  private static List<Long> sizes(TaskPartition tasks, long count) {
    List<Long> sizes = new ArrayList<>();
    long at = 0;
    TaskPartition.Task task;
    while ((task = tasks.take()) != null) {
      assertThat(task.from()).isEqualTo(at);
      assertThat(task.to()).isGreaterThan(at);
      sizes.add(task.to() - task.from());
      at = task.to();
    }
    assertThat(at).isEqualTo(count);
    assertThat(tasks.take()).isNull();
    return sizes;
  }

  @Test
  void everyPartitionCoversAllIterationsInOrder() {
    for (long count : new long[] {0, 1, 2, 7, 100, 12_345}) {
      for (int workers : new int[] {1, 2, 3, 64}) {
        sizes(TaskPartition.fixed(count, 1), count);
        sizes(TaskPartition.fixed(count, 10), count);
        sizes(TaskPartition.factoring(count, workers, 1, Long.MAX_VALUE), count);
        sizes(TaskPartition.factoring(count, workers, 5, Long.MAX_VALUE), count);
        sizes(TaskPartition.factoring(count, workers, 1, 5), count);
        assertThat(sizes(TaskPartition.even(count, workers), count))
            .hasSizeLessThanOrEqualTo(workers);
      }
    }
  }

  @Test
  void factoringHalvesTheRestFromRoundToRound() {
    assertThat(sizes(TaskPartition.factoring(100, 2, 1, Long.MAX_VALUE), 100))
        .containsExactly(25L, 25L, 13L, 13L, 6L, 6L, 3L, 3L, 2L, 2L, 1L, 1L);
    assertThat(sizes(TaskPartition.factoring(100, 2, 10, Long.MAX_VALUE), 100))
        .containsExactly(25L, 25L, 13L, 13L, 10L, 10L, 4L);
    assertThat(sizes(TaskPartition.factoring(20, 2, 1, 3), 20))
        .containsExactly(3L, 3L, 3L, 3L, 2L, 2L, 1L, 1L, 1L, 1L);
  }
}
