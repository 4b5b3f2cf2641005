package dev.reprise.ci;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
  private static final long HOST_BYTES = 1 << 20;

  /** Scripts with an operation that is larger than that. */
  private static final Map<String, Long> LARGE =
      Map.of(
          "nnlib/resnet18.dml",
          64L << 20,
          "nnlib/resnet-one-block.dml",
          64L << 20,
          "nnlib/resnet-bottlenecks.dml",
          256L << 20,
          "programs/clean-wide-frame.dml",
          4L << 20);

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
                            .withHostBytes(LARGE.getOrDefault(place, HOST_BYTES))
                            .withSpillFolder(spill)
                            .withThreads(2),
                        2)));
      }
    }
    return tests.stream();
  }
}
