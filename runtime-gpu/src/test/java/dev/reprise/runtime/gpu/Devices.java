package dev.reprise.runtime.gpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.AcceleratorProvider;
import dev.reprise.runtime.accelerator.AcceleratorProvider.Candidate;
import dev.reprise.runtime.accelerator.AcceleratorProvider.Discovery;
import dev.reprise.runtime.gpu.opencl.OpenClProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

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

  private static Candidate first(AcceleratorProvider provider) {
    Discovery discovery = provider.discover(natives());
    assumeTrue(!discovery.found().isEmpty(), () -> String.join("; ", discovery.absences()));
    return discovery.found().getFirst();
  }

  private static Path natives() {
    try {
      return Files.createDirectories(Path.of("target", "natives").toAbsolutePath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
