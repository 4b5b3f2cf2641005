package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Places that the options of a session name are looked at when it opens. */
class OptionPlacesTest {
  @TempDir private Path folder;
  private Path file;
  private Path missing;

  @BeforeEach
  void file() throws IOException {
    file = Files.writeString(folder.resolve("file"), "text");
    missing = folder.resolve("none");
  }

  @Test
  void aFolderThatIsNotThereIsToldWhenTheSessionOpens() {
    refuses(
        Scripts.config().withLibrary(List.of(folder, missing)),
        "library: there is no folder '" + missing + "'");
    refuses(
        Scripts.config().withWorkingDirectory(missing),
        "workingDirectory: there is no folder '" + missing + "'");
    refuses(
        Scripts.config().withTraceFile(missing.resolve("t.json")),
        "traceFile: cannot write " + missing.resolve("t.json") + ": there is no folder " + missing);
  }

  @Test
  void aFileAsAFolderIsToldWhenTheSessionOpens() {
    SessionConfig config = Scripts.config();
    String needs = " needs a folder, but " + file + " is a file";
    refuses(config.withLibrary(List.of(file)), "library" + needs);
    refuses(config.withWorkingDirectory(file), "workingDirectory" + needs);
    refuses(config.withMetrics(file), "metrics" + needs);
    refuses(config.withWorkingDirectory(folder).withMetrics(Path.of("file")), "metrics" + needs);
    refuses(config.withSpillFolder(file), "spillFolder" + needs);
    refuses(config.withNatives(file.resolve("below")), "natives" + needs);
    refuses(config.withTraceFile(folder), "traceFile: cannot write " + folder + ": it is a folder");
  }

  @Test
  void aLinkThatLeadsNowhereIsToldWhenTheSessionOpensAndAnotherOneLeadsToTheFile()
      throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("t.json"), Path.of("none/real.json"));
    refuses(
        Scripts.config().withTraceFile(link),
        "traceFile: cannot write "
            + link
            + ": it is a symbolic link to none/real.json, whose folder is not there");
    Files.createDirectory(missing);
    for (int round = 0; round < 2; round++) {
      Scripts.run(Scripts.config().withTraceFile(link), "print(1)");
      assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of("none/real.json"));
      assertThat(missing.resolve("real.json")).content().startsWith("{");
      assertThat(missing).isDirectoryContaining("glob:**/real.json");
      Files.writeString(missing.resolve("real.json"), "");
    }
  }

  @Test
  void aPlaceThatTakesNoFilesIsToldWhenTheSessionOpens() {
    Path place = Path.of("/proc/none");
    assertThatThrownBy(() -> Reprise.session(Scripts.config().withMetrics(place)))
        .isInstanceOf(ResourceException.class)
        .hasMessageStartingWith("metrics: cannot write to /proc/none: the folder /proc");
  }

  @Test
  void whatMayBeMadeIsNotMadeUntilItIsNeeded() throws IOException {
    SessionConfig config =
        Scripts.config()
            .withWorkingDirectory(folder)
            .withMetrics(Path.of("m/deep"))
            .withSpillFolder(missing.resolve("spill"))
            .withTraceFile(file);
    Session session = Reprise.session(config);
    try (Stream<Path> there = Files.list(folder)) {
      assertThat(there).containsExactly(file);
    }
    session.close();
  }

  private static void refuses(SessionConfig config, String message) {
    assertThatThrownBy(() -> Reprise.session(config))
        .isInstanceOf(ResourceException.class)
        .hasMessage(message);
  }
}
