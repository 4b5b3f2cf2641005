package dev.reprise.runtime.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.GeneralProduct;
import dev.reprise.runtime.gpu.Launch;
import dev.reprise.runtime.gpu.LaunchReplay;
import dev.reprise.runtime.gpu.Launches;
import dev.reprise.runtime.gpu.StoredMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import jcuda.driver.CUgraph;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Launches that are written into graphs while the device does, or is asked for, something else. */
class CudaCaptureTest {
  /** Rows and columns of products. */
  private static final int SIZE = 100;

  private CudaBackend backend;
  private DeviceBuffer buffer;

  @BeforeEach
  void open() {
    backend = another();
    buffer = backend.allocate(64);
  }

  @AfterEach
  void close() {
    buffer.release();
    backend.close();
  }

  private static CudaBackend another() {
    return ((CudaProvider.Found) Devices.cudaCandidate()).backend();
  }

  /** The graph of one launch, during which something else happens. */
  private void capture(Runnable meanwhile) {
    CUgraph graph =
        backend.captured(() -> {
          backend.zero(buffer, 64);
          meanwhile.run();
        });
    assertThat(cuGraphDestroy(graph)).isZero();
  }

  /** Runs something on another thread until it has ended or waits for a lock. */
  private static Thread untilItEndsOrWaits(Runnable other) {
    Thread thread = new Thread(other);
    thread.start();
    while (thread.isAlive() && thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    return thread;
  }

  private void whileAnotherThread(Runnable other) throws InterruptedException {
    Thread[] thread = new Thread[1];
    capture(() -> thread[0] = untilItEndsOrWaits(other));
    thread[0].join();
  }

  private static GeneralProduct square(Precision precision, DeviceBuffer x, DeviceBuffer out) {
    StoredMatrix rows = StoredMatrix.ofRows(x, SIZE);
    return new GeneralProduct(
        precision,
        ProductPrecision.FULL,
        SIZE,
        SIZE,
        SIZE,
        1,
        rows,
        rows,
        0,
        StoredMatrix.ofRows(out, SIZE));
  }

  @Test
  void aSessionThatEndsLeavesTheOthersGraphsAlone() throws InterruptedException {
    CudaBackend ending = another();
    ending.allocate(64).release();
    whileAnotherThread(ending::close);
    assertThat(ending.memory().mapped()).isZero();
  }

  @Test
  void aSessionThatBeginsLeavesTheOthersGraphsAlone() throws InterruptedException {
    CudaBackend[] beginning = new CudaBackend[1];
    whileAnotherThread(() -> beginning[0] = another());
    assertThat(beginning[0]).isNotNull();
    beginning[0].close();
  }

  @Test
  void aSessionMayTakeAndGiveBackMemoryMeanwhile() throws InterruptedException {
    CudaBackend other = another();
    whileAnotherThread(() -> {
      other.allocate(64).release();
      other.memory().trim();
    });
    assertThat(other.memory().mapped()).isZero();
    other.close();
  }

  @Test
  void unusedMemoryMayBeGivenBackMeanwhile() throws InterruptedException {
    backend.allocate(16 << 20).release();
    long before = backend.memory().mapped();
    whileAnotherThread(() -> backend.memory().trim());
    assertThat(backend.memory().mapped()).isLessThan(before);
  }

  @Test
  void aSessionMayLoadKernelsMeanwhile() throws InterruptedException {
    CudaBackend other = another();
    DeviceBuffer x = other.allocate(64);
    DeviceBuffer out = other.allocate(64);
    whileAnotherThread(() -> other.run("cells/add_ms", Precision.FP64, 8, out, x, 1.0, 8L));
    other.settleLaunches();
    x.release();
    out.release();
    other.close();
  }

  /** The library loads a kernel of its own when it first needs it, and does not say so. */
  @Test
  void aSessionMayMultiplyMeanwhile() throws InterruptedException {
    CudaBackend other = another();
    assumeTrue(other.products() != null, "there is no cuBLAS");
    for (Precision precision : Precision.values()) {
      DeviceBuffer x = other.allocate(8L * SIZE * SIZE);
      DeviceBuffer out = other.allocate(8L * SIZE * SIZE);
      other.zero(x, 8L * SIZE * SIZE);
      GeneralProduct product = square(precision, x, out);
      boolean[] taken = new boolean[1];
      whileAnotherThread(() -> taken[0] = other.products().gemm(product));
      assertThat(taken[0]).isTrue();
      other.settleLaunches();
      x.release();
      out.release();
    }
    other.close();
  }

  @Test
  void aSessionMayMakeAGraphMeanwhile() throws InterruptedException {
    CudaBackend other = another();
    DeviceBuffer cells = other.allocate(64);
    LaunchReplay[] made = new LaunchReplay[1];
    whileAnotherThread(() -> made[0] = other.replay(List.of(Launches.zero(cells, 64))));
    assertThat(made[0]).as("made once the other graph was written").isNotNull();
    made[0].close();
    cells.release();
    other.close();
  }

  @Test
  void aSessionMayGiveUpAGraphMeanwhile() throws InterruptedException {
    CudaBackend other = another();
    DeviceBuffer cells = other.allocate(64);
    LaunchReplay made = other.replay(List.of(Launches.zero(cells, 64)));
    whileAnotherThread(made::close);
    cells.release();
    other.close();
  }

  /** Then what is to be launched can still be launched by itself. */
  @Test
  void aProductThatTheLibraryLaunchesInAnotherWayIsNotSetAnew() {
    assumeFalse(Devices.isDriverInstalled(), "the simulated library does what it is told");
    DeviceBuffer x = backend.allocate(8L * SIZE * SIZE);
    DeviceBuffer other = backend.allocate(8L * SIZE * SIZE);
    DeviceBuffer out = backend.allocate(8L * SIZE * SIZE);
    LaunchReplay graph = backend.replay(List.of(Launches.gemm(square(Precision.FP64, x, out))));
    List<Launch> moved = List.of(Launches.gemm(square(Precision.FP64, other, out)));
    MemorySegment more = moreLaunches();
    more.set(ValueLayout.JAVA_INT, 0, 1);
    try {
      assertThatThrownBy(() -> graph.issue(moved))
          .hasMessageContaining("UPDATE_FAILURE")
          .isInstanceOfSatisfying(DeviceException.class, e -> assertThat(e.isLost()).isFalse());
      moved.forEach(launch -> launch.issue(backend));
      backend.settleLaunches();
    } finally {
      more.set(ValueLayout.JAVA_INT, 0, 0);
    }
    graph.issue(moved);
    graph.close();
    x.release();
    other.release();
    out.release();
  }

  private static MemorySegment moreLaunches() {
    Path library =
        Path.of(SimulatedDriver.environment("CUDA_HOME")).resolve("lib64/libcublas.so.13");
    return SymbolLookup.libraryLookup(library, Arena.global())
        .findOrThrow("simulatorMoreLaunches")
        .reinterpret(Integer.BYTES);
  }

  /** As the device's maker says; what was being written is lost, nothing else. */
  @Test
  void waitingForTheStreamSpoilsTheGraphAlone() {
    assertThatThrownBy(() -> capture(backend::settleLaunches))
        .isInstanceOfSatisfying(DeviceException.class, e -> assertThat(e.isLost()).isFalse());
    capture(() -> {});
    backend.settleLaunches();
  }
}
