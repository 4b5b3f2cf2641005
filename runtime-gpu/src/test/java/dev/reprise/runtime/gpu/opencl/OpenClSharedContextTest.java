package dev.reprise.runtime.gpu.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jocl.CL.CL_CONTEXT_REFERENCE_COUNT;
import static org.jocl.CL.clGetContextInfo;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.GeneratedKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions of one process on one device: what they build, and when it goes. */
class OpenClSharedContextTest {
  private static final int COUNT = 1000;

  private final DeviceFacts facts = ((OpenClProvider.Found) Devices.openclCandidate()).facts();
  private final DeviceContexts contexts = new DeviceContexts();
  private final List<OpenClBackend> opened = new ArrayList<>();

  /** Shares what the sessions have, while one of them is open. */
  private final DeviceContext looker = contexts.open(facts);

  @AfterEach
  void close() {
    opened.forEach(OpenClBackend::close);
    looker.close();
  }

  private OpenClBackend open() {
    OpenClBackend backend = new OpenClBackend(facts, contexts);
    opened.add(backend);
    return backend;
  }

  private void close(OpenClBackend backend) {
    opened.remove(backend);
    backend.close();
  }

  private long built() {
    return looker.programs().built();
  }

  private interface Kernel {
    void run(DeviceBuffer out, DeviceBuffer x);
  }

  /** What a kernel makes of the number 2 in the last cell. */
  private static double last(OpenClBackend backend, Kernel kernel) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cells = arena.allocate(8L * COUNT, 64);
      cells.setAtIndex(ValueLayout.JAVA_DOUBLE, COUNT - 1L, 2);
      DeviceBuffer x = backend.allocate(8L * COUNT);
      DeviceBuffer out = backend.allocate(8L * COUNT);
      backend.upload(cells, x, 8L * COUNT);
      kernel.run(out, x);
      backend.read(out, cells, 8L * COUNT);
      x.release();
      out.release();
      return cells.getAtIndex(ValueLayout.JAVA_DOUBLE, COUNT - 1L);
    }
  }

  private static double sum(OpenClBackend backend, double added) {
    return last(
        backend,
        (out, x) ->
            backend.run("cells/add_ms", Precision.FP64, COUNT, out, x, added, (long) COUNT));
  }

  private static GeneratedKernels multiplying(int factor) {
    return new GeneratedKernels(
        "KERNEL times(GLOBAL REAL *out, GLOBAL REAL *x, LONG count) {\n"
            + "  for (LONG i = FIRST; i < count; i += STEP) out[i] = x[i] * "
            + factor
            + ";\n}\n");
  }

  private static double product(OpenClBackend backend, int factor) {
    return last(
        backend,
        (out, x) ->
            backend.run(multiplying(factor), "times", Precision.FP64, COUNT, out, x, (long) COUNT));
  }

  @Test
  void theSecondSessionBuildsNothingThatTheFirstHasBuilt() {
    OpenClBackend first = open();
    OpenClBackend second = open();
    assertThat(sum(first, 1)).isEqualTo(3);
    assertThat(built()).isEqualTo(1);
    assertThat(sum(second, 10)).isEqualTo(12);
    assertThat(sum(first, 1)).isEqualTo(3);
    assertThat(built()).isEqualTo(1);
  }

  @Test
  void programsOutliveTheSessionThatBuiltThem() {
    OpenClBackend first = open();
    OpenClBackend second = open();
    assertThat(sum(first, 1)).isEqualTo(3);
    close(first);
    assertThat(sum(second, 1)).isEqualTo(3);
    close(second);
    assertThat(sum(open(), 1)).isEqualTo(3);
    assertThat(built()).isEqualTo(1);
  }

  @Test
  void fusedExpressionsAreSharedUntilNobodyHasThem() {
    OpenClBackend first = open();
    OpenClBackend second = open();
    assertThat(product(first, 3)).isEqualTo(6);
    assertThat(product(second, 3)).isEqualTo(6);
    assertThat(built()).isEqualTo(1);
    close(first);
    assertThat(product(second, 3)).isEqualTo(6);
    assertThat(looker.programs().count()).isEqualTo(1);
    close(second);
    assertThat(looker.programs().count()).isZero();
  }

  @Test
  void whatTheDriverDoesNotCompileFailsInEachSession() {
    GeneratedKernels broken = new GeneratedKernels("KERNEL times( {}\n");
    OpenClBackend second = open();
    for (OpenClBackend backend : List.of(open(), second)) {
      for (int time = 0; time < 2; time++) {
        assertThatThrownBy(() -> backend.run(broken, "times", Precision.FP64, COUNT))
            .isInstanceOf(DeviceException.class)
            .hasMessageContaining("cannot compile the kernels 'of a fused expression'");
      }
    }
    assertThat(sum(second, 1)).isEqualTo(3);
    assertThat(looker.programs().count()).isEqualTo(1);
  }

  @Test
  void whoOpensALostDeviceGetsAContextOfItsOwn() {
    OpenClBackend first = open();
    assertThat(sum(first, 1)).isEqualTo(3);
    looker.lose();
    OpenClBackend second = open();
    assertThat(sum(second, 1)).isEqualTo(3);
    DeviceContext now = contexts.open(facts);
    assertThat(now).isNotSameAs(looker);
    assertThat(now.programs().built()).isEqualTo(1);
    close(first);
    assertThat(sum(open(), 1)).isEqualTo(3);
    assertThat(now.programs().built()).isEqualTo(1);
    now.close();
  }

  /** Sessions and queues that use the context, by the driver's count. */
  private int uses() {
    int[] count = new int[1];
    clGetContextInfo(
        looker.context(), CL_CONTEXT_REFERENCE_COUNT, Sizeof.cl_int, Pointer.to(count), null);
    return count[0];
  }

  @Test
  void aContextThatRefusesAQueueIsNotHandedOutAgain() {
    OpenClBackend.Queues refusing =
        (_, _) -> {
          throw new CLException("the driver says so", CL.CL_INVALID_CONTEXT);
        };
    assertThatThrownBy(() -> new OpenClBackend(facts, contexts, refusing))
        .isInstanceOf(CLException.class)
        .hasMessage("the driver says so");
    assertThat(looker.isLost()).isTrue();
    assertThat(sum(open(), 1)).isEqualTo(3);
    assertThat(built()).isZero();
  }

  @Test
  void whoCannotBeOpenedLeavesNoQueueBehind() {
    int before = uses();
    List<OpenClQueue> made = new ArrayList<>();
    OpenClBackend.Queues two =
        (context, device) -> {
          if (made.size() == 2) {
            throw new CLException("no third one", CL.CL_OUT_OF_HOST_MEMORY);
          }
          made.add(new OpenClQueue(context, device));
          assertThat(uses()).isGreaterThan(before);
          return made.getLast();
        };
    assertThatThrownBy(() -> new OpenClBackend(facts, contexts, two)).hasMessage("no third one");
    assertThat(made).hasSize(2);
    assertThat(uses()).isEqualTo(before);
  }

  @Test
  void aQueueThatCannotBeClosedKeepsNoOtherOpen() {
    int before = uses();
    List<OpenClQueue> made = new ArrayList<>();
    OpenClBackend.Queues firstInvalid =
        (context, device) -> {
          made.add(
              made.isEmpty()
                  ? new OpenClQueue(new cl_command_queue())
                  : new OpenClQueue(context, device));
          return made.getLast();
        };
    OpenClBackend backend = new OpenClBackend(facts, contexts, firstInvalid);
    assertThat(uses()).isGreaterThan(before);
    assertThatThrownBy(backend::close).isInstanceOf(DeviceException.class);
    assertThat(made).hasSize(3);
    assertThat(uses()).isEqualTo(before);
  }

  @Test
  void theLastSessionTakesTheContextAlong() {
    DeviceContexts alone = new DeviceContexts();
    DeviceContext before = alone.open(facts);
    assertThat(alone.open(facts)).isSameAs(before);
    before.close();
    assertThat(alone.open(facts)).isSameAs(before);
    before.close();
    before.close();
    DeviceContext after = alone.open(facts);
    assertThat(after).isNotSameAs(before);
    after.close();
  }

  /** Each with a thread of its own, as workers are; all begin with the same kernels at once. */
  @Test
  void sessionsThatUseADeviceAtOnceDisturbNobody() throws Exception {
    int sessions = 4;
    CyclicBarrier start = new CyclicBarrier(sessions);
    try (ExecutorService workers = Executors.newFixedThreadPool(sessions)) {
      List<Future<?>> ends = new ArrayList<>();
      for (int session = 1; session <= sessions; session++) {
        int added = session;
        OpenClBackend backend = open();
        ends.add(
            workers.submit(() -> {
              start.await();
              for (int round = 0; round < 50; round++) {
                assertThat(sum(backend, added)).isEqualTo(2 + added);
                assertThat(product(backend, 5 + round % 4)).isEqualTo(2 * (5 + round % 4));
              }
              return null;
            }));
      }
      for (Future<?> end : ends) {
        end.get();
      }
    }
    assertThat(built()).isEqualTo(5);
  }
}
