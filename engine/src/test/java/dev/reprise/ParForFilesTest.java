package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that several iterations of a parfor write are left as by the sequential loop, and read as
 * in it or not at all.
 */
@Timeout(600)
class ParForFilesTest {

  /** Lets an iteration wait until the test has seen that another one has written "done". */
  private static final String WAIT = "k = 0; while (!file.exists(\"%1$s/go\")) k = k + 1";

  @Test
  void theLastIterationsValueStaysThoughAnEarlierOneWritesLater(@TempDir Path folder)
      throws Exception {
    run(
        """
        parfor (i in 1:2, par=2, check=0) {
          if (i == 1) { WAIT }
          write(i * 10, "%1$s/x")
          checkpoint(list(i=i), "%1$s/c")
          if (i == 2) write(i, "%1$s/done")
        }
        c = resume("%1$s/c")
        write(as.scalar(c["i"]), "%1$s/resumed")
        """,
        folder);
    assertThat(Files.readString(folder.resolve("x")).strip()).isEqualTo("20");
    assertThat(Files.readString(folder.resolve("resumed")).strip()).isEqualTo("2");
    assertThat(Files.readString(folder.resolve("x.lineage"))).contains("literal integer 2");
  }

  @Test
  void innerLoopsCountWithinTheIterationsOfOuterOnes(@TempDir Path folder) throws Exception {
    run(
        """
        parfor (i in 1:2, par=2, check=0) {
          parfor (j in 1:3, par=1) {
            if (i == 1 & j == 3) { WAIT }
            if (i == 1 | j == 1) write(i * 10 + j, "%1$s/x")
          }
          if (i == 2) write(i, "%1$s/done")
          write(i, "%1$s/own" + i)
        }
        """,
        folder);
    assertThat(Files.readString(folder.resolve("x")).strip()).isEqualTo("21");
    assertThat(folder.resolve("own1")).exists();
    assertThat(folder.resolve("own2")).exists();
  }

  @Test
  void whatIsLeftOutMustHaveGoodOptions(@TempDir Path folder) {
    assertThatThrownBy(() ->
            run(
                """
                parfor (i in 1:2, par=2, check=0) {
                  if (i == 1) { WAIT; write(matrix(1, 2, 2), "%1$s/x", append=TRUE) }
                  if (i == 2) write(matrix(2, 2, 2), "%1$s/x", format="csv")
                  if (i == 2) write(i, "%1$s/done")
                }
                """,
                folder))
        .hasMessageContaining("cannot append");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x = read(\"%1$s/x\")",
        "l = resume(\"%1$s/c\")",
        "e = file.exists(\"%1$s/x\")",
      })
  void whatALaterIterationHasWrittenIsNotRead(String use, @TempDir Path folder) {
    String written =
        """
        write(matrix(1, 2, 2), "%1$s/x", format="csv")
        checkpoint(list(i=i), "%1$s/c")
        """;
    assertThatThrownBy(() -> runOutOfOrder(use, written, folder))
        .hasMessageContaining("iteration 1 of the parfor reads")
        .hasMessageContaining("iteration 2 has written already")
        .hasMessageContaining(":4:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x = read(\"%1$s/parts\", format=\"csv\")",
        "x = read(\"%1$s/link/1.csv\")",
        "e = file.exists(\"%1$s/parts/1.csv.mtd\")",
        "e = file.exists(\"%1$s/parts/1.csv.lineage\")",
        "write(i, \"%1$s/parts\")",
      })
  void whatALaterIterationHasWrittenIsNotReadByAnotherName(String use, @TempDir Path folder)
      throws IOException {
    Files.createDirectory(folder.resolve("parts"));
    Files.writeString(folder.resolve("parts/0.csv"), "1,2\n");
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("parts"));
    String written = "write(matrix(1, 2, 2), \"%1$s/parts/1.csv\", format=\"csv\")";
    assertThatThrownBy(() -> runOutOfOrder(use, written, folder))
        .hasMessageContaining("iteration 1 of the parfor")
        .hasMessageContaining("iteration 2 has written")
        .hasMessageContaining(":4:");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "write(matrix(1, 2, 2), '%1$s/l', format='csv') | x = read('%1$s/x.csv')",
        "write(matrix(1, 2, 2), '%1$s/x.csv', format='csv') | x = read('%1$s/l')",
        "write(matrix(1, 2, 2), '%1$s/l', format='csv') | x = read('%1$s/m')",
        "checkpoint(list(i=i), '%1$s/l') | x = resume('%1$s/x.csv')",
      },
      quoteCharacter = '"')
  void whatALaterIterationHasWrittenByALinkIsNotReadByAnotherName(
      String written, String use, @TempDir Path folder) throws IOException {
    Files.createSymbolicLink(folder.resolve("l"), Path.of("x.csv"));
    Files.createSymbolicLink(folder.resolve("m"), Path.of("l"));
    assertThatThrownBy(() -> runOutOfOrder(use, written, folder))
        .hasMessageContaining("iteration 1 of the parfor reads")
        .hasMessageContaining("iteration 2 has written");
  }

  @Test
  void whatALaterIterationHasReadIsNotWritten(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("x.csv"), "1,2\n");
    assertThatThrownBy(() ->
            run(
                """
                parfor (i in 1:2, par=2, check=0) {
                  if (i == 1) {
                    WAIT
                    write(matrix(3, 1, 2), "%1$s/x.csv", format="csv")
                  } else {
                    x = read("%1$s/x.csv", format="csv")
                    write(sum(x), "%1$s/done")
                  }
                }
                """,
                folder))
        .hasMessageContaining("iteration 1 of the parfor writes")
        .hasMessageContaining("iteration 2 has read already");
    assertThat(Files.readString(folder.resolve("x.csv"))).isEqualTo("1,2\n");
  }

  @Test
  void anIterationReadsWhatItOrAnEarlierOneHasWritten(@TempDir Path folder) throws Exception {
    run(
        """
        parfor (i in 1:2, par=2, check=0) {
          if (i == 2) { WAIT }
          x = 0
          if (i == 2) x = as.scalar(read("%1$s/x", rows=1, cols=1, format="csv"))
          write(as.matrix(x + i), "%1$s/x", format="csv")
          if (i == 1) write(i, "%1$s/done")
        }
        write(sum(read("%1$s/x")), "%1$s/sum")
        """,
        folder);
    assertThat(Files.readString(folder.resolve("sum")).strip()).isEqualTo("3.0");
  }

  /** Runs two iterations; the first comes to its statement when the second has done its own. */
  private static void runOutOfOrder(String first, String second, Path folder)
      throws IOException, InterruptedException {
    run(
        """
        parfor (i in 1:2, par=2, check=0) {
          if (i == 1) {
            WAIT
            FIRST
          } else {
            SECOND
            write(i, "%1$s/done")
          }
        }
        """
            .replace("FIRST", first)
            .replace("SECOND", second),
        folder);
  }

  /** Runs a script; makes the file "go" when the script has written "done". */
  private static void run(String script, Path folder) throws IOException, InterruptedException {
    WatchService changes = folder.getFileSystem().newWatchService();
    folder.register(changes, StandardWatchEventKinds.ENTRY_CREATE);
    Thread watcher = Thread.ofPlatform().start(() -> answer(changes, folder));
    try {
      Scripts.run(Scripts.config().withThreads(2), script.replace("WAIT", WAIT).formatted(folder));
    } finally {
      changes.close();
      watcher.join();
    }
  }

  /** Ends when the file is made, or when nothing is watched any more. */
  private static void answer(WatchService changes, Path folder) {
    try {
      while (Files.notExists(folder.resolve("done"))) {
        changes.take().reset();
      }
      Files.createFile(folder.resolve("go"));
    } catch (ClosedWatchServiceException e) {
      // The script has ended without.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
