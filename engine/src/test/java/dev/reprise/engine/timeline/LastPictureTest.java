package dev.reprise.engine.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is written when the JVM ends before the session: once, by whoever the JVM waits for. */
@Timeout(600)
class LastPictureTest {
  private static final long HOUR = 3_600_000_000_000L;

  @TempDir private Path folder;
  private final ByteArrayOutputStream notes = new ByteArrayOutputStream();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch ends = new CountDownLatch(1);

  private Timeline timeline(long patienceNanos) {
    PrintStream err = new PrintStream(notes, true, StandardCharsets.UTF_8);
    return Timeline.of(file(), err, 4, patienceNanos);
  }

  private Path file() {
    return folder.resolve("t.json");
  }

  @AfterEach
  void nothingElseIsLeft() throws IOException {
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(file());
    }
    assertThat(notes.toByteArray()).isEmpty();
  }

  /** A run that has begun and ends when it is told. */
  private Thread run(Timeline timeline) throws InterruptedException {
    Thread run =
        new Thread(() ->
            timeline.run(
                "script",
                () -> {
                  begun.countDown();
                  try {
                    ends.await();
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                }));
    run.start();
    begun.await();
    return run;
  }

  @Test
  void theSessionOfARunThatIsUnderWayIsWaitedFor() throws Exception {
    Timeline timeline = timeline(HOUR);
    Thread run = run(timeline);
    Thread hook = new Thread(timeline::writeLastPicture);
    hook.start();
    while (hook.getState() != Thread.State.TIMED_WAITING) {
      assertThat(hook.isAlive()).isTrue();
      Thread.onSpinWait();
    }
    assertThat(file()).doesNotExist();
    ends.countDown();
    run.join();
    timeline.close();
    hook.join();
    assertThat(new RecordedFile(file()).count("run")).isOne();
  }

  @Test
  void aSessionThatEndsLaterWritesNothingAnyMore() throws Exception {
    Timeline timeline = timeline(1);
    Thread run = run(timeline);
    timeline.writeLastPicture();
    byte[] picture = Files.readAllBytes(file());
    assertThat(new RecordedFile(file()).count("run")).isZero();
    ends.countDown();
    run.join();
    timeline.close();
    assertThat(Files.readAllBytes(file())).isEqualTo(picture);
  }

  @Test
  void nobodyWaitsForASessionWithoutARun() throws Exception {
    Timeline timeline = timeline(HOUR);
    ends.countDown();
    run(timeline).join();
    timeline.writeLastPicture();
    assertThat(new RecordedFile(file()).count("run")).isOne();
    byte[] picture = Files.readAllBytes(file());
    timeline.close();
    assertThat(Files.readAllBytes(file())).isEqualTo(picture);
  }
}
