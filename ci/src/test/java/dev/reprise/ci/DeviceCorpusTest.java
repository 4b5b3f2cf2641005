package dev.reprise.ci;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.DeviceConfig;
import dev.reprise.SessionConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The corpus with everything placed on the device that the property {@code corpus.device} names:
 * cold and warm it prints what it prints on the processor. Skipped, aloud, without the property;
 * {@code ci/gpu} sets it.
 */
class DeviceCorpusTest {
  private static final String PROPERTY = "corpus.device";

  @TestFactory
  Stream<DynamicTest> scriptsPrintTheSameOnTheDevice() throws IOException {
    String device = System.getProperty(PROPERTY);
    assumeTrue(device != null, "-D" + PROPERTY + "=cuda:0 runs the corpus on a device");
    SessionConfig config = ScriptOutput.config().withDevices(DeviceConfig.of(device));
    Stream.Builder<DynamicTest> tests = Stream.builder();
    for (String name : List.of("corpus", "corpus-own")) {
      Path folder = ScriptOutput.projectRoot().resolve("ci/src/test/resources").resolve(name);
      if (Files.isDirectory(folder)) {
        for (RecordedScript script : RecordedScript.under(folder)) {
          tests.add(
              DynamicTest.dynamicTest(
                  name + "/" + folder.relativize(script.file()), () -> check(script, config)));
        }
      }
    }
    return tests.build();
  }

  /** An archive for GPUs comes without OpenBLAS: scripts that need it are skipped, aloud. */
  private static void check(RecordedScript script, SessionConfig config) {
    try {
      script.check(config, 2);
    } catch (AssertionError e) {
      assumeTrue(!String.valueOf(e.getMessage()).contains("needs OpenBLAS"), e.getMessage());
      throw e;
    }
  }
}
