package dev.reprise.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.testkit.FakeAccelerator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Views of matrices that accelerators have. */
class DeviceRowsViewTest {
  private static final int SIDE = 128;
  private static final long SIZE = SIDE * SIDE * 8;

  private final HostMemory host = new HostMemory(8 * SIZE);
  private final FakeAccelerator fake = new FakeAccelerator("fake:0", null, 8 * SIZE);
  private final FakeAccelerator other = new FakeAccelerator("fake:1", null, 8 * SIZE);
  private final DeviceMemory here = new DeviceMemory(fake, host, 4 * SIZE, (_, _) -> false);
  private final DeviceMemory there = new DeviceMemory(other, host, 4 * SIZE, (_, _) -> false);
  private final List<DeviceBuffer> parts = new ArrayList<>();
  private final ManagedMatrix base = make();

  @AfterEach
  void nothingStaysAnywhere() {
    for (DeviceMemory each : List.of(here, there)) {
      each.evacuate();
      assertThat(each.accelerator().liveBuffers()).as(each.name()).isZero();
    }
    assertThat(host.liveBuffers()).isZero();
    host.close();
  }

  private ManagedMatrix make() {
    DenseMatrix cells = DenseMatrix.allocate(host, SIDE, SIDE);
    for (int i = 0; i < SIDE; i++) {
      for (int j = 0; j < SIDE; j++) {
        cells.set(i, j, i);
      }
    }
    return ManagedMatrix.adopt(cells);
  }

  private void copyHere() {
    here.pin(base);
    base.unpin();
  }

  private DeviceMatrix pin(DeviceMemory memory, RowsView view) {
    return (DeviceMatrix) memory.pin(view, _ -> {}, parts::add);
  }

  private void unpin(RowsView view) {
    parts.forEach(DeviceBuffer::release);
    parts.clear();
    view.unpin();
  }

  @Test
  void aViewIsAPartOfItsBasesCopy() {
    copyHere();
    RowsView view = RowsView.of(base, 32, 16);
    long used = fake.usedBytes();
    assertThat(here.copyTimes().nanosUntilHere(view)).isZero();
    DeviceMatrix cells = pin(here, view);
    assertThat(cells.rows()).isEqualTo(16);
    assertThat(fake.parts()).isOne();
    assertThat(fake.usedBytes()).isEqualTo(used);
    // Whoever needs room on the accelerator does not take the base away from under it.
    assertThat(base.dropDeviceCopy(here, true)).isZero();
    assertThat(base.dropHostCopy()).isZero();
    unpin(view);
    assertThat(base.pins()).isZero();
    assertThat(base.dropDeviceCopy(here, true)).isEqualTo(SIZE);
    view.release();
    base.release();
  }

  @Test
  void whereTheBaseIsNotTheRowsAloneAreCopied() {
    copyHere();
    RowsView view = RowsView.of(base, 32, 16);
    assertThat(there.copyTimes().nanosUntilHere(view)).isPositive();
    DeviceMatrix cells = pin(there, view);
    assertThat(parts).isEmpty();
    assertThat(other.usedBytes()).isEqualTo(16 * SIDE * 8);
    assertThat(view.base()).isNull();
    assertThat(cells.rows()).isEqualTo(16);
    unpin(view);
    assertThat(base.isOnDevice(there)).isFalse();
    view.release();
    base.release();
  }

  @Test
  void rowsThatBeginWhereNoPartMayAreCopied() {
    fake.alignParts(4096);
    copyHere();
    RowsView view = RowsView.of(base, 2, 16);
    assertThat(view.isPartOn(here)).isFalse();
    pin(here, view);
    assertThat(fake.parts()).isZero();
    assertThat(view.own().isOnDevice(here)).isTrue();
    unpin(view);
    view.release();
    base.release();
  }

  @Test
  void rowsThatAreReadElsewhereAndCannotBeAPartAreRefused() {
    fake.alignParts(0);
    copyHere();
    RowsView view = RowsView.of(base, 32, 16);
    view.pinHost();
    assertThatThrownBy(() -> pin(here, view)).isInstanceOf(ResourceException.class);
    view.unpin();
    assertThat(base.pins()).isZero();
    // The copy was made all the same; now that nobody reads the base it is the view's.
    assertThat(view.base()).isNull();
    view.release();
    base.release();
  }

  @Test
  void aPartThatCannotBeHadLeavesNothingPinned() {
    fake.failPart(1);
    copyHere();
    RowsView view = RowsView.of(base, 32, 16);
    assertThatThrownBy(() -> pin(here, view)).isInstanceOf(ResourceException.class);
    assertThat(base.pins()).isZero();
    pin(here, view);
    unpin(view);
    view.release();
    base.release();
  }

  @Test
  void cellsThatAreOnAnAcceleratorAloneComeHomeForAReader() {
    copyHere();
    RowsView view = RowsView.of(base, 32, 16);
    assertThat(base.dropHostCopy()).isEqualTo(SIZE);
    assertThat(view.pinHost().get(1, 5)).isEqualTo(33);
    view.unpin();
    view.release();
    base.release();
  }

  @Test
  void aBaseThatOnlyAViewKeepsLeavesTheAcceleratorWithTheCopy() {
    copyHere();
    RowsView view = RowsView.of(base, 32, 16);
    pin(here, view);
    base.release();
    assertThat(view.base()).isSameAs(base);
    unpin(view);
    assertThat(view.base()).isNull();
    assertThat(fake.usedBytes()).isZero();
    assertThat(view.pinHost().get(1, 5)).isEqualTo(33);
    view.unpin();
    view.release();
  }
}
