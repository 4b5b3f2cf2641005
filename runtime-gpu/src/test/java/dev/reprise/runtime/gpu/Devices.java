package dev.reprise.runtime.gpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.AcceleratorProvider;
import dev.reprise.runtime.accelerator.AcceleratorProvider.Candidate;
import dev.reprise.runtime.accelerator.AcceleratorProvider.Discovery;
import dev.reprise.runtime.gpu.cuda.CudaProvider;
import dev.reprise.runtime.gpu.cuda.SimulatedDriver;
import dev.reprise.runtime.gpu.opencl.OpenClProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Accelerators for tests. Tests that need one are skipped where there is none. */
public final class Devices {
  private Devices() {}

  /** The first OpenCL device; skips the test, aloud, when there is none. */
  public static Accelerator opencl() {
    return openclCandidate().open();
  }

  /** As {@link #opencl}, before it is opened. */
  public static Candidate openclCandidate() {
    return first(new OpenClProvider());
  }

  /** The first CUDA device; skips the test, aloud, when there is none. */
  public static Accelerator cuda() {
    return cudaCandidate().open();
  }

  /**
   * As {@link #cuda}, before it is opened. On a machine without a driver it is a simulated one,
   * where that can be built.
   */
  public static Candidate cudaCandidate() {
    return cudaCandidates().getFirst();
  }

  /** As {@link #cudaCandidate}, all of them; the simulated driver has two. */
  public static List<Candidate> cudaCandidates() {
    if (isDriverInstalled()) {
      return all(new CudaProvider());
    }
    String obstacle = SimulatedDriver.load();
    assumeTrue(obstacle == null, () -> "cuda: no driver is installed, and " + obstacle);
    return all(new CudaProvider(SimulatedDriver::environment));
  }

  /** True when the loader finds a driver of CUDA other than the simulated one. */
  public static boolean isDriverInstalled() {
    try {
      return SymbolLookup.libraryLookup("libcuda.so.1", Arena.global())
          .find("simulatorPut")
          .isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Candidate first(AcceleratorProvider provider) {
    return all(provider).getFirst();
  }

  private static List<Candidate> all(AcceleratorProvider provider) {
    Discovery discovery = provider.discover(natives());
    assumeTrue(!discovery.found().isEmpty(), () -> String.join("; ", discovery.absences()));
    return discovery.found();
  }

  private static Path natives() {
    try {
      return Files.createDirectories(Path.of("target", "natives").toAbsolutePath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
