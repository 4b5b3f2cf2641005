package dev.reprise.runtime.gpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.accelerator.Mark;
import dev.reprise.runtime.gpu.CompressedProducts;
import dev.reprise.runtime.gpu.CompressedProducts.Piece;
import dev.reprise.runtime.gpu.CompressedProducts.Rows;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.GeneralProduct;
import dev.reprise.runtime.gpu.Products;
import dev.reprise.runtime.gpu.SelfProduct;
import dev.reprise.runtime.gpu.StoredMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Order, copies, memory and products of the backend itself. */
class CudaBackendTest {
  private final Arena arena = Arena.ofShared();
  private CudaBackend backend;

  @BeforeEach
  void open() {
    backend = ((CudaProvider.Found) Devices.cudaCandidate()).backend();
  }

  @AfterEach
  void close() {
    assertThat(backend.memory().live()).isZero();
    backend.close();
    arena.close();
  }

  private MemorySegment doubles(int count, double first) {
    MemorySegment values = arena.allocate(8L * count, 64);
    for (int i = 0; i < count; i++) {
      values.setAtIndex(ValueLayout.JAVA_DOUBLE, i, first + i);
    }
    return values;
  }

  private DeviceBuffer uploaded(MemorySegment values) {
    DeviceBuffer buffer = backend.allocate(values.byteSize());
    backend.upload(values, buffer, values.byteSize());
    return buffer;
  }

  private MemorySegment downloaded(DeviceBuffer from, long bytes) {
    await();
    MemorySegment to = arena.allocate(bytes, 64);
    backend.download(from, to, bytes);
    return to;
  }

  private void await() {
    Mark mark = backend.mark();
    mark.await();
    assertThat(mark.isReached()).isTrue();
    assertThat(mark.nanos()).isNotNegative();
    mark.release();
  }

  @Test
  void copiesOfManyPiecesArriveWhole() {
    MemorySegment values = doubles(5_000_001, 0.5);
    DeviceBuffer buffer = uploaded(values);

    assertThat(downloaded(buffer, values.byteSize()).mismatch(values)).isEqualTo(-1);

    buffer.release();
  }

  @Test
  void launchesSeeTheUploadsBeforeThemAndUploadsWaitForLaunchesOnTheirMemory() {
    int count = 1000;
    List<DeviceBuffer> results = new ArrayList<>();
    for (int round = 0; round < 200; round++) {
      // The same memory again and again: released while the launch that reads it may be waiting.
      DeviceBuffer x = uploaded(doubles(count, round));
      DeviceBuffer out = backend.allocate(8L * count);
      backend.run("cells/add_ms", Precision.FP64, count, out, x, 1.0, (long) count);
      x.release();
      results.add(out);
    }
    for (int round = 0; round < results.size(); round++) {
      DeviceBuffer result = results.get(round);
      assertThat(downloaded(result, 8L * count).mismatch(doubles(count, round + 1.0)))
          .as("round %d", round)
          .isEqualTo(-1);
      result.release();
    }
  }

  @Test
  void copiesAndZeroesWithinTheDeviceAreInSequence() {
    DeviceBuffer from = uploaded(doubles(100, 1));
    DeviceBuffer to = backend.allocate(8 * 110);
    backend.zero(to, 8 * 110);
    backend.copy(from, 8 * 50, to, 8 * 10, 8 * 50);
    MemorySegment read = arena.allocate(8 * 110, 64);

    backend.read(to, read, 8 * 110);

    assertThat(read.getAtIndex(ValueLayout.JAVA_DOUBLE, 9)).isZero();
    assertThat(read.getAtIndex(ValueLayout.JAVA_DOUBLE, 10)).isEqualTo(51);
    assertThat(read.getAtIndex(ValueLayout.JAVA_DOUBLE, 59)).isEqualTo(100);
    assertThat(read.getAtIndex(ValueLayout.JAVA_DOUBLE, 60)).isZero();
    from.release();
    to.release();
  }

  @Test
  void severalThreadsDownloadAtOnce() throws Exception {
    List<DeviceBuffer> buffers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      buffers.add(uploaded(doubles(600_000, i)));
    }
    await();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<Long>> downloads = new ArrayList<>();
      for (int i = 0; i < buffers.size(); i++) {
        MemorySegment expected = doubles(600_000, i);
        MemorySegment to = arena.allocate(expected.byteSize(), 64);
        DeviceBuffer from = buffers.get(i);
        downloads.add(() -> {
          backend.download(from, to, expected.byteSize());
          from.release();
          return to.mismatch(expected);
        });
      }
      for (Future<Long> each : threads.invokeAll(downloads)) {
        assertThat(each.get()).isEqualTo(-1);
      }
    }
  }

  @Test
  void freeMemoryGoesBackWhenTheDeviceRunsShort() {
    long most = backend.info().memoryBytes();
    DeviceBuffer first = backend.allocate(most / 8 * 3);
    first.release();
    assertThat(backend.memory().mapped()).isPositive();

    DeviceBuffer second = backend.allocate(most / 8 * 5);
    assertThatThrownBy(() -> backend.allocate(most / 2))
        .isInstanceOf(ResourceException.class)
        .isNotInstanceOf(DeviceException.class)
        .hasMessageContaining("cuda:0");

    second.release();
    backend.memory().trim();
    assertThat(backend.memory().mapped()).isZero();
    assertThatThrownBy(() -> backend.allocate(most + 1)).hasMessageContaining("its largest has");
  }

  /** The bindings would end the process at the first call that such a driver does not have. */
  @Test
  void driversBeforeCuda12AreAskedForNoGraphs() {
    CudaProvider.Found found = (CudaProvider.Found) Devices.cudaCandidate();
    String name = found.info().name();
    CudaFacts old = new CudaFacts(name, found.facts().device(), "CUDA 11.8", 11080);
    CudaBackend other = new CudaProvider.Found(old, found.libraries()).backend();
    assertThat(other.replays()).isFalse();
    assertThat(backend.replays()).isTrue();
    other.close();
  }

  /** What drivers say that ran into something on the device, of CUDA 13 as well. */
  @Test
  void errorsThatStayLoseTheDevice() {
    for (int status : new int[] {226, 700, 710, 714, 715, 716, 717, 718, 719, 721, 810, 911, 999}) {
      assertThat(CudaStatus.failure("cuda:0", status))
          .isInstanceOfSatisfying(DeviceException.class, e -> assertThat(e.isLost()).isTrue());
    }
    for (int status : new int[] {1, 400, 701, 801, 900, 901, 910}) {
      assertThat(CudaStatus.failure("cuda:0", status))
          .isInstanceOfSatisfying(DeviceException.class, e -> assertThat(e.isLost()).isFalse());
    }
  }

  /** Another program, or session, may have all memory of the device; a session may try again. */
  @Test
  void aDeviceThatCannotBeOpenedLeavesNothingOpen() {
    assumeFalse(Devices.isDriverInstalled(), "only the simulated driver counts what is open");
    DeviceBuffer most = backend.allocate(backend.info().memoryBytes() - (40L << 20));
    long before = SimulatedDriver.taken();
    assertThatThrownBy(() -> ((CudaProvider.Found) Devices.cudaCandidate()).backend())
        .hasMessageContaining("cannot be opened");

    long after = SimulatedDriver.taken();
    most.release();
    backend.memory().trim();
    assertThat(after).isEqualTo(before);
    ((CudaProvider.Found) Devices.cudaCandidate()).backend().close();
    assertThat(SimulatedDriver.taken()).isLessThan(before);
  }

  /** Who polls its marks hears of the loss when he waits. */
  @Test
  void marksOfALostDeviceCountAsReached() {
    assumeFalse(Devices.isDriverInstalled(), "a real device stays lost to the process");
    CudaBackend lost = ((CudaProvider.Found) Devices.cudaCandidates().getLast()).backend();
    DeviceBuffer cells = lost.allocate(64);
    lost.zero(cells, 64);
    Mark mark = lost.mark();
    assertThatThrownBy(() -> lost.zero(cells, 1L << 40)).hasMessageContaining("is lost");

    assertThat(mark.isReached()).isTrue();
    assertThatThrownBy(mark::await).hasMessageContaining("is lost");
    assertThatThrownBy(lost::close).hasMessageContaining("is lost");
  }

  @Test
  void kernelsThatDoNotExistAreNamed() {
    assertThatThrownBy(() -> backend.run("cells/no_such", Precision.FP64, 1))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("cells/no_such");
  }

  @Test
  void theLibraryMultipliesRowByRow() {
    CudaProducts library = backend.products();
    assertThat(library).as(backend.info().driver()).isNotNull();
    assertThat(backend.info().driver()).contains(library.library());
    SplittableRandom random = new SplittableRandom(7);
    int[][] sizes = {{3, 4, 5}, {1, 6, 4}, {6, 1, 4}, {1, 1, 5}, {5, 7, 1}, {33, 17, 65}};
    for (int[] size : sizes) {
      for (Precision precision : Precision.values()) {
        for (int trans = 0; trans < 4; trans++) {
          multiply(library, random, precision, (trans & 1) != 0, (trans & 2) != 0, size);
        }
      }
    }
  }

  private void multiply(
      Products library,
      SplittableRandom random,
      Precision precision,
      boolean ta,
      boolean tb,
      int[] size) {
    int m = size[0];
    int n = size[1];
    int k = size[2];
    // Rows lie further apart than they are long.
    int lda = (ta ? m : k) + 2;
    int ldb = (tb ? k : n) + 3;
    double[] a = integers(random, (ta ? k : m) * lda);
    double[] b = integers(random, (tb ? n : k) * ldb);
    double[] c = integers(random, m * n);
    DeviceBuffer onA = uploaded(cells(a, precision));
    DeviceBuffer onB = uploaded(cells(b, precision));
    DeviceBuffer onC = uploaded(cells(c, precision));

    StoredMatrix left = new StoredMatrix(onA, lda, ta);
    StoredMatrix right = new StoredMatrix(onB, ldb, tb);
    StoredMatrix out = StoredMatrix.ofRows(onC, n);
    assertThat(
            library.gemm(
                new GeneralProduct(
                    precision, ProductPrecision.FULL, m, n, k, 2, left, right, -1, out)))
        .isTrue();

    double[] expected = new double[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int l = 0; l < k; l++) {
          sum += (ta ? a[l * lda + i] : a[i * lda + l]) * (tb ? b[j * ldb + l] : b[l * ldb + j]);
        }
        expected[i * n + j] = 2 * sum - c[i * n + j];
      }
    }
    assertThat(numbers(onC, m * n, precision)).as("%dx%dx%d", m, n, k).containsExactly(expected);
    onA.release();
    onB.release();
    onC.release();
  }

  @Test
  void theLibraryFillsTheUpperTriangleOfSelfProducts() {
    Products library = backend.products();
    SplittableRandom random = new SplittableRandom(8);
    int n = 5;
    int k = 3;
    for (Precision precision : Precision.values()) {
      for (boolean transA : new boolean[] {false, true}) {
        int lda = (transA ? k : n) + 1;
        double[] a = integers(random, (transA ? n : k) * lda);
        DeviceBuffer onA = uploaded(cells(a, precision));
        DeviceBuffer onC = uploaded(cells(new double[n * n], precision));

        StoredMatrix operand = new StoredMatrix(onA, lda, transA);
        StoredMatrix out = StoredMatrix.ofRows(onC, n);
        assertThat(library.syrk(new SelfProduct(precision, n, k, 1, operand, 0, out))).isTrue();

        double[] expected = new double[n * n];
        for (int i = 0; i < n; i++) {
          for (int j = i; j < n; j++) {
            for (int l = 0; l < k; l++) {
              expected[i * n + j] +=
                  transA ? a[i * lda + l] * a[j * lda + l] : a[l * lda + i] * a[l * lda + j];
            }
          }
        }
        assertThat(numbers(onC, n * n, precision)).containsExactly(expected);
        onA.release();
        onC.release();
      }
    }
  }

  @Test
  void theLibraryForCompressedMatricesIsNamedAndMultipliesByRows() {
    CudaCompressedProducts library = backend.compressedProducts();
    assertThat(library).as(backend.info().driver()).isNotNull();
    assertThat(backend.info().driver()).contains(library.library());
    assertThat(CompressedProducts.fits(3, 4, 0, 1)).isFalse();
    assertThat(CompressedProducts.fits(3, 4, 1L << 31, 1)).isFalse();
    // Rows 1 3 | nothing | 2, in columns 0 2 | | 3.
    DeviceBuffer indices = uploaded(ints(0, 2, 2, 3, 0, 2, 3));
    for (Precision precision : Precision.values()) {
      DeviceBuffer values = uploaded(cells(new double[] {9, 1, 3, 2}, precision));
      Rows x =
          new Rows(
              3,
              4,
              3,
              indices,
              new Piece(indices, 16),
              new Piece(values, precision.bytesPerCell()));
      for (int n : new int[] {1, 2}) {
        double[] y = n == 1 ? new double[] {1, 2, 3, 4} : new double[] {1, 5, 2, 6, 3, 7, 4, 8};
        double[] expected = n == 1 ? new double[] {10, 0, 8} : new double[] {10, 26, 0, 0, 8, 16};
        DeviceBuffer right = uploaded(cells(y, precision));
        DeviceBuffer out = backend.allocate(8L * expected.length);
        List<DeviceBuffer> scratch = new ArrayList<>();
        library.multiply(
            precision,
            x,
            right,
            n,
            out,
            bytes -> {
              scratch.add(backend.allocate(bytes));
              return scratch.getLast();
            });
        assertThat(numbers(out, expected.length, precision)).containsExactly(expected);
        scratch.forEach(DeviceBuffer::release);
        right.release();
        out.release();
      }
      values.release();
    }
    indices.release();
  }

  private MemorySegment ints(int... values) {
    MemorySegment cells = arena.allocate(4L * values.length, 64);
    MemorySegment.copy(values, 0, cells, ValueLayout.JAVA_INT, 0, values.length);
    return cells;
  }

  /** Small whole numbers: sums of their products are exact in both precisions. */
  private static double[] integers(SplittableRandom random, int count) {
    return random.ints(count, -8, 9).asDoubleStream().toArray();
  }

  private MemorySegment cells(double[] values, Precision precision) {
    MemorySegment cells = arena.allocate((long) precision.bytesPerCell() * values.length, 64);
    for (int i = 0; i < values.length; i++) {
      if (precision == Precision.FP64) {
        cells.setAtIndex(ValueLayout.JAVA_DOUBLE, i, values[i]);
      } else {
        cells.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) values[i]);
      }
    }
    return cells;
  }

  private double[] numbers(DeviceBuffer from, int count, Precision precision) {
    MemorySegment cells = downloaded(from, (long) precision.bytesPerCell() * count);
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      numbers[i] =
          precision == Precision.FP64
              ? cells.getAtIndex(ValueLayout.JAVA_DOUBLE, i)
              : cells.getAtIndex(ValueLayout.JAVA_FLOAT, i);
    }
    return numbers;
  }
}
