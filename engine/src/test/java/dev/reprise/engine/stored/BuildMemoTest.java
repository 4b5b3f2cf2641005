package dev.reprise.engine.stored;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.lineage.ContentHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is noted of a build for later processes. */
class BuildMemoTest {
  @TempDir private Path cache;

  @Test
  void whatKilledProcessesLeftIsRemovedWhenABuildIsNoted() throws IOException {
    Path builds = Files.createDirectories(cache.resolve("builds"));
    Path left = Files.createFile(builds.resolve("build123.tmp"));
    Files.setLastModifiedTime(left, FileTime.fromMillis(1_000_000));
    BuildMemo memo = BuildMemo.of("build", cache);
    memo.keep(ContentHash.of(new byte[] {1}), List.of(), "");
    assertThat(left).doesNotExist();
    assertThat(builds).isDirectoryContaining("glob:**/[0-9a-f]*");
  }
}
