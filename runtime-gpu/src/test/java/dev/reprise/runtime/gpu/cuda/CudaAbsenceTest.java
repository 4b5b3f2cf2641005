package dev.reprise.runtime.gpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.reprise.runtime.gpu.Devices;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine without a driver. In a process of its own: the bindings load theirs once. */
class CudaAbsenceTest {
  @TempDir Path natives;

  /** Looks twice: the second time the bindings' classes are broken. */
  public static final class Search {
    private Search() {}

    public static void main(String[] words) {
      for (int i = 0; i < 2; i++) {
        CudaProvider.Discovery discovery = new CudaProvider().discover(Path.of(words[0]));
        System.out.println(discovery.found().size() + " " + discovery.absences());
      }
    }
  }

  @Test
  void aMissingDriverIsAReasonEachTime() throws Exception {
    assumeFalse(Devices.isDriverInstalled(), "a driver is installed here");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Search.class.getName(),
                natives.toString())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(output).isZero();
    String line = "0 [cuda: no NVIDIA driver is installed: libcuda.so.1 cannot be loaded]";
    assertThat(output.lines()).containsExactly(line, line);
  }
}
