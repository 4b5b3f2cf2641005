package dev.reprise.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.ReferenceCount;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class ReferenceCountTest {
  private static final Value VALUE = Scalar.of(1);

  private final ReferenceCount references = new ReferenceCount();

  @Test
  void theLastReleaseSaysSoAndNobodyComesBackAfterIt() {
    assertThat(references.isExclusive()).isTrue();
    references.retain(VALUE);
    assertThat(references.isExclusive()).isFalse();
    assertThat(references.release(VALUE)).isFalse();
    assertThat(references.release(VALUE)).isTrue();
    assertThat(references.tryRetain()).isFalse();
    assertThatThrownBy(() -> references.retain(VALUE)).hasMessageContaining("nobody holds it");
    assertThatThrownBy(() -> references.release(VALUE)).hasMessageContaining("more often");
  }

  @RepeatedTest(50)
  void ofManyThreadsOneReleasesLast() throws InterruptedException {
    AtomicInteger last = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      references.retain(VALUE);
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 1_000; i++) {
                  references.retain(VALUE);
                  last.addAndGet(references.release(VALUE) ? 1 : 0);
                }
                last.addAndGet(references.release(VALUE) ? 1 : 0);
              }));
    }
    last.addAndGet(references.release(VALUE) ? 1 : 0);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(last).hasValue(1);
    assertThat(references.tryRetain()).isFalse();
  }
}
