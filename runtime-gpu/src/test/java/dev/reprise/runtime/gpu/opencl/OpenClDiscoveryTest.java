package dev.reprise.runtime.gpu.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.accelerator.AcceleratorProvider;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jocl.CL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices are found for the first time in a process, so each try has one of its own. */
class OpenClDiscoveryTest {
  private static final int THREADS = 8;

  /** Without a device every thread finds none, which is the same answer, too. */
  @Test
  void sessionsThatBeginAtOnceFindTheSameDevices(@TempDir Path folder) throws Exception {
    for (int i = 0; i < 3; i++) {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  classPath(),
                  OpenClDiscoveryTest.class.getName(),
                  folder.toString())
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(said).isZero();
    }
  }

  private static String classPath() throws URISyntaxException {
    StringJoiner path = new StringJoiner(File.pathSeparator);
    for (Class<?> each :
        List.of(
            OpenClDiscoveryTest.class, OpenClProvider.class, AcceleratorProvider.class, CL.class)) {
      path.add(
          Path.of(each.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    return path.toString();
  }

  /** Ends with 1 when threads find different devices. */
  public static void main(String[] words) throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    List<Future<List<String>>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (int i = 0; i < THREADS; i++) {
        answers.add(
            threads.submit(() -> {
              start.await();
              return new OpenClProvider()
                  .discover(Path.of(words[0])).found().stream()
                      .map(found -> found.info().name())
                      .toList();
            }));
      }
    }
    for (Future<List<String>> answer : answers) {
      if (!answer.get().equals(answers.getFirst().get())) {
        System.exit(1);
      }
    }
  }
}
