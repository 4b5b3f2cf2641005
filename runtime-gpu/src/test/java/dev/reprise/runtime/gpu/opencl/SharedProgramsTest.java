package dev.reprise.runtime.gpu.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.gpu.opencl.SharedPrograms.Held;
import dev.reprise.runtime.gpu.opencl.SharedPrograms.Source;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jocl.cl_program;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who builds, who waits, and when a program is released; needs no device. */
@Timeout(600)
class SharedProgramsTest {
  private static final Source SOURCE = new Source("kernel", "-w");

  private final List<cl_program> released = new ArrayList<>();
  private final SharedPrograms programs = new SharedPrograms(released::add);
  private final ExecutorService sessions = Executors.newCachedThreadPool();

  @AfterEach
  void end() {
    sessions.shutdownNow();
  }

  private static cl_program unexpected() {
    throw new AssertionError("it is there");
  }

  @Test
  void whatOneSessionBuiltTheNextOneFinds() {
    cl_program program = new cl_program();
    assertThat(programs.hold(SOURCE, () -> program).program()).isSameAs(program);
    assertThat(programs.hold(SOURCE, SharedProgramsTest::unexpected).program()).isSameAs(program);
    assertThat(programs.built()).isEqualTo(1);
  }

  @Test
  void anotherTextAndOtherOptionsAreOtherPrograms() {
    programs.hold(SOURCE, cl_program::new);
    programs.hold(new Source("kernel ", "-w"), cl_program::new);
    programs.hold(new Source("kernel", ""), cl_program::new);
    assertThat(programs.built()).isEqualTo(3);
  }

  @Test
  void whoGivesBackLastReleases() {
    cl_program program = new cl_program();
    Held first = programs.hold(SOURCE, () -> program);
    Held second = programs.hold(SOURCE, SharedProgramsTest::unexpected);
    programs.giveBack(first);
    assertThat(released).isEmpty();
    programs.giveBack(second);
    assertThat(released).containsExactly(program);
    assertThat(programs.count()).isZero();
    cl_program next = new cl_program();
    assertThat(programs.hold(SOURCE, () -> next).program()).isSameAs(next);
  }

  @Test
  void whatIsKeptStaysWhoeverGivesItBackAndIsReleasedOnceInTheEnd() {
    cl_program program = new cl_program();
    Held before = programs.hold(SOURCE, () -> program);
    assertThat(programs.keep(SOURCE, SharedProgramsTest::unexpected)).isSameAs(program);
    programs.giveBack(before);
    assertThat(released).isEmpty();
    assertThat(programs.keep(SOURCE, SharedProgramsTest::unexpected)).isSameAs(program);
    programs.giveBack(programs.hold(SOURCE, SharedProgramsTest::unexpected));
    assertThat(released).isEmpty();
    assertThat(programs.built()).isEqualTo(1);
    programs.close();
    assertThat(released).containsExactly(program);
  }

  @Test
  void whatWasNotBuiltIsNotKept() {
    assertThatThrownBy(() -> programs.keep(SOURCE, SharedProgramsTest::refused))
        .hasMessage("refused");
    assertThat(programs.count()).isZero();
    programs.giveBack(programs.hold(SOURCE, cl_program::new));
    assertThat(released).hasSize(1);
  }

  @Test
  void theEndReleasesWhatWasNotGivenBack() {
    cl_program program = new cl_program();
    programs.hold(SOURCE, () -> program);
    programs.hold(SOURCE, SharedProgramsTest::unexpected);
    programs.close();
    assertThat(released).containsExactly(program);
  }

  /** While one builds; another text is built meanwhile. */
  @Test
  void whoFindsAProgramBeingBuiltWaitsForIt() throws Exception {
    CountDownLatch building = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    cl_program program = new cl_program();
    Future<Held> first =
        sessions.submit(() ->
            programs.hold(
                SOURCE,
                () -> {
                  building.countDown();
                  await(goOn);
                  return program;
                }));
    building.await();
    Future<Held> second = waiting(() -> programs.hold(SOURCE, SharedProgramsTest::unexpected));
    programs.hold(new Source("another", "-w"), cl_program::new);
    assertThat(second.isDone()).isFalse();
    goOn.countDown();
    assertThat(first.get().program()).isSameAs(program);
    assertThat(second.get().program()).isSameAs(program);
    assertThat(programs.built()).isEqualTo(2);
  }

  /** A session that waits by now for what another one is about to do. */
  private static Future<Held> waiting(Callable<Held> session) {
    FutureTask<Held> task = new FutureTask<>(session);
    Thread thread = Thread.ofPlatform().daemon().start(task);
    while (thread.getState() != Thread.State.WAITING) {
      assertThat(thread.isAlive()).as("it ended without having waited").isTrue();
      Thread.onSpinWait();
    }
    return task;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFailureIsTheBuildersAlone() throws Exception {
    CountDownLatch building = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Future<Held> first =
        sessions.submit(() ->
            programs.hold(
                SOURCE,
                () -> {
                  building.countDown();
                  await(goOn);
                  throw new IllegalArgumentException("short of memory");
                }));
    building.await();
    cl_program program = new cl_program();
    Future<Held> second = waiting(() -> programs.hold(SOURCE, () -> program));
    goOn.countDown();
    assertThatThrownBy(first::get).hasRootCauseMessage("short of memory");
    assertThat(second.get().program()).isSameAs(program);
    assertThat(programs.built()).isEqualTo(1);
    programs.giveBack(second.get());
    assertThat(released).containsExactly(program);
  }

  /** Whatever the order: nobody holds a program that was released, and all are in the end. */
  @Test
  void manySessionsHoldAndGiveBackTheSamePrograms() throws Exception {
    // By identity: programs of no driver are all alike to the bindings.
    Set<cl_program> alive =
        Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    SharedPrograms shared =
        new SharedPrograms(program -> assertThat(alive.remove(program)).isTrue());
    int count = 4;
    CyclicBarrier start = new CyclicBarrier(count);
    List<Future<?>> ends = new ArrayList<>();
    for (int session = 0; session < count; session++) {
      ends.add(
          sessions.submit(() -> {
            start.await();
            for (int round = 0; round < 20_000; round++) {
              Supplier<cl_program> build =
                  round % 7 == 0 ? SharedProgramsTest::refused : () -> made(alive);
              holdAndGiveBack(shared, new Source("kernel" + round % 3, ""), build, alive);
            }
            return null;
          }));
    }
    for (Future<?> end : ends) {
      end.get();
    }
    assertThat(alive.size()).isZero();
    assertThat(shared.count()).isZero();
  }

  private static cl_program refused() {
    throw new IllegalArgumentException("refused");
  }

  private static cl_program made(Set<cl_program> alive) {
    cl_program program = new cl_program();
    alive.add(program);
    return program;
  }

  private static void holdAndGiveBack(
      SharedPrograms shared, Source source, Supplier<cl_program> build, Set<cl_program> alive) {
    Held held;
    try {
      held = shared.hold(source, build);
    } catch (IllegalArgumentException e) {
      return;
    }
    assertThat(alive.contains(held.program())).isTrue();
    shared.giveBack(held);
  }
}
