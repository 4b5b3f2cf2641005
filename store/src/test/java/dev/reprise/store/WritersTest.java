package dev.reprise.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is waited for because he writes what a run has left. */
@Timeout(600)
class WritersTest {
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  @TempDir private Path folder;

  private ExperimentStore open() {
    return ExperimentStore.open(StoreConfig.of(folder));
  }

  @Test
  void nobodyIsWaitedForUnlessHeSaysSo() {
    try (ExperimentStore store = open()) {
      assertThat(store.awaitWriters(0)).isTrue();
    }
    assertThat(ExperimentStore.awaitWriters(folder, 0)).isTrue();
    assertThat(ExperimentStore.awaitWriters(folder.resolve("none"), 0)).isTrue();
  }

  @Test
  void aWriterIsWaitedForUntilItsStoreIsClosed() throws Exception {
    ExperimentStore writer = open();
    try (ExperimentStore other = open()) {
      assertThat(writer.announceWriter(0)).isTrue();
      assertThat(other.awaitWriters(0)).isFalse();
      CompletableFuture<Boolean> waiting =
          CompletableFuture.supplyAsync(() -> other.awaitWriters(HOUR));
      assertThat(waiting).isNotDone();
      writer.close();
      assertThat(waiting.get()).isTrue();
    }
  }

  @Test
  void aWriterThatNobodyWatchesNeedsRoomToSpare() {
    try (ExperimentStore store = open()) {
      assertThat(store.announceWriter(Long.MAX_VALUE / 2)).isFalse();
      assertThat(store.awaitWriters(0)).isTrue();
    }
  }

  @Test
  void aNoteIsTakenOnce() {
    try (ExperimentStore store = open()) {
      assertThat(store.takeNote()).isNull();
      store.leaveNote("no room");
    }
    ExperimentStore reader = ExperimentStore.open(StoreConfig.of(folder).asReadOnly());
    try (reader) {
      assertThat(reader.takeNote()).isNull();
    }
    try (ExperimentStore store = open()) {
      assertThat(store.takeNote()).isEqualTo("no room");
      assertThat(store.takeNote()).isNull();
    }
  }
}
