package dev.reprise.runtime.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.GeneralProduct;
import dev.reprise.runtime.gpu.LaunchReplay;
import dev.reprise.runtime.gpu.Launches;
import dev.reprise.runtime.gpu.StoredMatrix;
import java.util.List;
import jcuda.driver.CUgraph;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Launches that are written into graphs while the device does, or is asked for, something else. */
class CudaCaptureTest {
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
    int n = 100;
    for (Precision precision : Precision.values()) {
      DeviceBuffer x = other.allocate(8L * n * n);
      DeviceBuffer out = other.allocate(8L * n * n);
      other.zero(x, 8L * n * n);
      StoredMatrix rows = StoredMatrix.ofRows(x, n);
      GeneralProduct product =
          new GeneralProduct(
              precision,
              ProductPrecision.FULL,
              n,
              n,
              n,
              1,
              rows,
              rows,
              0,
              StoredMatrix.ofRows(out, n));
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

  /** As the device's maker says; what was being written is lost, nothing else. */
  @Test
  void waitingForTheStreamSpoilsTheGraphAlone() {
    assertThatThrownBy(() -> capture(backend::settleLaunches))
        .isInstanceOfSatisfying(DeviceException.class, e -> assertThat(e.isLost()).isFalse());
    capture(() -> {});
    backend.settleLaunches();
  }
}
