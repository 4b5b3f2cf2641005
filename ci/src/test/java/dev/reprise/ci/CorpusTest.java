package dev.reprise.ci;

import dev.reprise.ReuseMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The corpus: small scripts for every builtin and statement form, one folder per family. {@code
 * corpus} holds what SystemDS 3.3.0 printed for each, {@code corpus-own} our own answers where it
 * cannot run a script or is wrong. Each script prints the same without reuse on one thread, cold
 * and warm with reuse, and on several threads; and every value that reuse finds, whole calls
 * included, is what computing it gives.
 */
class CorpusTest {
  private static final Path RESOURCES = Path.of("ci/src/test/resources");

  @TestFactory
  Stream<DynamicTest> scriptsPrintWhatSystemDsPrints() throws IOException {
    return tests("corpus");
  }

  @TestFactory
  Stream<DynamicTest> scriptsBeyondSystemDsPrintWhatIsRecorded() throws IOException {
    return tests("corpus-own");
  }

  private static Stream<DynamicTest> tests(String name) throws IOException {
    Path folder = ScriptOutput.projectRoot().resolve(RESOURCES).resolve(name);
    if (!Files.isDirectory(folder)) {
      return Stream.empty();
    }
    return RecordedScript.under(folder).stream()
        .map(script ->
            DynamicTest.dynamicTest(
                folder.relativize(script.file()).toString(), () -> check(script)));
  }

  private static void check(RecordedScript script) {
    script.check(ScriptOutput.config().withReuse(ReuseMode.NONE).withThreads(1), 1);
    script.check(ScriptOutput.config(), 2);
    script.check(ScriptOutput.config().withThreads(4), 1);
    script.check(ScriptOutput.config().withVerifyReuse(1), 2);
  }
}
