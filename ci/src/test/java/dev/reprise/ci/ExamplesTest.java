package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.ReuseMode;
import dev.reprise.SessionConfig;
import dev.reprise.store.StoreConfig;
import dev.reprise.testkit.PrintedText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every script under {@code examples} prints what is recorded for it. With {@code
 * -Dreprise.record=true} the outputs are recorded instead.
 */
class ExamplesTest {
  private static final Path ROOT = ScriptOutput.projectRoot();
  private static final Path EXAMPLES = ROOT.resolve("examples");

  /** The tour, and a network whose gradients are written out. */
  private static final Set<String> LONG = Set.of("gridsearch-lm.dml", "transformer.dml");

  private static final Path RECORDED = ROOT.resolve("ci/src/test/resources/golden/examples");

  @TestFactory
  Stream<DynamicTest> examplesPrintWhatIsRecorded() throws IOException {
    return LibraryGoldenTest.scripts(EXAMPLES).stream()
        .map(script ->
            DynamicTest.dynamicTest(script.getFileName().toString(), () -> check(script)));
  }

  private static void check(Path script) throws IOException {
    Path recorded = RECORDED.resolve(script.getFileName().toString().replace(".dml", ".out"));
    String actual = output(script, ScriptOutput.config());
    if (Boolean.getBoolean("reprise.record")) {
      Files.writeString(recorded, actual);
    }
    assertThat(PrintedText.difference(Files.readString(recorded), actual)).isEmpty();
  }

  @Test
  void examplesAreShort() throws IOException {
    for (Path script : LibraryGoldenTest.scripts(EXAMPLES)) {
      if (!LONG.contains(script.getFileName().toString())) {
        assertThat(Files.readAllLines(script)).as("%s", script).hasSizeLessThanOrEqualTo(40);
      }
    }
  }

  @Test
  void aWarmStartNeedsFewerEpochs(@TempDir Path folder) {
    Path script = EXAMPLES.resolve("warmstart.dml");
    StoreConfig store = StoreConfig.of(folder.resolve("store"));
    Map<String, String> further = Map.of("rate", "0.3", "goal", "0.1");
    output(script, ScriptOutput.config().withStore(store));
    SessionConfig warm = ScriptOutput.config().withStore(store.withWarmStart());
    long fromModel = epochs(ScriptOutput.run(script, further, warm).output());
    long fromNothing = epochs(ScriptOutput.run(script, further, ScriptOutput.config()).output());
    assertThat(2 * fromModel).isLessThan(fromNothing);
  }

  private static long epochs(String output) {
    Matcher epochs = Pattern.compile("after (\\d+) epochs").matcher(output);
    assertThat(epochs.find()).isTrue();
    return Long.parseLong(epochs.group(1));
  }

  @Test
  void aTableThatIsLargerThanMemoryIsReadOnTheDisk(@TempDir Path spill) {
    Path script = EXAMPLES.resolve("larger-than-memory.dml");
    ScriptOutput.Outcome little =
        ScriptOutput.run(
            script, Map.of(), ScriptOutput.config().withHostBytes(8 << 20).withSpillFolder(spill));
    assertThat(little.output()).isEqualTo(output(script, ScriptOutput.config()));
    assertThat(little.statistics().disk().pages()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void anExampleWithoutReusePrintsTheSame() {
    Path script = EXAMPLES.resolve("parfor.dml");
    SessionConfig without = ScriptOutput.config().withReuse(ReuseMode.NONE);
    assertThat(output(script, without)).isEqualTo(output(script, ScriptOutput.config()));
  }

  /** What a script prints, and the error that it ends with, if it does. */
  private static String output(Path script, SessionConfig config) {
    ScriptOutput.Outcome outcome = ScriptOutput.run(script, Map.of(), config);
    if (outcome.failure() == null) {
      return outcome.output();
    }
    return outcome.output() + outcome.failureText().replace(ROOT + "/", "") + '\n';
  }
}
