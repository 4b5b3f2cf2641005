package dev.reprise.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.DeviceMatrix;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.testkit.FakeAccelerator;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Timeout;

/**
 * Random histories: two devices' workers, readers on the host, movers and replacers on the same few
 * matrices, of which neither the host nor a device can hold all. Whoever reads finds the value that
 * the matrix was made with, and in the end nothing is left anywhere.
 */
@Timeout(600)
class DeviceCopiesStressTest {
  private static final int REPETITIONS = 200;
  private static final int STEPS = 60;
  private static final int SLOTS = 12;
  private static final long SIZE = 80 * 80 * 8;

  /** A matrix whose cells are all the same number. */
  private record Known(ManagedMatrix matrix, double value) {
    boolean is(MemorySegment cells) {
      return cells.get(ValueLayout.JAVA_DOUBLE, 0) == value
          && cells.get(ValueLayout.JAVA_DOUBLE, matrix.bytes() - 8) == value;
    }
  }

  private final StoreInMemory store = new StoreInMemory();
  private final DiskTier disk = new DiskTier(256 * SIZE, store::open);
  private final HostMemory host = new HostMemory(6 * SIZE, disk);
  private final List<DeviceMemory> devices = List.of(device(0), device(1));
  private final AtomicReferenceArray<Known> slots = new AtomicReferenceArray<>(SLOTS);
  private final AtomicInteger made = new AtomicInteger();
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicInteger refusals = new AtomicInteger();

  private DeviceMemory device(int number) {
    FakeAccelerator fake = new FakeAccelerator("fake:" + number, null, 4 * SIZE);
    return new DeviceMemory(fake, host, 3 * SIZE, (memory, bytes) -> false);
  }

  @RepeatedTest(REPETITIONS)
  void everybodyReadsWhatWasWritten(RepetitionInfo repetition) throws Exception {
    long seed = repetition.getCurrentRepetition();
    for (int i = 0; i < SLOTS; i++) {
      slots.set(i, madeOnHost(i));
    }
    List<CompletableFuture<Void>> threads = new ArrayList<>();
    List<Consumer<SplittableRandom>> roles =
        List.of(
            random -> actOnDevice(devices.get(0), random),
            random -> actOnDevice(devices.get(1), random),
            this::readOnHost,
            this::readOnHost,
            this::move,
            this::writeInPlace);
    for (Consumer<SplittableRandom> role : roles) {
      SplittableRandom random = new SplittableRandom(seed * 31 + threads.size());
      CompletableFuture<Void> thread = new CompletableFuture<>();
      threads.add(thread);
      Thread.ofPlatform()
          .start(() -> {
            try {
              for (int i = 0; i < STEPS; i++) {
                role.accept(random);
              }
              thread.complete(null);
            } catch (Throwable e) {
              thread.completeExceptionally(e);
            }
          });
    }
    for (CompletableFuture<Void> thread : threads) {
      assertThat(thread).as("seed %d", seed).succeedsWithin(Duration.ofMinutes(10));
    }
    assertThat(reads.get()).isGreaterThan(STEPS);
    for (int i = 0; i < SLOTS; i++) {
      slots.get(i).matrix().release();
    }
    for (DeviceMemory device : devices) {
      assertThat(device.statistics().copies()).as("seed %d", seed).isZero();
      assertThat(device.accelerator().liveBuffers()).as("seed %d", seed).isZero();
      assertThat(device.statistics().peakBytes()).isLessThanOrEqualTo(device.budgetBytes());
    }
    assertThat(host.liveBuffers()).as("seed %d", seed).isZero();
    assertThat(disk.statistics().bytes()).as("seed %d", seed).isZero();
    assertThat(host.residents().count()).as("seed %d", seed).isZero();
    host.close();
    disk.close();
  }

  // ---- making

  /** Every fourth one is small: it has copies on devices but no place of its own on the host. */
  private Known madeOnHost(int slot) {
    double value = made.incrementAndGet();
    long side = slot % 4 == 3 ? 5 : 80;
    DenseMatrix cells = host.run(() -> DenseMatrix.allocate(host, side, side));
    fill(cells.segment().asSlice(0, cells.bytes()), value);
    return new Known(ManagedMatrix.adopt(cells), value);
  }

  private static void fill(MemorySegment cells, double value) {
    for (long at = 0; at < cells.byteSize(); at += 8) {
      cells.set(ValueLayout.JAVA_DOUBLE, at, value);
    }
  }

  private Known madeOn(DeviceMemory device) {
    double value = made.incrementAndGet();
    DeviceBuffer buffer = device.allocate(SIZE);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cells = arena.allocate(SIZE, 64);
      fill(cells, value);
      device.accelerator().upload(cells, buffer, SIZE);
    }
    DeviceMatrix matrix = new DeviceMatrix(80, 80, Precision.FP64, buffer);
    return new Known(ManagedMatrix.adopt(matrix, device, null), value);
  }

  // ---- using

  /** Does something with a matrix that cannot be freed meanwhile. */
  private void withOne(SplittableRandom random, Consumer<Known> action) {
    int slot = random.nextInt(SLOTS);
    Known known;
    synchronized (slots) {
      known = slots.get(slot);
      if (known != null) {
        known.matrix().retain();
      }
    }
    if (known != null) {
      try {
        action.accept(known);
      } catch (ResourceException e) {
        refusals.incrementAndGet();
      } finally {
        known.matrix().release();
      }
    }
  }

  private void replace(int slot, Known by) {
    Known leaving = by;
    synchronized (slots) {
      // The slot may be empty, since somebody writes to its matrix.
      if (slots.get(slot) != null) {
        leaving = slots.getAndSet(slot, by);
      }
    }
    leaving.matrix().release();
  }

  private void actOnDevice(DeviceMemory device, SplittableRandom random) {
    if (random.nextInt(8) == 0) {
      try {
        Known known = madeOn(device);
        // The places of small matrices stay theirs.
        replace(random.nextInt(SLOTS / 4) * 4, known);
      } catch (ResourceException e) {
        refusals.incrementAndGet();
      }
      return;
    }
    withOne(
        random,
        known -> {
          DeviceMatrix pinned = (DeviceMatrix) device.pin(known.matrix());
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment cells = arena.allocate(known.matrix().bytes(), 64);
            device.accelerator().download(pinned.buffer(), cells, cells.byteSize());
            check(known.is(cells));
          } finally {
            known.matrix().unpin();
          }
        });
  }

  private void readOnHost(SplittableRandom random) {
    withOne(
        random,
        known -> {
          MatrixOperand cells = known.matrix().pinWhenThereIsRoom();
          try {
            check(known.is(cells.buffer().segment()));
          } finally {
            known.matrix().unpin();
          }
        });
  }

  private void check(boolean isRight) {
    reads.incrementAndGet();
    assertThat(isRight).isTrue();
  }

  private void move(SplittableRandom random) {
    withOne(
        random,
        known -> {
          ManagedMatrix matrix = known.matrix();
          if (!matrix.isMobile()) {
            return;
          }
          switch (random.nextInt(4)) {
            case 0 -> DiskTier.join(disk.onWriter(matrix::spill));
            case 1 -> DiskTier.join(disk.onWriter(matrix::writeAhead));
            case 2 -> matrix.dropHostCopy();
            default -> matrix.dropDiskCopy();
          }
        });
  }

  /** Takes a matrix for himself and writes to it if nobody else has it at the moment. */
  private void writeInPlace(SplittableRandom random) {
    int slot = random.nextInt(SLOTS);
    Known known;
    synchronized (slots) {
      known = slots.get(slot);
      if (known == null || !known.matrix().isExclusive()) {
        return;
      }
      slots.set(slot, null);
    }
    Known after = known;
    try {
      DenseMatrix cells = known.matrix().pinWritable(host);
      after = new Known(known.matrix(), made.incrementAndGet());
      fill(cells.segment().asSlice(0, cells.bytes()), after.value());
      known.matrix().unpin();
    } catch (ResourceException e) {
      refusals.incrementAndGet();
    }
    slots.set(slot, after);
  }
}
