package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.DeviceConfig;
import dev.reprise.Reprise;
import dev.reprise.RunStatistics.DeviceUse;
import dev.reprise.Session;
import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The corpus on an accelerator: all that it can do, in turn with the processor, and wherever a
 * result is estimated to be there first. Every answer is the recorded one. All scripts of a
 * placement share one session, since a device takes long to open and to compile kernels for; so
 * they find each other's values as well, made on either device.
 */
class CorpusOnDevicesTest {
  private static final Path RESOURCES = Path.of("ci/src/test/resources");
  private static final String DEVICE = "opencl:0";

  /**
   * Hundreds of thousands of operations on a few cells each, which take a device minutes; what they
   * call, others call as well.
   */
  private static final Set<String> LONG =
      Set.of("library/als_optimal.dml", "library/als_factors.dml");

  @TestFactory
  Stream<DynamicTest> everythingRunsOnTheDevice() throws IOException {
    return tests(DeviceConfig.of(DEVICE), 5_000);
  }

  @TestFactory
  Stream<DynamicTest> operationsAlternateBetweenDevices() throws IOException {
    return tests(new DeviceConfig("round-robin", List.of(DEVICE), Map.of()), 2_500);
  }

  @TestFactory
  Stream<DynamicTest> operationsRunWhereTheyEndFirst() throws IOException {
    return tests(new DeviceConfig("auto", List.of(DEVICE), Map.of()), 0);
  }

  /**
   * @param operations at least so many run on the device
   */
  private static Stream<DynamicTest> tests(DeviceConfig devices, long operations)
      throws IOException {
    assumeDevice();
    ScriptOutput.Open session = new ScriptOutput.Open(ScriptOutput.config().withDevices(devices));
    List<DeviceUse> uses = new ArrayList<>();
    List<DynamicTest> tests = new ArrayList<>();
    for (String name : List.of("corpus", "corpus-own")) {
      Path folder = ScriptOutput.projectRoot().resolve(RESOURCES).resolve(name);
      for (RecordedScript script : RecordedScript.under(folder)) {
        String place = folder.relativize(script.file()).toString();
        if (!LONG.contains(place)) {
          tests.add(
              DynamicTest.dynamicTest(name + "/" + place, () -> check(script, session, uses)));
        }
      }
    }
    tests.add(DynamicTest.dynamicTest("the device took part", () -> assertUsed(uses, operations)));
    return tests.stream().onClose(session::close);
  }

  private static void check(
      RecordedScript script, ScriptOutput.Open session, List<DeviceUse> uses) {
    ScriptOutput.Outcome outcome = script.check(session);
    if (outcome.statistics() != null) {
      uses.addAll(outcome.statistics().devices());
    }
  }

  /** Uses count from the beginning of the session. */
  private static void assertUsed(List<DeviceUse> uses, long operations) {
    assertThat(uses).isNotEmpty();
    DeviceUse last = uses.getLast();
    assertThat(last.name()).isEqualTo(DEVICE);
    assertThat(last.executed()).isGreaterThanOrEqualTo(operations);
    assertThat(last.fallbacks()).isZero();
  }

  /** Skips, aloud, where the device is absent. */
  private static void assumeDevice() {
    try (Session session =
        Reprise.session(ScriptOutput.config().withDevices(DeviceConfig.of(DEVICE)))) {
      assertThat(session).isNotNull();
    } catch (ResourceException e) {
      assumeTrue(false, e.getMessage());
    }
  }
}
