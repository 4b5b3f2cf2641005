package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.gpu.KernelSources;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A driver of CUDA, a cuBLAS and a cuSPARSE that run on the host ({@code simulator/driver.cpp}),
 * for machines without a GPU: the bindings' real natives load them, the backend's real code calls
 * them, with the kernels' real text and the names and parameters in their PTX. What they prove is
 * that we call the driver as it wants to be called; they prove nothing of a GPU.
 */
public final class SimulatedDriver {
  private static final String DRIVER = "libcuda.so.1";

  private SimulatedDriver() {}

  /**
   * Builds and loads the driver.
   *
   * @return why that cannot be, or null
   */
  public static String load() {
    if (!System.getProperty("os.name").equals("Linux")
        || !System.getProperty("os.arch").equals("amd64")) {
      return "the simulated driver is for Linux on x86-64";
    }
    if (isLoaded()) {
      return null;
    }
    try {
      Path folder = folder();
      String obstacle = build(folder);
      if (obstacle == null) {
        System.load(folder.resolve(DRIVER).toString());
      }
      return obstacle;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Builds it in a folder of the module, which is the working directory, and prints where. */
  public static void main(String[] arguments) throws IOException {
    Path folder = folder();
    String obstacle = build(folder);
    if (obstacle != null) {
      System.err.println(obstacle);
      System.exit(1);
    }
    System.out.println(folder);
  }

  /** How many contexts, streams, events and pieces of memory have not been given back to it. */
  static long taken() {
    return count("simulatorTaken");
  }

  /** How often launches were captured so far. */
  static long captures() {
    return count("simulatorCaptures");
  }

  /** How many nodes of graphs that were ready have been given other arguments so far. */
  static long settings() {
    return count("simulatorSettings");
  }

  private static long count(String function) {
    try {
      return (long)
          Linker.nativeLinker()
              .downcallHandle(
                  SymbolLookup.libraryLookup(DRIVER, Arena.global()).findOrThrow(function),
                  FunctionDescriptor.of(ValueLayout.JAVA_LONG))
              .invokeExact();
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isLoaded() {
    try {
      return SymbolLookup.libraryLookup(DRIVER, Arena.global()).find("simulatorPut").isPresent();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Where a toolkit with the simulated libraries seems to be; absolute, so that PATH plays no part.
   */
  public static String environment(String variable) {
    return Map.of("CUDA_HOME", Path.of("target", "simulator").toAbsolutePath().toString())
        .get(variable);
  }

  private static Path folder() throws IOException {
    Path folder = Path.of("target", "simulator").toAbsolutePath();
    Files.createDirectories(folder.resolve("lib64"));
    return folder;
  }

  private static String build(Path folder) throws IOException {
    writePrograms(folder);
    boolean changed = false;
    for (String name : List.of("driver.cpp", "cublas.cpp", "cusparse.cpp", "words.h", "ptx.sed")) {
      changed |= write(folder.resolve(name), resource(name));
    }
    Files.writeString(
        folder.resolve("build"),
        """
        set -e
        rm -f *.so
        g++ -O2 -shared -fPIC -w -Wl,-soname,libcuda.so.1 -o libcuda.so.1 driver.cpp -ldl
        cd lib64
        echo 'libcublas.so.13 { global: *; };' >versions
        g++ -O2 -shared -fPIC -w -DVERSION=13 -Wl,-soname,libcublas.so.13 -Wl,--version-script=versions \
          -o libcublas.so.13 ../cublas.cpp -L.. -l:libcuda.so.1
        echo '' | g++ -x c++ -shared -fPIC -Wl,-soname,libcublasLt.so.13 -o libcublasLt.so.13 -
        echo 'libcusparse.so.12 { global: *; };' >versions
        g++ -O2 -shared -fPIC -w -Wl,-soname,libcusparse.so.12 -Wl,--version-script=versions \
          -o libcusparse.so.12 ../cusparse.cpp -L.. -l:libcuda.so.1
        touch ../complete
        """);
    // The driver calls this when it loads a module whose code it does not find.
    Files.writeString(
        folder.resolve("compile"),
        """
        set -e
        cd %s
        case $1 in
          fused-*) { cat "functions-${1#fused-}.cu"; sed -E -f ptx.sed "$1.ptx"; } >"$1.cu" ;;
          *) rm -f "$1"-*.so ;;
        esac
        g++ -O1 -ffp-contract=off -shared -fPIC -w -x c++ -include words.h -o "$2.$$" "$1.cu"
        mv "$2.$$" "$2"
        """
            .formatted("'" + folder + "'"));
    return changed || !Files.exists(folder.resolve("complete")) ? run(folder) : null;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = SimulatedDriver.class.getResourceAsStream("simulator/" + name)) {
      return in.readAllBytes();
    }
  }

  /** Returns whether the file was another one. */
  private static boolean write(Path file, byte[] bytes) throws IOException {
    if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), bytes)) {
      return false;
    }
    Files.deleteIfExists(file.resolveSibling("complete"));
    Files.write(file, bytes);
    return true;
  }

  /** The text of each file of kernels, as nvcc gets it. */
  private static void writePrograms(Path folder) throws IOException {
    for (String file : KernelFiles.all()) {
      for (Precision precision : Precision.values()) {
        String name = file + (precision == Precision.FP64 ? "-fp64" : "-fp32");
        Files.writeString(
            folder.resolve(name + ".cu"), KernelSources.program("cuda", file, precision));
      }
    }
  }

  private static String run(Path folder) throws IOException {
    Path log = folder.resolve("build.log");
    try {
      Process process =
          new ProcessBuilder("sh", "build")
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (process.waitFor() == 0) {
        return null;
      }
      String said = Files.readString(log).strip();
      if (said.contains("g++: not found") || said.contains("g++: command not found")) {
        return "the simulated driver needs g++";
      }
      throw new IllegalStateException("the simulated driver does not build: " + said);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
