package dev.reprise.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.MatrixOperand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Exchanger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Readers of views against whoever moves, copies or writes the base. */
class RowsViewThreadsTest {
  private static final int ROWS = 128;
  private static final int COLS = 64;
  private static final long SIZE = ROWS * COLS * 8;

  private final StoreInMemory store = new StoreInMemory();
  private final DiskTier disk = new DiskTier(64 * SIZE, store::open);
  private final HostMemory memory = new HostMemory(6 * SIZE, disk);

  @AfterEach
  void nothingStaysAnywhere() {
    assertThat(memory.liveBuffers()).isZero();
    assertThat(disk.statistics().bytes()).isZero();
    assertThat(memory.residents().count()).isZero();
    memory.close();
    disk.close();
  }

  private ManagedMatrix make(int number) {
    DenseMatrix cells = DenseMatrix.allocate(memory, ROWS, COLS);
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < COLS; j++) {
        cells.set(i, j, 1000 * number + i);
      }
    }
    return ManagedMatrix.adopt(cells);
  }

  private static double firstCell(RowsView view) {
    MatrixOperand cells = view.pinHost();
    try {
      return cells.get(0, 0);
    } finally {
      view.unpin();
    }
  }

  @Test
  void aReaderThatComesWhileTheBaseIsWrittenKeepsItInMemory() throws Exception {
    ManagedMatrix base = make(1);
    RowsView view = RowsView.of(base, 16, 8);
    StoreInMemory.Gate gate = new StoreInMemory.Gate();
    store.writeGate = gate;
    CompletableFuture<Long> spill = CompletableFuture.supplyAsync(base::spill);
    gate.awaitArrival();
    MatrixOperand cells = view.pinHost();
    gate.open();
    assertThat(spill.get()).isZero();
    assertThat(base.isOnHost()).isTrue();
    assertThat(cells.get(0, 0)).isEqualTo(1016);
    view.unpin();
    view.release();
    base.release();
  }

  @Test
  void readersOfTwoViewsBringTheBaseBackOnce() throws Exception {
    ManagedMatrix base = make(1);
    RowsView one = RowsView.of(base, 16, 8);
    RowsView two = RowsView.of(base, 32, 8);
    base.spill();
    StoreInMemory.Gate gate = new StoreInMemory.Gate();
    store.readGate = gate;
    CompletableFuture<Double> first = CompletableFuture.supplyAsync(() -> firstCell(one));
    gate.awaitArrival();
    store.readGate = null;
    CompletableFuture<Double> second = CompletableFuture.supplyAsync(() -> firstCell(two));
    gate.open();
    assertThat(first.get()).isEqualTo(1016);
    assertThat(second.get()).isEqualTo(1032);
    assertThat(base.pins()).isZero();
    one.release();
    two.release();
    base.release();
  }

  @Test
  void aViewThatIsReadWhileItIsCopiedChangesOverWhenTheLastReaderHasEnded() throws Exception {
    ManagedMatrix base = make(1);
    RowsView view = RowsView.of(base, 16, 8);
    base.spill();
    StoreInMemory.Gate gate = new StoreInMemory.Gate();
    store.readGate = gate;
    CompletableFuture<Void> separation = CompletableFuture.runAsync(view::separate);
    gate.awaitArrival();
    store.readGate = null;
    // The copy is under way: a second one does not begin.
    assertThat(view.trySeparate()).isFalse();
    CompletableFuture<MatrixOperand> reader = CompletableFuture.supplyAsync(view::pinHost);
    gate.open();
    separation.get();
    MatrixOperand cells = reader.get();
    boolean changed = view.base() == null;
    assertThat(cells.get(7, COLS - 1)).isEqualTo(1023);
    view.unpin();
    assertThat(view.base()).isNull();
    // Whether the reader came in time to read the base is not ours to say; nothing is left of it.
    assertThat(base.pins()).isZero();
    assertThat(base.references()).isOne();
    assertThat(firstCell(view)).isEqualTo(1016);
    assertThat(changed || memory.viewsSeparated() == 1).isTrue();
    view.release();
    base.release();
  }

  @Test
  void pinsThatOverlapTheCopyEndWhereTheyBegan() {
    ManagedMatrix base = make(1);
    RowsView view = RowsView.of(base, 16, 8);
    MatrixOperand before = view.pinHost();
    view.separate();
    assertThat(view.base()).isSameAs(base);
    MatrixOperand after = view.pinHost();
    assertThat(base.pins()).isEqualTo(2);
    base.release();
    view.unpin();
    assertThat(view.base()).isSameAs(base);
    assertThat(before.get(1, 0)).isEqualTo(1017);
    assertThat(after.get(1, 0)).isEqualTo(1017);
    view.unpin();
    assertThat(view.base()).isNull();
    assertThat(base.references()).isZero();
    assertThat(firstCell(view)).isEqualTo(1016);
    view.release();
  }

  /** Many threads slice, read, copy, spill and let go; every cell that is read is the right one. */
  @Test
  void randomHistoriesReadTheRightCells() {
    long seed = System.nanoTime();
    List<CompletableFuture<Void>> threads = new ArrayList<>();
    ManagedMatrix[] bases = new ManagedMatrix[8];
    for (int i = 0; i < bases.length; i++) {
      bases[i] = make(i);
    }
    for (int t = 0; t < 4; t++) {
      SplittableRandom random = new SplittableRandom(seed + t);
      threads.add(
          CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 2_000; i++) {
              history(bases, random);
            }
          }));
    }
    threads.forEach(
        thread -> assertThat(thread).as("seed " + seed).succeedsWithin(Duration.ofMinutes(5)));
    for (ManagedMatrix base : bases) {
      assertThat(base.pins()).isZero();
      assertThat(base.references()).isOne();
      base.release();
    }
  }

  private void history(ManagedMatrix[] bases, SplittableRandom random) {
    int number = random.nextInt(bases.length);
    int first = random.nextInt(ROWS / 2);
    RowsView view = RowsView.of(bases[number], first, 1 + random.nextInt(ROWS / 2));
    RowsView inner = RowsView.of(view, 0, 1);
    for (int step = random.nextInt(4); step >= 0; step--) {
      switch (random.nextInt(5)) {
        case 0 -> view.trySeparate();
        case 1 -> bases[random.nextInt(bases.length)].spill();
        case 2 -> bases[random.nextInt(bases.length)].becomesExclusive();
        default -> {
          RowsView read = random.nextBoolean() ? view : inner;
          double cell = memory.run(() -> firstCell(read));
          assertThat(cell).isEqualTo(1000 * number + first);
        }
      }
    }
    view.release();
    inner.release();
  }

  /** Whoever slices a view while its base is written in place sees the cells from before. */
  @Test
  void aSliceOfAViewNeverMeetsAWriter() throws Exception {
    CyclicBarrier together = new CyclicBarrier(2);
    Exchanger<RowsView> handover = new Exchanger<>();
    int rounds = 3_000;
    CompletableFuture<Integer> reader =
        CompletableFuture.supplyAsync(() -> {
          int wrong = 0;
          for (int i = 0; i < rounds; i++) {
            RowsView view = exchanged(handover, null);
            meet(together);
            RowsView inner = RowsView.of(view, 0, 8);
            // A copy of few cells has no views.
            wrong += firstCell(inner == null ? view : inner) == 1016 ? 0 : 1;
            view.release();
            if (inner != null) {
              inner.release();
            }
          }
          return wrong;
        });
    int written = 0;
    for (int i = 0; i < rounds; i++) {
      ManagedMatrix base = make(1);
      RowsView view = RowsView.of(base, 16, 32);
      view.retain();
      exchanged(handover, view);
      meet(together);
      if (base.becomesExclusive()) {
        DenseMatrix cells = base.pinWritable(memory);
        cells.segment().fill((byte) -1);
        base.unpin();
        written++;
      }
      view.release();
      base.release();
    }
    assertThat(reader.get()).isZero();
    assertThat(written).isPositive();
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }

  private static RowsView exchanged(Exchanger<RowsView> handover, RowsView view) {
    try {
      return handover.exchange(view);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
