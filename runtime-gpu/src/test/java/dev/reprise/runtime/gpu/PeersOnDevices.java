package dev.reprise.runtime.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.Mark;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Copies between the memories of two devices. */
public abstract class PeersOnDevices {
  private static final int COUNT = 1_300_007;

  private final Arena arena = Arena.ofShared();
  private final List<Backend> opened = new ArrayList<>();

  /** Two backends, whose close the test takes over. */
  protected abstract List<Backend> open();

  @AfterEach
  void close() {
    for (Backend backend : opened) {
      assertThat(backend.memory().live()).isZero();
      backend.close();
    }
    arena.close();
  }

  private MemorySegment doubles(double first) {
    MemorySegment values = arena.allocate(8L * COUNT, 64);
    for (int i = 0; i < COUNT; i++) {
      values.setAtIndex(ValueLayout.JAVA_DOUBLE, i, first + i);
    }
    return values;
  }

  private static void await(Backend backend) {
    Mark mark = backend.mark();
    mark.await();
    mark.release();
  }

  private DeviceBuffer sum(Backend backend, DeviceBuffer x, double added) {
    DeviceBuffer out = backend.allocate(8L * COUNT);
    backend.run("cells/add_ms", Precision.FP64, COUNT, out, x, added, (long) COUNT);
    return out;
  }

  /** To and fro, into memory that launches still use, and into parts of slabs. */
  @Test
  void cellsGoToAnotherDeviceAndLaunchesThereWaitForThem() {
    opened.addAll(open());
    Backend first = opened.get(0);
    Backend second = opened.get(1);
    assertThat(second.peerRate(first)).isPositive();
    assertThat(first.peerRate(second)).isPositive();
    assertThat(first.peerRate(first)).isZero();
    long bytes = 8L * COUNT;
    MemorySegment start = doubles(0);
    DeviceBuffer here = first.allocate(bytes);
    first.upload(start, here, bytes);
    for (int round = 0; round < 6; round++) {
      DeviceBuffer more = sum(first, here, 1);
      here.release();
      await(first);
      DeviceBuffer there = second.allocate(bytes);
      second.copyFromPeer(first, more, there, bytes);
      DeviceBuffer result = sum(second, there, 10);
      there.release();
      await(second);
      more.release();
      here = first.allocate(bytes);
      first.copyFromPeer(second, result, here, bytes);
      await(first);
      result.release();
    }
    MemorySegment end = arena.allocate(bytes, 64);
    first.download(here, end, bytes);
    here.release();
    assertThat(end.mismatch(doubles(66))).isEqualTo(-1);
  }
}
