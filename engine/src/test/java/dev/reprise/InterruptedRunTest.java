package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C interrupts the thread that called run. */
@Timeout(600)
class InterruptedRunTest {
  @TempDir private Path folder;

  /** Runs the script on a thread of its own and interrupts it once a file has appeared. */
  private Throwable interruptedOnceAFileExists(String text) throws Exception {
    try (Session session =
        Reprise.session(SessionConfig.defaults().withWorkingDirectory(folder).withThreads(2))) {
      BackgroundRun run = BackgroundRun.start(session.compile(text, CompileOptions.none()));
      run.await(() -> !isEmpty());
      run.interrupt();
      return run.end();
    }
  }

  private boolean isEmpty() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aHalfWrittenFileIsRemoved() throws Exception {
    Throwable failure =
        interruptedOnceAFileExists(
            "X = rand(rows=1000000, cols=20, seed=1); write(X, \"x.csv\", format=\"csv\")");
    assertThat(failure).isNotNull();
    assertThat(isEmpty()).isTrue();
  }

  @Test
  void anEndlessLoopEnds() throws Exception {
    Throwable failure = interruptedOnceAFileExists("write(1, \"started\"); while (TRUE) { x = 1 }");
    assertThat(failure).isNotNull();
  }
}
