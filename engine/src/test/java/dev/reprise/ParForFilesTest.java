package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that several iterations of a parfor write are left as by the sequential loop. */
@Timeout(60)
class ParForFilesTest {

  @Test
  void theLastIterationsValueStaysThoughAnEarlierOneWritesLater(@TempDir Path folder)
      throws IOException {
    run(
        """
        parfor (i in 1:2, par=2, check=0) {
          if (i == 1) { k = 0; while (!file.exists("%1$s/done")) k = k + 1 }
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
  void innerLoopsCountWithinTheIterationsOfOuterOnes(@TempDir Path folder) throws IOException {
    run(
        """
        parfor (i in 1:2, par=2, check=0) {
          parfor (j in 1:3, par=1) {
            if (i == 1 & j == 3) { k = 0; while (!file.exists("%1$s/done")) k = k + 1 }
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

  private static void run(String script, Path folder) {
    Scripts.run(Scripts.config().withThreads(2), script.formatted(folder));
  }
}
