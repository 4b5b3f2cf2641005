package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One file by its name and by symbolic links: links stay, and by each name it is the same file. */
@Timeout(600)
class LinkedFilesTest {
  @TempDir private Path folder;

  @BeforeEach
  void makeLinks() throws IOException {
    folder = folder.toRealPath();
    Files.createDirectory(folder.resolve("data"));
    Files.createSymbolicLink(folder.resolve("l"), Path.of("data/x.csv"));
    Files.createSymbolicLink(folder.resolve("m"), Path.of("l"));
  }

  private SessionConfig config() {
    return Scripts.config().withWorkingDirectory(folder);
  }

  private void assertLinksStay() throws IOException {
    assertThat(Files.readSymbolicLink(folder.resolve("l"))).isEqualTo(Path.of("data/x.csv"));
    assertThat(Files.readSymbolicLink(folder.resolve("m"))).isEqualTo(Path.of("l"));
    assertThat(Files.isRegularFile(folder.resolve("data/x.csv"), LinkOption.NOFOLLOW_LINKS))
        .isTrue();
  }

  /** Each content has another shape and, in turn, another format, so descriptions count, too. */
  @ParameterizedTest
  @EnumSource(ReuseMode.class)
  void whatIsReadIsWhatWasWrittenLastByWhateverName(ReuseMode mode) throws IOException {
    StringBuilder script = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    String[] names = {"data/x.csv", "l", "m"};
    for (int i = 0; i < 12; i++) {
      String format = i % 2 == 0 ? "csv" : "binary";
      script.append(
          "write(matrix(%d, %d, 2), \"%s\", format=\"%s\")\n"
              .formatted(i, i % 4 + 1, names[i * 2 % 3], format));
      for (String name : names) {
        script.append(
            "X = read(\"%s\")\nprint(sum(X %%*%% t(X)) + \" \" + nrow(X))\n".formatted(name));
        int rows = i % 4 + 1;
        expected.append((double) i * i * 2 * rows * rows).append(' ').append(rows).append('\n');
      }
    }
    assertThat(Scripts.run(config().withReuse(mode), script.toString()).output())
        .isEqualTo(expected.toString());
    assertLinksStay();
  }

  @Test
  void iterationsThatUseAFileByOtherNamesAreThoseOfTheSequentialLoop() throws IOException {
    String loop =
        """
        write(matrix(7, 1, 1), "data/x.csv", format="csv")
        R = matrix(0, 40, 1)
        KIND (i in 1:40) {
          if (i %% 2 == 0) { write(matrix(i, 1, 1), "own" + i, format="csv"); x = read("own" + i) }
          else { x = read("m") + read("data/x.csv") }
          R[i, 1] = sum(x)
        }
        write(matrix(8, 1, 1), "l", format="csv")
        print(sum(R) + " " + sum(read("data/x.csv")))
        """;
    for (int i = 2; i <= 40; i += 2) {
      Files.createSymbolicLink(folder.resolve("own" + i), Path.of("data/own" + i));
    }
    String expected = Scripts.run(config(), loop.replace("KIND", "for")).output();
    String parallel = loop.replace("KIND (i in 1:40)", "parfor (i in 1:40, par=4, check=0)");
    assertThat(Scripts.run(config(), parallel).output()).isEqualTo(expected);
    assertThat(expected).isEqualTo("700.0 8.0\n");
    assertLinksStay();
  }

  @Test
  void theTraceLiesBesideTheFileAndBesideALinkThatHasOne() throws IOException {
    Scripts.run(config(), "write(matrix(3, 2, 2), \"m\", format=\"csv\")");
    assertThat(folder.resolve("data/x.csv.lineage")).content().contains("literal integer 3");
    assertThat(folder.resolve("m.lineage")).doesNotExist();
    Files.writeString(folder.resolve("l.lineage"), "old");
    Scripts.run(config(), "write(matrix(4, 2, 2), \"m\", format=\"csv\")");
    assertThat(folder.resolve("data/x.csv.lineage")).content().contains("literal integer 4");
    assertThat(folder.resolve("l.lineage")).content().contains("literal integer 4");
    try (Stream<Path> all = Files.list(folder)) {
      assertThat(all.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("data", "l", "l.lineage", "m");
    }
    assertLinksStay();
  }
}
