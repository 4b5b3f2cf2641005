package dev.reprise.engine.recall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.engine.file.FileUse;
import dev.reprise.formats.DataFiles;
import dev.reprise.formats.FingerprintCache;
import dev.reprise.formats.ReadOptions;
import dev.reprise.formats.ReadRequest;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which runs are kept as wholes: those that read nothing that they write. */
class RunJournalTest {
  @TempDir private Path folder;
  private final RunJournal journal = new RunJournal(true, true);

  @BeforeEach
  void files() throws IOException {
    Files.createDirectory(folder.resolve("d"));
    for (String name : List.of("d/a", "d/a.mtd", "b")) {
      Files.writeString(folder.resolve(name), name.endsWith(".mtd") ? "{}" : "1\n");
    }
    Files.createSymbolicLink(folder.resolve("e"), folder.resolve("d"));
    Files.createSymbolicLink(folder.resolve("l"), folder.resolve("b"));
  }

  @ParameterizedTest
  @CsvSource({"d/a, d/a", "d, d/a", "e/a, d/a", "d/a, d/a.mtd", "l, b", "b, l", "l, l", "d/a, e/a"})
  void aRunThatReadsWhatItWritesIsExecutedEachTime(String read, String written) {
    read(read);
    assertThat(isKept()).isTrue();
    journal.wrote(written, folder, null);
    assertThat(isKept()).isFalse();
  }

  @Test
  void itIsSoWhicheverCameFirst() {
    journal.wrote("d/a", folder, null);
    assertThat(isKept()).isTrue();
    read("e");
    assertThat(isKept()).isFalse();
  }

  @Test
  void otherFilesOfAFolderAreOthers() {
    read("b");
    journal.wrote("d/a", folder, null);
    assertThat(isKept()).isTrue();
  }

  @Test
  void whatIsReadTwiceIsKeptOnceAndStillNotWritten() {
    read("b");
    read("b");
    read("d/a");
    assertThat(journal.finished("", List.of(), 1).reads()).hasSize(2);
    journal.wrote("b", folder, null);
    assertThat(isKept()).isFalse();
  }

  private boolean isKept() {
    return journal.finished("", List.of(), 1) != null;
  }

  private void read(String name) {
    LineageItem item =
        LineageItem.leaf(
            new Operation(OperationTable.standard().find("read"), Attributes.none()), name);
    journal.read(
        item,
        FileUse.reads(
            new ReadRequest(name, folder, ReadOptions.none()),
            new DataFiles(new FingerprintCache(InstantSource.system()), 1)));
  }
}
