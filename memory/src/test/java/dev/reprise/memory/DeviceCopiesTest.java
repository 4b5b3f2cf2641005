package dev.reprise.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.DeviceSparse;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.SparseMatrix;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.testkit.FakeAccelerator;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Copies on two accelerators with room for four matrices each, in every order that matters. */
@Timeout(600)
class DeviceCopiesTest {
  private static final long SIZE = 100 * 100 * 8;

  private final StoreInMemory store = new StoreInMemory();
  private final DiskTier disk = new DiskTier(64 * SIZE, store::open);
  private final HostMemory host = new HostMemory(6 * SIZE, disk);
  private final FakeAccelerator first = new FakeAccelerator("fake:0", null, 5 * SIZE);
  private final FakeAccelerator second = new FakeAccelerator("fake:1", null, 5 * SIZE);
  private final DeviceMemory here = memory(first);
  private final DeviceMemory there = memory(second);

  private DeviceMemory memory(FakeAccelerator fake) {
    return new DeviceMemory(fake, host, 4 * SIZE, (memory, bytes) -> false);
  }

  @AfterEach
  void nothingStaysAnywhere() {
    for (DeviceMemory each : List.of(here, there)) {
      each.evacuate();
      assertThat(each.statistics().copies()).as(each.name()).isZero();
      assertThat(each.accelerator().liveBuffers()).as(each.name()).isZero();
    }
    assertThat(host.liveBuffers()).isZero();
    assertThat(disk.statistics().bytes()).isZero();
    assertThat(host.residents().count()).isZero();
    host.close();
    disk.close();
  }

  private ManagedMatrix onHost(double value) {
    DenseMatrix cells = DenseMatrix.allocate(host, 100, 100);
    cells.segment().asSlice(0, SIZE).fill((byte) 0);
    cells.set(99, 99, value);
    return ManagedMatrix.adopt(cells);
  }

  private ManagedMatrix onDevice(DeviceMemory memory, double value) {
    DeviceBuffer buffer = memory.allocate(SIZE);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cells = arena.allocate(SIZE, 64);
      cells.set(ValueLayout.JAVA_DOUBLE, SIZE - 8, value);
      memory.accelerator().upload(cells, buffer, SIZE);
    }
    return ManagedMatrix.adopt(new DeviceMatrix(100, 100, Precision.FP64, buffer), memory, null);
  }

  private static double read(ManagedMatrix matrix) {
    MatrixOperand cells = matrix.pinHost();
    try {
      return cells.get(99, 99);
    } finally {
      matrix.unpin();
    }
  }

  private static double readOn(DeviceMemory memory, ManagedMatrix matrix) {
    DeviceMatrix pinned = (DeviceMatrix) memory.pin(matrix);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cells = arena.allocate(SIZE, 64);
      memory.accelerator().download(pinned.buffer(), cells, SIZE);
      return cells.get(ValueLayout.JAVA_DOUBLE, SIZE - 8);
    } finally {
      matrix.unpin();
    }
  }

  @Test
  void aMatrixHasCopiesEverywhereAndOneValue() {
    ManagedMatrix matrix = onDevice(here, 3);
    assertThat(readOn(there, matrix)).isEqualTo(3);
    assertThat(matrix.isOnDevice(here) && matrix.isOnDevice(there) && matrix.isOnHost()).isTrue();
    assertThat(matrix.spill()).isEqualTo(SIZE);
    // Accelerators have it: nothing was written.
    assertThat(store.writes).hasValue(0);
    assertThat(here.statistics().downloads()).isEqualTo(1);
    assertThat(matrix.dropDeviceCopy(here, false)).isEqualTo(SIZE);
    assertThat(matrix.dropDeviceCopy(there, false)).isZero();
    assertThat(matrix.dropDeviceCopy(there, true)).isEqualTo(SIZE);
    assertThat(read(matrix)).isEqualTo(3);
    matrix.release();
  }

  @Test
  void valuesGoFromTheDeviceToTheHostToTheDiskAndBack() {
    List<ManagedMatrix> many = IntStream.range(0, 16).mapToObj(i -> onDevice(here, i)).toList();
    assertThat(here.statistics().demotions()).isEqualTo(12);
    assertThat(here.statistics().peakBytes()).isLessThanOrEqualTo(4 * SIZE);
    assertThat(store.writes.get()).isPositive();
    for (int i = 0; i < many.size(); i++) {
      assertThat(readOn(i % 2 == 0 ? here : there, many.get(i))).isEqualTo(i);
    }
    for (int i = 0; i < many.size(); i++) {
      assertThat(read(many.get(i))).isEqualTo(i);
    }
    many.forEach(ManagedMatrix::release);
  }

  @Test
  void whoWantsAMatrixThatIsLeavingWaitsForItsArrival() throws Exception {
    ManagedMatrix matrix = onDevice(here, 5);
    StoreInMemory.Gate gate = new StoreInMemory.Gate();
    first.beforeCopy(gate::pass);
    Future<Long> leaving = CompletableFuture.supplyAsync(() -> matrix.dropDeviceCopy(here, true));
    gate.awaitArrival();
    Future<Double> reader = CompletableFuture.supplyAsync(() -> read(matrix));
    Future<Double> other = CompletableFuture.supplyAsync(() -> readOn(there, matrix));
    gate.open();
    assertThat(reader.get()).isEqualTo(5);
    assertThat(other.get()).isEqualTo(5);
    // It has left, or stayed because somebody had pinned it by then.
    assertThat(leaving.get()).isEqualTo(matrix.isOnDevice(here) ? 0 : SIZE);
    matrix.release();
  }

  @Test
  void aMatrixThatNobodyWantsAnyMoreIsFreedByWhoMovesIt() throws Exception {
    ManagedMatrix matrix = onDevice(here, 5);
    StoreInMemory.Gate gate = new StoreInMemory.Gate();
    first.beforeCopy(gate::pass);
    Future<Long> leaving = CompletableFuture.supplyAsync(() -> matrix.dropDeviceCopy(here, true));
    gate.awaitArrival();
    matrix.release();
    assertThat(first.liveBuffers()).isOne();
    gate.open();
    leaving.get();
    assertThat(first.liveBuffers()).isZero();
  }

  @Test
  void aCompressedMatrixIsTheSameBytesEverywhere() {
    SparseMatrix cells = SparseMatrix.allocate(host, 100, 2000, 4000);
    for (int i = 0; i < 100; i++) {
      cells.setStart(i, 40L * i);
      for (int k = 0; k < 40; k++) {
        cells.set(40L * i + k, 50 * k + i % 50, i + 0.5);
      }
    }
    cells.setStart(100, 4000);
    long bytes = cells.bytes();
    ManagedMatrix matrix = ManagedMatrix.adopt(cells);
    DeviceSparse pinned = (DeviceSparse) here.pin(matrix);
    assertThat(pinned.nonZeros()).isEqualTo(4000);
    assertThat(here.statistics().uploadedBytes()).isEqualTo(bytes).isLessThan(SIZE);
    matrix.unpin();
    // Only the device has it; then it is demoted for lack of room, and read on the host.
    assertThat(matrix.spill()).isEqualTo(bytes);
    assertThat(matrix.dropDeviceCopy(here, false)).isZero();
    assertThat(matrix.dropDeviceCopy(here, true)).isEqualTo(bytes);
    assertThat(here.statistics().downloadedBytes()).isEqualTo(bytes);
    SparseMatrix home = (SparseMatrix) matrix.pinHost();
    assertThat(home.get(99, 49)).isEqualTo(99.5);
    assertThat(home.get(99, 50)).isZero();
    matrix.unpin();
    matrix.release();
  }

  @Test
  void aCompressedResultOfADeviceComesHomeCompressed() {
    long bytes = SparseMatrix.bytesOf(2, 1);
    ManagedMatrix matrix;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cells = arena.allocate(bytes, 64);
      cells.setAtIndex(ValueLayout.JAVA_LONG, 2, 1);
      cells.setAtIndex(ValueLayout.JAVA_LONG, 1, 1);
      cells.setAtIndex(ValueLayout.JAVA_DOUBLE, 3, 2.5);
      cells.setAtIndex(ValueLayout.JAVA_INT, 8, 7000);
      DeviceBuffer buffer = here.allocate(bytes);
      first.upload(cells, buffer, bytes);
      matrix =
          ManagedMatrix.adopt(new DeviceSparse(2, 9000, Precision.FP64, 1, buffer), here, null);
    }
    assertThat(matrix.isCompressed()).isTrue();
    assertThat(matrix.bytes()).isEqualTo(bytes);
    assertThat(matrix.pinHost()).isInstanceOf(SparseMatrix.class);
    assertThat(matrix.pinHost().get(0, 7000)).isEqualTo(2.5);
    matrix.unpin();
    matrix.unpin();
    matrix.release();
  }

  @Test
  void whatIsPinnedOnADeviceStaysThere() {
    ManagedMatrix matrix = onHost(7);
    DeviceMatrix pinned = (DeviceMatrix) here.pin(matrix);
    assertThat(matrix.dropDeviceCopy(here, true)).isZero();
    assertThat(matrix.spill()).isZero();
    assertThat(pinned.buffer().bytes()).isEqualTo(SIZE);
    matrix.unpin();
    assertThat(matrix.dropDeviceCopy(here, false)).isEqualTo(SIZE);
    matrix.release();
  }

  @Test
  void writingInPlaceForgetsTheCopiesOnDevices() {
    ManagedMatrix matrix = onHost(7);
    assertThat(readOn(here, matrix)).isEqualTo(7);
    assertThat(readOn(there, matrix)).isEqualTo(7);
    matrix.pinWritable(host).set(99, 99, 8);
    matrix.unpin();
    assertThat(first.liveBuffers() + second.liveBuffers()).isZero();
    assertThat(readOn(here, matrix)).isEqualTo(8);
    matrix.release();
  }

  @Test
  void aCopyOnALostDeviceIsNoCopy() {
    ManagedMatrix matrix = onHost(7);
    assertThat(readOn(here, matrix)).isEqualTo(7);
    here.lose();
    assertThat(matrix.spill()).isEqualTo(SIZE);
    assertThat(store.writes).hasValue(1);
    assertThat(read(matrix)).isEqualTo(7);
    matrix.release();
  }

  @Test
  void aCopyOnAnotherDeviceOrOnDiskServesWhenTheNearestFails() {
    ManagedMatrix matrix = onDevice(here, 7);
    assertThat(readOn(there, matrix)).isEqualTo(7);
    matrix.spill();
    second.beforeCopy(DeviceCopiesTest::failCopy);
    assertThat(read(matrix)).isEqualTo(7);
    matrix.dropDeviceCopy(there, false);
    matrix.writeAhead();
    assertThat(matrix.dropHostCopy()).isEqualTo(SIZE);
    first.beforeCopy(DeviceCopiesTest::failCopy);
    assertThat(read(matrix)).isEqualTo(7);
    assertThat(store.reads).hasValue(1);
    first.beforeCopy(() -> {});
    matrix.release();
  }

  private static void failCopy() {
    throw new DeviceException("a copy was ordered to fail", false);
  }

  @Test
  void whatALostDeviceAloneHeldIsAnErrorAndLeavesNothing() {
    ManagedMatrix matrix = onDevice(here, 7);
    first.beforeCopy(() -> {
      throw new DeviceException("fake:0 is lost", true);
    });
    assertThatThrownBy(() -> read(matrix))
        .isInstanceOf(LostValueException.class)
        .hasMessageContaining("fake:0 is lost");
    assertThat(here.isLost()).isTrue();
    here.evacuate();
    matrix.release();
  }

  @Test
  void cellsComeFromTheNearestPlace() {
    second.withPeers(20);
    ManagedMatrix matrix = onDevice(here, 7);
    long before = first.copies();
    assertThat(readOn(there, matrix)).isEqualTo(7);
    assertThat(second.peerCopies()).isOne();
    assertThat(first.copies()).as("by way of the host").isEqualTo(before);
    assertThat(matrix.isOnHost()).isFalse();
    assertThat(there.statistics().peerCopies()).isOne();
    assertThat(there.statistics().peerBytes()).isEqualTo(SIZE);
    assertThat(there.statistics().uploads()).isZero();
    matrix.release();
  }

  @Test
  void aSlowWayBetweenDevicesIsTakenOnlyWhenTheCellsAreNotOnTheHost() {
    second.withPeers(4);
    ManagedMatrix away = onDevice(here, 7);
    ManagedMatrix both = onHost(9);
    assertThat(readOn(here, both)).isEqualTo(9);
    assertThat(there.copyTimes().nanosUntilHere(away))
        .isGreaterThan(there.copyTimes().nanosUntilHere(both));
    assertThat(readOn(there, both)).isEqualTo(9);
    assertThat(second.peerCopies()).isZero();
    assertThat(readOn(there, away)).isEqualTo(7);
    assertThat(second.peerCopies()).isOne();
    assertThat(there.copyTimes().nanosUntilHere(away)).isZero();
    away.release();
    both.release();
  }

  @Test
  void aCopyFromAPeerThatFailsGoesByWayOfTheHost() {
    second.withPeers(20).losePeerAtCopy(1);
    ManagedMatrix matrix = onHost(7);
    assertThat(readOn(here, matrix)).isEqualTo(7);
    assertThat(readOn(there, matrix)).isEqualTo(7);
    assertThat(there.statistics().peerCopies()).isZero();
    assertThat(there.statistics().uploads()).isOne();
    assertThat(matrix.pins()).isZero();
    matrix.release();
  }

  @Test
  void aLostValueIsMadeAnewByWhomTheMemoryKnowsAndTheOperationRunsAgain() {
    ManagedMatrix matrix = onDevice(here, 7);
    matrix.noteOrigin("seven");
    ManagedMatrix same = onHost(7);
    List<Object> asked = new ArrayList<>();
    host.restoreLostWith(lost -> {
      asked.add(lost.matrix().origin());
      assertThat(lost.matrix().pins()).isZero();
      lost.matrix().takeCellsOf(same);
    });
    first.beforeCopy(() -> {
      throw new DeviceException("fake:0 is lost", true);
    });
    assertThat(host.run(() -> read(matrix))).isEqualTo(7);
    assertThat(asked).containsExactly("seven");
    assertThat(matrix.isLost()).isFalse();
    same.release();
    matrix.release();
  }

  @Test
  void whatIsWrittenInPlaceHasNoOriginAnyMore() {
    ManagedMatrix matrix = onDevice(here, 7);
    matrix.noteOrigin("seven");
    assertThat(matrix.origin()).isEqualTo("seven");
    matrix.pinWritable(host);
    matrix.unpin();
    assertThat(matrix.origin()).isNull();
    matrix.release();
  }

  @Test
  void theLastMoveHomeWaitsForTheDisksWriter() throws Exception {
    ManagedMatrix matrix = onHost(9);
    assertThat(readOn(here, matrix)).isEqualTo(9);
    StoreInMemory.Gate gate = new StoreInMemory.Gate();
    store.writeGate = gate;
    Future<Long> writing = CompletableFuture.supplyAsync(matrix::writeAhead);
    gate.awaitArrival();
    Future<?> leaving = CompletableFuture.runAsync(here::evacuate);
    gate.open();
    leaving.get();
    assertThat(writing.get()).isEqualTo(SIZE);
    assertThat(first.liveBuffers()).isZero();
    assertThat(read(matrix)).isEqualTo(9);
    matrix.release();
  }

  @Test
  void aDeviceWithoutRoomRefusesAndKeepsNothing() {
    List<ManagedMatrix> pinned = IntStream.range(0, 4).mapToObj(i -> onHost(i)).toList();
    pinned.forEach(here::pin);
    ManagedMatrix one = onHost(4);
    assertThatThrownBy(() -> here.pin(one))
        .isInstanceOf(ResourceException.class)
        .hasMessageContaining("not enough memory on fake:0");
    assertThat(one.pins()).isZero();
    assertThat(readOn(there, one)).isEqualTo(4);
    pinned.forEach(ManagedMatrix::unpin);
    assertThat(readOn(here, one)).isEqualTo(4);
    one.release();
    pinned.forEach(ManagedMatrix::release);
  }
}
