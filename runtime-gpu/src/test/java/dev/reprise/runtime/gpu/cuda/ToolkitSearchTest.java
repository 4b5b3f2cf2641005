package dev.reprise.runtime.gpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToolkitSearchTest {
  @TempDir Path root;

  private final Map<String, String> environment = new HashMap<>();

  private Path folder(String path) throws IOException {
    return Files.createDirectories(root.resolve(path));
  }

  private ToolkitSearch search() {
    return new ToolkitSearch(environment::get, root);
  }

  @Test
  void namedToolkitsComeBeforeInstalledOnesAndNewerBeforeOlder() throws IOException {
    Path named = folder("opt/cuda/lib64");
    Path old = folder("usr/local/cuda-12.4/lib64");
    Path recent = folder("usr/local/cuda-13.0/lib64");
    Path current = folder("usr/local/cuda/lib");
    environment.put("CUDA_HOME", root.resolve("opt/cuda").toString());

    assertThat(search().toolkits()).containsExactly(named, current, recent, old);
  }

  @Test
  void packagesOfThePythonThatIsCalledAreFoundThroughLinks() throws IOException {
    Path cublas = folder("venv/lib/python3.12/site-packages/nvidia/cu13/lib");
    Path system = folder("usr/lib/python3/dist-packages/nvidia/cublas/lib");
    Path python = folder("venv/bin").resolve("python3");
    Files.createFile(python);
    assertThat(python.toFile().setExecutable(true)).isTrue();
    Path link = folder("bin").resolve("python3");
    Files.createSymbolicLink(link, python);
    environment.put("PATH", "/does-not-exist:" + link.getParent());

    assertThat(search().pythonPackages()).containsExactly(cublas, system);
  }

  @Test
  void thePrefixOfAVirtualEnvironmentIsItsOwnThoughItsInterpreterIsALink() throws IOException {
    Path cublas = folder("venv/lib/python3.12/site-packages/nvidia/cublas/lib");
    Path interpreter = folder("usr/bin").resolve("python3.12");
    Files.createFile(interpreter);
    assertThat(interpreter.toFile().setExecutable(true)).isTrue();
    Path python = folder("venv/bin").resolve("python3");
    Files.createSymbolicLink(python, interpreter);
    environment.put("PATH", python.getParent().toString());

    assertThat(search().pythonPackages()).containsExactly(cublas);
  }

  @Test
  void nothingIsFoundWhereNothingIs() {
    assertThat(search().toolkits()).isEmpty();
    assertThat(search().pythonPackages()).isEmpty();
  }
}
