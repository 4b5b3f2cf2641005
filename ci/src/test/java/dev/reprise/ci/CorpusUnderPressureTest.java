package dev.reprise.ci;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The corpus in so little host memory that the larger scripts move values to disk and back, with
 * two workers that get in each other's way: every answer is the same.
 */
class CorpusUnderPressureTest {
  private static final Path RESOURCES = Path.of("ci/src/test/resources");
  private static final long HOST_BYTES = 1 << 18;

  @TempDir private Path spill;

  @TestFactory
  Stream<DynamicTest> scriptsPrintTheSameInLittleMemory() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (String name : List.of("corpus", "corpus-own")) {
      Path folder = ScriptOutput.projectRoot().resolve(RESOURCES).resolve(name);
      for (RecordedScript script : RecordedScript.under(folder)) {
        String place = folder.relativize(script.file()).toString();
        tests.add(
            DynamicTest.dynamicTest(
                place,
                () ->
                    script.check(
                        ScriptOutput.config()
                            .withHostBytes(HOST_BYTES)
                            .withSpillFolder(spill)
                            .withThreads(2),
                        2)));
      }
    }
    return tests.stream();
  }
}
