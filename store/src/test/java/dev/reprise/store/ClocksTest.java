package dev.reprise.store;

import static dev.reprise.store.StoreFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.store.StoreFixture.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that is used while clocks jump: what its runs say of the time is for people alone. */
class ClocksTest {
  private static final int LARGE = 100_000;
  private static final long NOW = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
  private static final long FUTURE = Instant.parse("2070-01-01T00:00:00Z").toEpochMilli();
  private static final long PAST = Instant.parse("1969-12-31T00:00:00Z").toEpochMilli();

  @TempDir private Path folder;

  private ExperimentStore open() {
    return ExperimentStore.open(StoreConfig.of(folder.resolve("store")));
  }

  private static RunFacts facts(long clock) {
    return new RunFacts("ada", "host", "a.dml", "", "1", clock);
  }

  /** A run at a time of its clock that leaves a value, what a call left, and a trace. */
  private static void leave(ExperimentStore store, long clock, int number) {
    try (RunLog log = store.begin(facts(clock), 1L << 30)) {
      log.offer(key(number), key(number), 1L << 40, new Bytes(LARGE, number));
      log.region(key(100 + number), () -> new byte[] {(byte) number}, 1L << 40);
      log.trace("f", key(number), () -> "text");
      log.score("s", key(number), number);
      log.ended("finished", 0.5);
    }
  }

  @Test
  void runsStandInTheOrderInWhichTheyCameWhateverTheirClocksSaid() {
    try (ExperimentStore store = open()) {
      leave(store, FUTURE, 1);
      leave(store, PAST, 2);
      leave(store, NOW, 3);
      assertThat(new Experiments(store).runs(9))
          .extracting(run -> run.facts().startedMillis())
          .containsExactly(NOW, PAST, FUTURE);
      for (int number = 1; number <= 3; number++) {
        assertThat(store.find(key(number))).isNotNull();
        assertThat(store.region(key(100 + number))).containsExactly(number);
      }
    }
  }

  @Test
  void whatGoesFirstDoesNotDependOnClocks() {
    try (ExperimentStore store = open()) {
      leave(store, FUTURE, 1);
      leave(store, PAST, 2);
      // Equally dear and never used: the one that came first goes, though it says it is younger.
      store.evictDownTo(LARGE);
      assertThat(store.find(key(1))).isNull();
      assertThat(store.find(key(2))).isNotNull();
      long bytes = new GraphRows(store.database()).bytes();
      assertThat(store.trimGraph(bytes - 1)).isPositive();
      assertThat(store.region(key(101))).isNull();
      assertThat(store.region(key(102))).isNotNull();
    }
  }

  @Test
  void filesWithTimesOfTheFutureAndThePastAreAsGoodAsOthers() throws IOException {
    try (ExperimentStore store = open()) {
      leave(store, NOW, 1);
    }
    for (long time : List.of(FUTURE, PAST, 0L)) {
      try (Stream<Path> files = Files.walk(folder.resolve("store"))) {
        for (Path each : files.toList()) {
          Files.setLastModifiedTime(each, FileTime.fromMillis(time));
        }
      }
      try (ExperimentStore store = open()) {
        assertThat(new Inspection(store).run(true).isClean()).isTrue();
        assertThat(store.find(key(1))).isNotNull();
        assertThat(Files.size(store.fileOf(store.find(key(1))))).isEqualTo(LARGE);
        leave(store, time, 1);
        assertThat(store.artifactBytes()).isEqualTo(LARGE);
      }
    }
  }

  @Test
  void theBestModelIsTheBestWhateverTheClockOfItsRun() {
    try (ExperimentStore store = open()) {
      for (int number : new int[] {2, 9, 5}) {
        try (RunLog log = store.begin(facts(number == 9 ? PAST : FUTURE), 1L << 30)) {
          log.score("s", key(number), number);
          log.trace(ScoredModel.traceName("s"), key(number), () -> "text");
        }
      }
      assertThat(store.models("s", 2)).extracting(ScoredModel::value).containsExactly(9.0, 5.0);
      assertThat(store.models("other", 2)).isEmpty();
      // The trace of something else by that name is not the one of a model.
      try (RunLog log = store.begin(facts(NOW), 1L << 30)) {
        log.score("other", key(1), 1);
        log.trace(ScoredModel.traceName("other"), key(2), () -> "text");
      }
      assertThat(store.models("other", 2)).isEmpty();
    }
  }
}
