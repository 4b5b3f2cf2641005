package dev.reprise.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Shape;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ManagedMatrixTest {
  private final HostMemory memory = new HostMemory(1 << 20);
  private final ManagedMatrix matrix = ManagedMatrix.adopt(DenseMatrix.allocate(memory, 3, 4));

  @AfterEach
  void nothingStaysAllocated() {
    assertThat(memory.liveBuffers()).isZero();
    memory.close();
  }

  @Test
  void theLastReleaseFreesTheCells() {
    assertThat(matrix.shape()).isEqualTo(new Shape(3, 4));
    assertThat(matrix.bytes()).isEqualTo(96);
    matrix.retain();
    matrix.release();
    assertThat(memory.liveBuffers()).isOne();
    matrix.release();
    assertThat(memory.liveBuffers()).isZero();
  }

  @Test
  void aPinKeepsTheCellsAfterTheLastRelease() {
    DenseMatrix cells = (DenseMatrix) matrix.pinHost();
    matrix.pinHost();
    matrix.release();
    cells.set(2, 3, 5.0);
    matrix.unpin();
    assertThat(cells.get(2, 3)).isEqualTo(5.0);
    assertThat(matrix.tryRetain()).isFalse();
    matrix.unpin();
    assertThat(memory.liveBuffers()).isZero();
  }

  @Test
  void misuseOfADeadMatrixIsReported() {
    matrix.release();
    assertThat(matrix.tryRetain()).isFalse();
    assertThatThrownBy(matrix::retain).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(matrix::release)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("3x4");
    assertThatThrownBy(matrix::pinHost).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(matrix::unpin).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void onlyTheSingleHolderMayWriteInPlace() {
    assertThat(matrix.isExclusive()).isTrue();
    matrix.pinWritable(memory).set(0, 0, 1.0);
    matrix.unpin();
    matrix.pinHost();
    assertThat(matrix.isExclusive()).isFalse();
    matrix.unpin();
    matrix.retain();
    assertThat(matrix.isExclusive()).isFalse();
    assertThatThrownBy(() -> matrix.pinWritable(memory)).isInstanceOf(IllegalStateException.class);
    matrix.release();
    assertThat(matrix.isExclusive()).isTrue();
    matrix.release();
  }

  @Test
  void aListIsExclusiveWhenItAndItsElementsAre() {
    ListValue list = new ListValue(List.of(), List.of(matrix));
    assertThat(list.isExclusive()).isTrue();
    matrix.retain();
    assertThat(list.isExclusive()).isFalse();
    matrix.release();
    list.retain();
    assertThat(list.isExclusive()).isFalse();
    list.release();
    list.release();
  }

  @Test
  void racingReleasesUnpinsAndRetainsFreeOnce() throws Exception {
    matrix.release();
    int threads = 3;
    CyclicBarrier barrier = new CyclicBarrier(threads);
    AtomicInteger late = new AtomicInteger();
    ManagedMatrix[] current = new ManagedMatrix[1];
    Thread[] all = new Thread[threads];
    for (int t = 0; t < threads; t++) {
      int role = t;
      all[t] =
          new Thread(() -> {
            for (int run = 0; run < 3_000; run++) {
              if (role == 0) {
                current[0] = ManagedMatrix.adopt(DenseMatrix.allocate(memory, 2, 2));
                current[0].pinHost();
              }
              meet(barrier);
              switch (role) {
                case 0 -> current[0].release();
                case 1 -> current[0].unpin();
                default -> {
                  if (current[0].tryRetain()) {
                    late.incrementAndGet();
                    current[0].release();
                  }
                }
              }
              meet(barrier);
            }
          });
      all[t].start();
    }
    for (Thread thread : all) {
      thread.join();
    }
    assertThat(memory.liveBuffers()).isZero();
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
