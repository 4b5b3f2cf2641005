package dev.reprise.engine.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.engine.timeline.RecordedFile.Recorded;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events with times of our choosing, and what the file says of them. */
class TrackTest {
  private static final long LONG = Track.SHORT_NANOS;

  @TempDir private Path folder;
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private Timeline timeline(int chunks) {
    PrintStream notes = new PrintStream(err, true, StandardCharsets.UTF_8);
    return Timeline.of(folder.resolve("t.json"), notes, chunks, 0);
  }

  private RecordedFile written(Timeline timeline) {
    timeline.close();
    return new RecordedFile(folder.resolve("t.json"));
  }

  private static void instruction(Timeline timeline, String name, long from, long nanos) {
    Track track = timeline.track();
    long start = timeline.origin() + from;
    track.span(EventKind.INSTRUCTION, track.label(name, () -> "a.dml:1"), start, nanos, nanos);
  }

  @Test
  void longSpansAreWrittenOneByOneWithNameAndPlace() {
    Timeline timeline = timeline(4);
    instruction(timeline, "matmul", 1_000, LONG);
    instruction(timeline, "solve", 50_000, LONG + 1);
    List<Recorded> events = written(timeline).events();
    assertThat(events).extracting(Recorded::name).containsExactly("matmul", "solve");
    assertThat(events).extracting(Recorded::at).containsOnly("a.dml:1");
    assertThat(events.get(1).start()).isEqualTo(50_000);
    assertThat(events.get(1).end()).isEqualTo(50_000 + LONG + 1);
  }

  @Test
  void shortSpansCloseToOneAnotherBecomeOneThatCountsThem() {
    Timeline timeline = timeline(4);
    for (int i = 0; i < 5; i++) {
      instruction(timeline, "+", 1_000 * i, 600);
    }
    instruction(timeline, "+", 900_000, 600);
    List<Recorded> events = written(timeline).events();
    assertThat(events).extracting(Recorded::name).containsExactly("+", "+");
    assertThat(events).extracting(Recorded::count).containsExactly(5L, 1L);
    assertThat(events.getFirst().end()).isEqualTo(4_600);
  }

  @Test
  void aGroupOfDifferentOperationsIsNamedSo() {
    Timeline timeline = timeline(4);
    instruction(timeline, "+", 1_000, 600);
    instruction(timeline, "*", 2_000, 600);
    assertThat(written(timeline).events()).extracting(Recorded::name).containsExactly("several");
  }

  @Test
  void momentsOfOneKindBecomeOneThatCountsThem() {
    Timeline timeline = timeline(4);
    Track track = timeline.track();
    for (int i = 0; i < 1_000; i++) {
      track.moment(EventKind.HIT, track.label("tsmm", null), 0);
      track.moment(EventKind.EVICTION, track.label("cache_budget", null), 8);
    }
    RecordedFile file = written(timeline);
    assertThat(file.count("hit")).isEqualTo(1_000);
    assertThat(file.count("cache")).isEqualTo(1_000);
    assertThat(file.events()).hasSizeLessThan(1_000);
    assertThat(file.events())
        .extracting(Recorded::name)
        .containsOnly("hit tsmm", "evict cache_budget");
  }

  @Test
  void whatThereIsNoRoomForIsCountedAndTold() {
    Timeline timeline = timeline(1);
    for (int i = 0; i < Chunk.EVENTS + 17; i++) {
      instruction(timeline, "solve", i * 2 * LONG, LONG);
    }
    RecordedFile file = written(timeline);
    assertThat(file.events()).hasSize(Chunk.EVENTS);
    assertThat(file.dropped()).isEqualTo(17);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("leaves out the last 17 events: it holds at most " + Chunk.EVENTS);
  }

  @Test
  void spansNestHoweverLongTheyAre() {
    for (long seed = 1; seed <= 50; seed++) {
      Timeline timeline = timeline(64);
      long[] count = new long[1];
      SplittableRandom random = new SplittableRandom(seed);
      long now = 0;
      for (int i = 0; i < 100; i++) {
        now = nested(timeline, random, now, 3, count);
      }
      RecordedFile file = written(timeline);
      assertThat(file.count(event -> true)).as("seed %d", seed).isEqualTo(count[0]);
      assertThat(file.dropped()).isZero();
    }
  }

  /** A call with others within, or an instruction; returns when it ends. */
  private long nested(
      Timeline timeline, SplittableRandom random, long now, int depth, long[] count) {
    count[0]++;
    long start = now + random.nextLong(random.nextBoolean() ? 100 : 20_000);
    if (depth == 0 || random.nextInt(3) > 0) {
      long nanos = random.nextLong(random.nextInt(4) > 0 ? 1_000 : 40_000);
      instruction(timeline, random.nextBoolean() ? "+" : "*", start, nanos);
      return start + nanos;
    }
    Track track = timeline.track();
    track.open();
    long end = start;
    for (int i = random.nextInt(6); i >= 0; i--) {
      end = nested(timeline, random, end, depth - 1, count);
    }
    end += random.nextLong(50);
    long begun = timeline.origin() + start;
    track.span(EventKind.CALL, track.label("f", null), begun, end - start, end - start);
    return end;
  }

  @Test
  void aSpanThatNobodyAnnouncedCutsTheGroupBeforeIt() {
    Timeline timeline = timeline(4);
    instruction(timeline, "+", 1_000, 500);
    instruction(timeline, "+", 3_000, 500);
    instruction(timeline, "outer", 2_000, LONG);
    assertThat(written(timeline).count("instruction")).isEqualTo(3);
  }

  @Test
  void threadsOfOneNameTakeOverATrackThatWasLeft() throws Exception {
    Timeline timeline = timeline(8);
    for (int i = 0; i < 3; i++) {
      long from = i * 3 * LONG;
      Thread thread =
          new Thread(
              () -> {
                instruction(timeline, "solve", from, LONG);
                timeline.leave();
              },
              "worker");
      thread.start();
      thread.join();
    }
    RecordedFile file = written(timeline);
    assertThat(file.tracks()).containsExactly("worker");
    assertThat(file.count("instruction")).isEqualTo(3);
  }

  @Test
  void namesWithQuotesAndLineBreaksAreReadBack() {
    Timeline timeline = timeline(2);
    instruction(timeline, "a\"b\\c\nd\u00e9\u4e16", 0, LONG);
    assertThat(written(timeline).events().getFirst().name()).isEqualTo("a\"b\\c\nd\u00e9\u4e16");
  }
}
