package dev.reprise.engine.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.OperandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What iterations of parfor leave in files, and see in them, beside the sequential loop. */
class FileOrderTest {
  @TempDir private Path folder;

  @BeforeEach
  void makeFiles() throws IOException {
    folder = LoopFiles.makeIn(folder);
  }

  @Test
  void whatALaterIterationWroteMeanwhileIsGivenUp() {
    FileOrder loop = new FileOrder(null);
    List<String> givenUp = new ArrayList<>();
    assertThatThrownBy(() ->
            FileOrder.read(
                LoopFiles.place(loop, 0),
                FileUse.looks(folder.resolve("d/a")),
                () -> {
                  write(loop, 1, "d/a");
                  return "content";
                },
                givenUp::add))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("iteration 1 of the parfor reads")
        .hasMessageContaining("iteration 2 has written already");
    assertThat(givenUp).containsExactly("content");
  }

  @ParameterizedTest
  @CsvSource({
    "d/a, d, d",
    "d/a.mtd, d/a, d/a.mtd",
    "e/a, d/a, d/a",
    "d/b, e, d",
    "d, l, d",
    "l, l, l",
  })
  void whatALaterIterationWroteByAnotherNameIsNotRead(String written, String read, String named) {
    FileOrder loop = new FileOrder(null);
    write(loop, 1, written);
    assertThatThrownBy(() -> read(LoopFiles.place(loop, 0), read))
        .isInstanceOf(OperandException.class)
        .hasMessageContaining("iteration 1 of the parfor reads " + folder.resolve(read))
        .hasMessageContaining("iteration 2 has written")
        .hasMessageContaining(folder.resolve(named).toString());
  }

  @Test
  void whoWritesByALinkWritesWhatItLeadsTo() {
    FileOrder loop = new FileOrder(null);
    write(loop, 1, "l");
    assertThatThrownBy(() -> read(LoopFiles.place(loop, 0), "d/a"))
        .hasMessageContaining("which iteration 2 has written already");
    FileOrder.write(
        LoopFiles.place(loop, 0),
        FileUse.writes(folder.resolve("d/a")),
        () -> {
          throw new AssertionError("was overwritten");
        });
  }

  /** Which the sequential loop would have left as it was. */
  @Test
  void aDescriptionBesideALinkIsOverwrittenByTheLinkAlone() throws IOException {
    Files.writeString(folder.resolve("l.mtd"), "{}");
    FileOrder loop = new FileOrder(null);
    write(loop, 1, "d/a");
    assertThatThrownBy(() -> write(loop, 0, "l"))
        .hasMessageContaining("iteration 1 of the parfor writes " + folder.resolve("l"));
    FileOrder other = new FileOrder(null);
    write(other, 1, "l");
    assertThatThrownBy(() -> read(LoopFiles.place(other, 0), "l.mtd"))
        .hasMessageContaining("which iteration 2 has written already");
  }

  @Test
  void aLinkOfTheFolderIsNotChangedAfterwards() throws IOException {
    Files.createDirectory(folder.resolve("links"));
    Files.createSymbolicLink(folder.resolve("links/e"), folder.resolve("d"));
    FileOrder loop = new FileOrder(null);
    write(loop, 1, "links/e/a");
    assertThatThrownBy(() -> write(loop, 0, "links"))
        .hasMessageContaining("iteration 1 of the parfor writes " + folder.resolve("links"))
        .hasMessageContaining("iteration 2 has read a file in ");
  }

  @Test
  void partsOfAFolderThatAreLinksCountAsWhatTheyLeadTo() throws IOException {
    Files.createDirectory(folder.resolve("parts"));
    Files.writeString(folder.resolve("parts/1"), "1\n");
    Files.createSymbolicLink(folder.resolve("parts/2"), folder.resolve("d/b"));
    Files.writeString(folder.resolve("d/b"), "2\n");
    FileOrder loop = new FileOrder(null);
    write(loop, 1, "d/b");
    assertThatThrownBy(() -> read(LoopFiles.place(loop, 0), "parts"))
        .hasMessageContaining("iteration 2 has written " + folder.resolve("d/b"));
  }

  @Test
  void aWriteIsLeftOutOnlyWhereAllOfItIsOverwritten() {
    FileOrder loop = new FileOrder(null);
    write(loop, 1, "d/a");
    FileOrder.write(
        LoopFiles.place(loop, 0),
        FileUse.saves(folder.resolve("d/a")),
        () -> {
          throw new AssertionError("was overwritten");
        });
    FileOrder.write(LoopFiles.place(loop, 1), FileUse.saves(folder.resolve("d/b")), () -> {});
    assertThatThrownBy(() -> write(loop, 0, "d/b"))
        .hasMessageContaining("which iteration 2 has written already");
    assertThatThrownBy(() -> write(loop, 0, "d"))
        .hasMessageContaining("iteration 2 has written a file in " + folder.resolve("d"));
  }

  @Test
  void whatAnIterationHadReadThatIsGivenUpMayBeWritten() {
    FileOrder loop = new FileOrder(null);
    FileOrder.Place outer = LoopFiles.place(loop, 1);
    FileOrder inner = new FileOrder(outer);
    FileOrder.Place ended = LoopFiles.place(inner, 0);
    FileOrder.Place givenUp = LoopFiles.place(inner, 1);
    read(ended, "d/b");
    read(givenUp, "d/a");
    ended.ended();
    givenUp.givenUp();
    write(loop, 0, "d/a");
    assertThatThrownBy(() -> write(loop, 0, "d/b")).hasMessageContaining("iteration 2 has read");
    outer.givenUp();
    write(loop, 0, "d/b");
  }

  @Test
  void whatLoopsInAnIterationHadReadIsForgottenWithItThoughTheyFailed() {
    FileOrder loop = new FileOrder(null);
    FileOrder.Place outer = LoopFiles.place(loop, 1);
    FileOrder middle = new FileOrder(outer);
    FileOrder inner = new FileOrder(LoopFiles.place(middle, 0));
    read(LoopFiles.place(inner, 0), "d/a");
    assertThatThrownBy(() -> write(loop, 0, "d/a")).hasMessageContaining("iteration 2 has read");
    outer.givenUp();
    write(loop, 0, "d/a");
  }

  @Test
  @Timeout(600)
  void whoWaitsForAnotherWriterIsInterrupted() throws InterruptedException {
    assertThat(whileWaiting(Thread::interrupt, () -> {})).hasMessage("interrupted");
  }

  @Test
  @Timeout(600)
  void whoWaitsForAnotherWriterStopsWhenItIsTold() throws InterruptedException {
    AtomicBoolean stopped = new AtomicBoolean();
    assertThat(
            whileWaiting(
                _ -> stopped.set(true),
                () -> {
                  if (stopped.get()) {
                    throw new CancellationException("stopped");
                  }
                }))
        .hasMessage("stopped");
  }

  /** What ends a read that waits for a writer who goes on. */
  private Throwable whileWaiting(Consumer<Thread> stop, Runnable safePoint)
      throws InterruptedException {
    FileOrder loop = new FileOrder(null);
    Throwable[] failure = new Throwable[1];
    CountDownLatch ended = new CountDownLatch(1);
    Thread reader =
        Thread.ofPlatform()
            .unstarted(() -> {
              try {
                read(new FileOrder.Place(loop, 1, safePoint), "d");
              } catch (CancellationException e) {
                failure[0] = e;
              } finally {
                ended.countDown();
              }
            });
    FileOrder.write(
        LoopFiles.place(loop, 0),
        FileUse.saves(folder.resolve("d/a")),
        () -> {
          reader.start();
          while (reader.getState() != Thread.State.TIMED_WAITING) {
            assertThat(reader.getState()).isNotEqualTo(Thread.State.TERMINATED);
            Thread.onSpinWait();
          }
          stop.accept(reader);
          awaitEnd(ended);
        });
    reader.join();
    return failure[0];
  }

  private static void awaitEnd(CountDownLatch ended) {
    try {
      ended.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void write(FileOrder loop, long iteration, String name) {
    FileOrder.write(
        LoopFiles.place(loop, iteration), FileUse.writes(folder.resolve(name)), () -> {});
  }

  private void read(FileOrder.Place place, String name) {
    FileOrder.read(place, LoopFiles.reads(folder.resolve(name)), () -> "", _ -> {});
  }
}
