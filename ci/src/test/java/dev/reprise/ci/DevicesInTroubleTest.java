package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.DeviceConfig;
import dev.reprise.RunStatistics.DeviceUse;
import dev.reprise.cli.Main;
import dev.reprise.runtime.ResourceException;
import dev.reprise.testkit.PrintedText;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices that are absent, and devices with too little memory. */
class DevicesInTroubleTest {
  private static final String SCRIPT =
      """
      X = rand(rows=200, cols=100, seed=1)
      s = 0
      for (i in 1:6) {
        A = X * i
        B = A + X
        C = t(B) %*% A
        s = s + sum(C) + sum(A * B)
      }
      print(s)
      """;

  @TempDir private Path folder;

  // ---- in a process whose loader finds no OpenCL driver

  private record Child(int status, String output) {}

  private static Child reprise(String... arguments) throws IOException, InterruptedException {
    return reprise(Map.of("OCL_ICD_VENDORS", "/nonexistent"), arguments);
  }

  private static Child reprise(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", classPath()));
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Child(process.waitFor(), output);
  }

  private static String classPath() {
    if (DevicesInTroubleTest.class.getClassLoader() instanceof URLClassLoader loader) {
      return Arrays.stream(loader.getURLs())
          .map(URL::getPath)
          .collect(Collectors.joining(File.pathSeparator));
    }
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  @Test
  void withoutDriversScriptsRunOnTheProcessor() throws Exception {
    Child child = reprise("run", "--device", "round-robin", "-s", "print(sum(seq(1, 9)))");
    assertThat(child.output()).contains("45");
    assertThat(child.status()).isZero();
  }

  @Test
  void withoutDriversTheReportSaysWhichDevicesAreAbsent() throws Exception {
    Child child = reprise("devices");
    assertThat(child.status()).as(child.output()).isZero();
    assertThat(child.output()).containsPattern("absent +opencl: \\S+");
    assertThat(child.output()).containsPattern("cpu +\\d+ threads");
  }

  @Test
  void aDeviceThatIsAskedForAndAbsentIsOneClearError() throws Exception {
    Child child = reprise("run", "--device", "opencl:0", "-s", "print(1)");
    assertThat(child.status()).as(child.output()).isNotZero();
    assertThat(child.output())
        .contains("there is no device opencl:0: opencl: ", "'reprise devices'")
        .doesNotContain("\tat ");
  }

  @Test
  void whereItCannotWriteWhatItCompilesPoclIsAbsentAndSaysSo() throws Exception {
    Child child = reprise(Map.of("POCL_CACHE_DIR", "/dev/null/cache"), "devices");
    assertThat(child.status()).as(child.output()).isZero();
    assumeTrue(child.output().contains("Portable Computing Language"), "PoCL is not installed");
    assertThat(child.output())
        .contains(
            "the driver is installed and finds no device; PoCL needs a folder", "POCL_CACHE_DIR");
  }

  // ---- a device with little memory

  private ScriptOutput.Outcome on(DeviceConfig devices) throws IOException {
    Path script = Files.writeString(folder.resolve("script.dml"), SCRIPT);
    try {
      return ScriptOutput.run(script, Map.of(), ScriptOutput.config().withDevices(devices));
    } catch (ResourceException e) {
      assumeTrue(false, e.getMessage());
      throw e;
    }
  }

  private static DeviceConfig device(long bytes) {
    return new DeviceConfig("opencl:0", List.of(), Map.of("opencl:0", bytes));
  }

  @Test
  void valuesThatADeviceHasNoRoomForMoveToTheHost() throws Exception {
    String expected = on(DeviceConfig.CPU).output();
    ScriptOutput.Outcome outcome = on(device(1 << 20));
    assertThat(PrintedText.difference(expected, outcome.output())).isEmpty();
    DeviceUse use = outcome.statistics().devices().getFirst();
    assertThat(use.executed()).isPositive();
    assertThat(use.demotions() + use.dropped()).isPositive();
    assertThat(use.peakBytes()).isLessThanOrEqualTo(1 << 20);
  }

  @Test
  void whatFitsNowhereOnADeviceRunsOnTheProcessorAndIsCounted() throws Exception {
    String expected = on(DeviceConfig.CPU).output();
    ScriptOutput.Outcome outcome = on(device(100_000));
    assertThat(PrintedText.difference(expected, outcome.output())).isEmpty();
    assertThat(outcome.statistics().devices().getFirst().fallbacks()).isPositive();
  }
}
