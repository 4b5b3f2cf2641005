package dev.reprise.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Meta;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

class HandleTest {
  private final HostMemory memory = new HostMemory(1 << 20);
  private final Handle handle = new Handle("line 7", Meta.matrix(2, 2));

  private ManagedMatrix matrix() {
    return ManagedMatrix.adopt(DenseMatrix.allocate(memory, 2, 2));
  }

  @Test
  void theValueBelongsToTheHandleUntilItsLastRelease() throws Exception {
    ManagedMatrix value = matrix();
    assertThat(handle.type()).isEqualTo(ValueType.MATRIX);
    assertThat(handle.complete(value)).isTrue();
    handle.retain();
    handle.release();
    assertThat(handle.await()).isSameAs(value);
    assertThat(value.references()).isOne();
    handle.release();
    assertThat(memory.liveBuffers()).isZero();
    assertThat(handle.tryRetain()).isFalse();
    assertThat(handle.valueOrNull()).isNull();
  }

  @Test
  void aValueThatNobodyWantsAnyMoreIsReleasedOnArrival() {
    handle.release();
    assertThat(handle.isReferenced()).isFalse();
    assertThat(handle.complete(matrix())).isTrue();
    assertThat(memory.liveBuffers()).isZero();
  }

  @Test
  void aCompanionStaysBesideTheValueUntilTheLastRelease() {
    handle.accompany(matrix());
    assertThat(handle.isDone()).isFalse();
    handle.complete(Scalar.of(2.0));
    assertThat(handle.companion()).isNotNull();
    assertThat(handle.valueOrNull()).isEqualTo(Scalar.of(2.0));
    handle.release();
    assertThat(handle.companion()).isNull();
    assertThat(memory.liveBuffers()).isZero();
  }

  @Test
  void ofTwoCompanionsTheFirstStays() {
    ManagedMatrix first = matrix();
    handle.accompany(first);
    handle.accompany(matrix());
    assertThat(handle.companion()).isSameAs(first);
    assertThat(memory.liveBuffers()).isOne();
    handle.release();
    assertThat(memory.liveBuffers()).isZero();
  }

  @Test
  void aCompanionIsReleasedOnceWhoeverComesFirst() throws Exception {
    for (int i = 0; i < 2000; i++) {
      Handle each = new Handle(null, Meta.DOUBLE);
      ManagedMatrix companion = matrix();
      CyclicBarrier start = new CyclicBarrier(2);
      Thread last =
          Thread.ofVirtual()
              .start(() -> {
                meet(start);
                each.release();
              });
      meet(start);
      each.accompany(companion);
      last.join();
      assertThat(memory.liveBuffers()).isZero();
    }
  }

  @Test
  void theFirstOutcomeCounts() {
    assertThat(handle.cancel()).isTrue();
    assertThat(handle.complete(matrix())).isFalse();
    assertThat(handle.fail(new ArithmeticException())).isFalse();
    assertThat(memory.liveBuffers()).isZero();
    assertThatThrownBy(handle::await)
        .isInstanceOfSatisfying(
            HandleFailure.class,
            failure -> {
              assertThat(failure.isCancellation()).isTrue();
              assertThat(failure.origin()).isEqualTo("line 7");
            });
  }

  @Test
  void callbacksRunInOrderAndLateOnesAtOnce() {
    List<String> order = new ArrayList<>();
    handle.whenDone(() -> order.add("first"));
    handle.whenDone(() -> {
      order.add("second");
      throw new IllegalStateException("a broken callback");
    });
    handle.whenDone(() -> order.add("third"));
    assertThatThrownBy(() -> handle.complete(Scalar.of(1.0))).hasMessage("a broken callback");
    handle.whenDone(() -> order.add("late"));
    assertThat(order).containsExactly("first", "second", "third", "late");
    assertThat(handle.valueOrNull()).isEqualTo(Scalar.of(1.0));
  }

  @Test
  void aPendingValueIsNoOutcome() {
    assertThatThrownBy(() -> handle.complete(new Handle(null, null)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void awaitingThreadsWakeOnEveryOutcome() throws Exception {
    for (int run = 0; run < 200; run++) {
      Handle shared = new Handle(null, null);
      CountDownLatch awake = new CountDownLatch(3);
      for (int t = 0; t < 3; t++) {
        new Thread(
                () -> {
                  try {
                    shared.await();
                  } catch (HandleFailure | InterruptedException e) {
                    // A failure wakes as well.
                  }
                  awake.countDown();
                })
            .start();
      }
      switch (run % 3) {
        case 0 -> shared.complete(Scalar.of(1.0));
        case 1 -> shared.fail(new ArithmeticException());
        default -> shared.cancel();
      }
      awake.await();
    }
  }

  @Test
  void theLastReleaseRacingWithCompletionFreesTheValueOnce() throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(2);
    Handle[] current = new Handle[1];
    int runs = 5_000;
    Thread releaser =
        new Thread(() -> {
          for (int run = 0; run < runs; run++) {
            meet(barrier);
            current[0].release();
            meet(barrier);
          }
        });
    releaser.start();
    for (int run = 0; run < runs; run++) {
      current[0] = new Handle(null, null);
      ManagedMatrix value = matrix();
      meet(barrier);
      current[0].complete(value);
      meet(barrier);
      assertThat(value.references()).isZero();
    }
    releaser.join();
    assertThat(memory.liveBuffers()).isZero();
  }

  @Test
  void aListShowsWhatItsElementsHaveBecome() throws Exception {
    Handle later = new Handle(null, Meta.matrix(3, 3));
    ManagedMatrix first = matrix();
    handle.complete(first);
    // The list takes the references over, of one that is done already as of one that is not.
    ListValue inner = new ListValue(List.of(), List.of(later));
    ListValue list = new ListValue(List.of(), List.of(handle, inner, Scalar.of(1.0)));
    assertThat(list.elements()).containsExactly(first, inner, Scalar.of(1.0));
    assertThat(list.isPending()).isTrue();
    assertThat(inner.elements()).containsExactly(later);
    ManagedMatrix second = matrix();
    later.complete(second);
    assertThat(list.isPending()).isFalse();
    assertThat(inner.elements()).containsExactly(second);
    assertThat(list.bytes()).isEqualTo(first.bytes() + second.bytes() + Scalar.of(1.0).bytes());
    // Whoever has the handle can see the cells.
    assertThat(inner.isExclusive()).isTrue();
    later.retain();
    assertThat(inner.isExclusive()).isFalse();
    later.release();
    list.release();
    assertThat(memory.liveBuffers()).isZero();
  }

  @Test
  void anElementThatComesWhileItIsLookedAtIsSeenTheNextTime() {
    Value come = Scalar.of(2.0);
    Value coming =
        new NumberInMaking() {
          private boolean isThere;

          @Override
          public boolean isPending() {
            return !isThere;
          }

          @Override
          public Value settled() {
            if (isThere) {
              return come;
            }
            isThere = true;
            return this;
          }
        };
    ListValue list = new ListValue(List.of(), List.of(coming));
    assertThat(list.elements()).containsExactly(coming);
    assertThat(list.elements()).containsExactly(come);
    assertThat(list.isPending()).isFalse();
  }

  @Test
  void anElementThatFailedStaysPending() {
    handle.fail(new ArithmeticException());
    ListValue list = new ListValue(List.of(), List.of(handle));
    assertThat(list.isPending()).isTrue();
    assertThat(list.elements()).containsExactly(handle);
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
