package dev.reprise.runtime.gpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.accelerator.AcceleratorProvider;
import dev.reprise.runtime.gpu.Devices;
import java.io.File;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine without a driver. In a process of its own: the bindings load theirs once. */
class CudaAbsenceTest {
  @TempDir Path natives;

  /**
   * Looks twice: the second time the bindings' classes are broken, and the JVM keeps of the reason
   * what fits beside the stack of the first look.
   */
  public static final class Search {
    private Search() {}

    public static void main(String[] words) {
      look(Path.of(words[0]), 40);
      look(Path.of(words[0]), 0);
    }

    private static void look(Path natives, int frames) {
      if (frames > 0) {
        look(natives, frames - 1);
        return;
      }
      CudaProvider.Discovery discovery = new CudaProvider().discover(natives);
      System.out.println(discovery.found().size() + " " + discovery.absences());
    }
  }

  /** Where the classes come from, whoever started this process. */
  private static String classPath() throws Exception {
    List<String> places = new ArrayList<>();
    for (Class<?> each :
        List.of(Search.class, CudaProvider.class, AcceleratorProvider.class, JCudaDriver.class)) {
      places.add(
          Path.of(each.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    URL natives = Search.class.getResource("/lib/libJCudaDriver-12.6.0-linux-x86_64.so");
    assumeTrue(natives != null, "no natives of the bindings for this platform");
    JarURLConnection jar = (JarURLConnection) natives.openConnection();
    places.add(Path.of(jar.getJarFileURL().toURI()).toString());
    return String.join(File.pathSeparator, places);
  }

  @Test
  void aMissingDriverIsAReasonEachTime() throws Exception {
    assumeFalse(Devices.isDriverInstalled(), "a driver is installed here");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath(),
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
