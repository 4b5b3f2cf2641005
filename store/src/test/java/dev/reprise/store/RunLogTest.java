package dev.reprise.store;

import static dev.reprise.store.StoreFixture.facts;
import static dev.reprise.store.StoreFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.lineage.Key;
import dev.reprise.store.StoreFixture.Bytes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When what a run leaves is written, by the transactions that a store sees. */
@Timeout(600)
class RunLogTest {
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);
  private static final long QUEUE = 1 << 20;

  /** All that is offered pays for itself. */
  private static final double ALL = 1e12;

  @TempDir private Path folder;

  private final BlockingQueue<List<Key>> written = new LinkedBlockingQueue<>();

  /** Notes the artifacts of each transaction. */
  private final class Noting implements RunTarget {
    private final RunTarget target;

    Noting(RunTarget target) {
      this.target = target;
    }

    @Override
    public String name() {
      return target.name();
    }

    @Override
    public boolean isGone() {
      return target.isGone();
    }

    @Override
    public boolean has(Key key) {
      return target.has(key);
    }

    @Override
    public Path draft() throws IOException {
      return target.draft();
    }

    @Override
    public FileChannel openDraft(Path draft) throws IOException {
      return target.openDraft(draft);
    }

    @Override
    public void remove(Artifact artifact) {
      target.remove(artifact);
    }

    @Override
    public void write(Batch batch) throws IOException {
      List<Key> keys = new ArrayList<>();
      target.write(changes -> batch.applyTo(new NotingChanges(changes, keys)));
      written.add(keys);
    }
  }

  private record NotingChanges(RunChanges changes, List<Key> keys) implements RunChanges {
    @Override
    public void ended(String status, double seconds) throws SQLException, IOException {
      changes.ended(status, seconds);
    }

    @Override
    public void vertex(Vertex vertex) throws SQLException, IOException {
      changes.vertex(vertex);
    }

    @Override
    public boolean artifact(Artifact artifact, Key vertex, Path draft)
        throws SQLException, IOException {
      keys.add(artifact.key());
      return changes.artifact(artifact, vertex, draft);
    }

    @Override
    public void measured(Key vertex, DeviceCost cost) throws SQLException, IOException {
      changes.measured(vertex, cost);
    }

    @Override
    public void uses(Map<Key, Integer> uses) throws SQLException, IOException {
      changes.uses(uses);
    }

    @Override
    public void region(Key key, byte[] record, long costNanos) throws SQLException, IOException {
      keys.add(key);
      changes.region(key, record, costNanos);
    }

    @Override
    public void trace(String name, Key key, byte[] text) throws SQLException, IOException {
      changes.trace(name, key, text);
    }

    @Override
    public void score(String name, Key key, double value) throws SQLException, IOException {
      changes.score(name, key, value);
    }
  }

  /** A content that somebody waits for. */
  private static final class Awaited extends Bytes {
    Awaited(int length, int seed) {
      super(length, seed);
    }

    @Override
    public boolean isAwaited() {
      return true;
    }
  }

  private ExperimentStore open() {
    return ExperimentStore.open(StoreConfig.of(folder.resolve("store")));
  }

  /** A log that gathers for an hour. */
  private RunLog patient(ExperimentStore store) {
    return new RunLog(
        new Noting(new FolderTarget(store, facts())), QUEUE, WritingPace.of(ALL, HOUR));
  }

  private static void offer(RunLog log, int number, long costNanos) {
    log.offer(key(number), key(number), costNanos, new Bytes(100, number));
  }

  @Test
  void whatComesOneByOneIsWrittenTogether() throws InterruptedException {
    try (ExperimentStore store = open()) {
      try (RunLog log = patient(store)) {
        for (int i = 0; i < 100; i++) {
          offer(log, i, 1_000_000);
        }
        log.region(key(100), () -> new byte[8], 1_000_000);
        assertThat(written).isEmpty();
      }
      assertThat(written.take()).hasSize(101);
      assertThat(store.artifactBytes()).isEqualTo(100 * 100);
    }
  }

  @Test
  void whatOthersWaitForIsWrittenAtOnceWithAllThatCameBefore() throws InterruptedException {
    try (ExperimentStore store = open();
        RunLog log = patient(store)) {
      offer(log, 1, 1_000_000);
      log.offer(key(2), key(2), 1_000_000, new Awaited(100, 2));
      assertThat(written.take()).contains(key(1), key(2));
      assertThat(store.find(key(2))).isNotNull();
    }
  }

  @Test
  void whatTookLongerThanChangesAreGatheredIsWrittenAtOnce() throws InterruptedException {
    try (ExperimentStore store = open();
        RunLog log = patient(store)) {
      offer(log, 1, HOUR);
      assertThat(written.take()).containsExactly(key(1));
      log.region(key(2), () -> new byte[8], HOUR);
      assertThat(written.take()).containsExactly(key(2));
      assertThat(store.region(key(2))).hasSize(8);
    }
  }

  @Test
  void halfAFullQueueIsWrittenAtOnce() throws InterruptedException {
    try (ExperimentStore store = open();
        RunLog log = patient(store)) {
      int length = (int) QUEUE / 4 + 1;
      log.offer(key(1), key(1), 1_000_000, new Bytes(length, 1));
      assertThat(written).isEmpty();
      log.offer(key(2), key(2), 1_000_000, new Bytes(length, 2));
      assertThat(written.take()).containsExactly(key(1), key(2));
    }
  }

  /** A content that is longer to write than a matrix of as many bytes. */
  private static final class Tedious extends Bytes {
    Tedious(int length, int seed) {
      super(length, seed);
    }

    @Override
    public long writingBytes() {
      return 16 * bytes();
    }
  }

  /** A log that writes what its credit is enough for. */
  private RunLog poor(ExperimentStore store) {
    return new RunLog(
        new Noting(new FolderTarget(store, facts())), 1 << 28, WritingPace.of(0, HOUR));
  }

  @Test
  void whatTakesLongToWriteIsLeftOutWhereAMatrixOfAsManyBytesIsKept() {
    int length = 1 << 20;
    try (ExperimentStore store = open()) {
      RunLog log = poor(store);
      log.offer(key(1), key(1), 9_000_000, new Tedious(length, 1));
      log.offer(key(2), key(2), 1_000_000, new Bytes(length, 2));
      log.close();
      assertThat(log.unpaid()).isEqualTo(1);
      assertThat(store.find(key(1))).isNull();
      assertThat(store.find(key(2))).isNotNull();
    }
  }

  @Test
  void aShortRunNotesAsManyVerticesAndOutcomesAsItsCreditIsEnoughFor() {
    try (ExperimentStore store = open()) {
      RunLog log = poor(store);
      for (int i = 0; i < 2_000; i++) {
        Vertex vertex = new Vertex(key(i), "rand", List.of(), 5, 8);
        log.seen(() -> List.of(vertex));
        log.region(key(10_000 + i), () -> new byte[8], 1_000_000);
      }
      log.close();
      List<Key> all = IntStream.range(0, 2_000).mapToObj(StoreFixture::key).toList();
      long vertices = store.costsOf(all).size();
      long outcomes =
          IntStream.range(0, 2_000).filter(i -> store.region(key(10_000 + i)) != null).count();
      assertThat(vertices).isEqualTo(WriteBudget.CREDIT_NANOS / 30_000);
      assertThat(outcomes).isBetween(60L, 80L);
      assertThat(log.unpaid()).isEqualTo(2_000 - outcomes);
    }
  }

  @Test
  void aRunDoesNotWaitForAStoreThatIsBeingOpened() {
    CountDownLatch isOpen = new CountDownLatch(1);
    StoreConfig config = StoreConfig.of(folder.resolve("store")).withWritingShare(ALL);
    try (ExperimentStore store = open()) {
      RunLog log =
          NewStore.in(config)
              .begin(
                  () -> {
                    await(isOpen);
                    return store;
                  },
                  facts(),
                  QUEUE);
      offer(log, 1, HOUR);
      log.ended("finished", 1);
      assertThat(store.find(key(1))).isNull();
      isOpen.countDown();
      log.close();
      assertThat(log.kept()).isEqualTo(1);
      assertThat(store.find(key(1))).isNotNull();
      assertThat(new Experiments(store).runs(9)).hasSize(1);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aStoreThatCannotBeOpenedTakesNothingAndTheLogSaysWhy() {
    StoreConfig config = StoreConfig.of(folder.resolve("store"));
    RunLog log =
        NewStore.in(config)
            .begin(
                () -> {
                  throw new StoreException("no such luck", null);
                },
                facts(),
                QUEUE);
    Bytes content = new Bytes(100, 1);
    log.offer(key(1), key(1), HOUR, content);
    log.close();
    assertThat(log.problem()).hasMessage("no such luck");
    assertThat(log.kept()).isZero();
    assertThat(content.released.get()).isEqualTo(1);
  }

  private static final long MEGABYTE = 1 << 20;

  /** Offers a hundred values none of which pays for its writing. */
  private RunLog afterwards(ExperimentStore store) {
    StoreConfig config =
        StoreConfig.of(folder.resolve("store"))
            .withWritingShare(0)
            .writtenAfterwards()
            .withRestNanos(HOUR);
    RunLog log =
        new RunLog(
            new Noting(new FolderTarget(store, facts())), 400 * MEGABYTE, WritingPace.of(config));
    for (int i = 0; i < 100; i++) {
      log.offer(key(i), key(i), 1_000_000, new Bytes((int) MEGABYTE, i));
    }
    return log;
  }

  @Test
  void whatDoesNotPayForItselfIsWrittenInPartsWhenNobodyWaits() {
    try (ExperimentStore store = open()) {
      RunLog log = afterwards(store);
      log.writeAtLeisure(HOUR);
      log.close();
      assertThat(log.kept()).isEqualTo(100);
      List<Integer> parts = written.stream().map(List::size).filter(size -> size > 0).toList();
      assertThat(parts).hasSizeGreaterThan(2).allMatch(size -> size <= 32);
    }
  }

  @Test
  void whoWaitsForTheEndAfterAllWaitsNoLongerThanEver() {
    try (ExperimentStore store = open()) {
      RunLog log = afterwards(store);
      log.close();
      assertThat(log.kept()).isEqualTo(9);
      assertThat(log.unpaid()).isEqualTo(91);
    }
  }

  @Test
  void aStoreThatIsRemovedWhileNobodyWaitsIsNotBegunAnew() throws IOException {
    try (ExperimentStore store = open()) {
      RunLog log = afterwards(store);
      Files.move(folder.resolve("store"), folder.resolve("removed"));
      assertThat(store.isGone()).isTrue();
      log.writeAtLeisure(HOUR);
      log.close();
      assertThat(log.kept()).isZero();
      assertThat(log.problem()).isNull();
      assertThat(folder.resolve("store")).doesNotExist();
    }
  }

  @Test
  void anotherStoreInItsPlaceIsNotWrittenTo() throws IOException {
    try (ExperimentStore store = open()) {
      assertThat(store.isGone()).isFalse();
      RunLog log = afterwards(store);
      Files.move(folder.resolve("store"), folder.resolve("removed"));
      try (ExperimentStore other = open()) {
        log.writeAtLeisure(HOUR);
        log.close();
        assertThat(other.artifactBytes()).isZero();
        assertThat(new Experiments(other).runs(9)).isEmpty();
      }
      assertThat(folder.resolve("store/pieces")).doesNotExist();
    }
  }

  /** A store that is made for a run which is written afterwards; counts down when it is. */
  private RunLog resting(NewStore place, CountDownLatch opened, long queueBytes) {
    return place.begin(
        () -> {
          opened.countDown();
          return place.open();
        },
        facts(),
        queueBytes);
  }

  private NewStore newStore() {
    NewStore place =
        NewStore.in(
            StoreConfig.of(folder.resolve("store"))
                .withWritingShare(ALL)
                .writtenAfterwards()
                .withRestNanos(HOUR));
    place.announcePresence();
    return place;
  }

  private Path graph() {
    return folder.resolve("store/graph.db");
  }

  @Test
  void aShortRunThatIsAloneMakesNoDatabaseBeforeItHasEnded() {
    CountDownLatch opened = new CountDownLatch(1);
    RunLog log = resting(newStore(), opened, QUEUE);
    for (int i = 0; i < 50; i++) {
      log.offer(key(i), key(i), HOUR, new Bytes(100, i));
    }
    assertThat(opened.getCount()).isEqualTo(1);
    assertThat(graph()).doesNotExist();
    log.writeAtLeisure(HOUR);
    log.close();
    assertThat(log.kept()).isEqualTo(50);
    assertThat(graph()).exists();
  }

  @Test
  void whatFindsNoRoomMeanwhileIsWeighedAndNothingIsOpened() {
    CountDownLatch opened = new CountDownLatch(1);
    RunLog log = resting(newStore(), opened, 40 * MEGABYTE);
    List<Bytes> contents = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      contents.add(new Bytes((int) MEGABYTE, i));
      while (log.pendingBytes() > 30 * MEGABYTE) {
        Thread.onSpinWait();
      }
      log.offer(key(i), key(i), HOUR + i, contents.getLast());
    }
    assertThat(opened.getCount()).isEqualTo(1);
    log.writeAtLeisure(HOUR);
    log.close();
    assertThat(log.dropped()).isZero();
    assertThat(log.kept()).isBetween(1L, 40L);
    assertThat(log.kept() + log.unpaid()).isEqualTo(100);
    assertThat(contents).allMatch(content -> content.released.get() == 1);
  }

  @Test
  void whoHasRestedForLongEnoughWritesBeforeTheEnd() throws InterruptedException {
    WritingPace pace = new WritingPace(ALL, 1, 1, true, 0);
    try (ExperimentStore store = open();
        RunLog log = new RunLog(new Noting(new FolderTarget(store, facts())), QUEUE, pace)) {
      offer(log, 1, HOUR);
      assertThat(written.take()).containsExactly(key(1));
    }
  }

  @Test
  void anotherProcessThatComesEndsTheRest() throws InterruptedException {
    CountDownLatch opened = new CountDownLatch(1);
    RunLog log = resting(newStore(), opened, QUEUE);
    log.offer(key(1), key(1), HOUR, new Bytes(100, 1));
    NewStore other = newStore();
    opened.await();
    other.close();
    log.close();
    assertThat(log.kept()).isEqualTo(1);
  }

  @Test
  void aNewStoreThatIsRemovedWhileNobodyWaitsIsNotMade() throws IOException {
    CountDownLatch opened = new CountDownLatch(1);
    RunLog log = resting(newStore(), opened, QUEUE);
    log.offer(key(1), key(1), HOUR, new Bytes(100, 1));
    Files.move(folder.resolve("store"), folder.resolve("removed"));
    log.writeAtLeisure(HOUR);
    log.close();
    assertThat(opened.getCount()).isEqualTo(1);
    assertThat(log.problem()).isNull();
    assertThat(folder.resolve("store")).doesNotExist();
  }
}
