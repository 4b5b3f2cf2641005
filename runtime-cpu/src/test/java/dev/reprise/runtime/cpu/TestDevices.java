package dev.reprise.runtime.cpu;

import dev.reprise.runtime.cpu.blas.NativeLocation;
import java.nio.file.Path;

/** Devices for tests; native libraries are unpacked below the build folder. */
public final class TestDevices {
  private TestDevices() {}

  /** A device of 8 threads with OpenBLAS. */
  public static CpuDevice withOpenBlas() {
    return new CpuDevice(8, natives());
  }

  /** A device of 8 threads as on a platform that OpenBLAS is not there for. */
  public static CpuDevice withoutOpenBlas() {
    return new CpuDevice(8, new NativeLocation(Path.of("target", "natives"), "linux-none"));
  }

  public static NativeLocation natives() {
    String platform =
        NativeLocation.platform(System.getProperty("os.name"), System.getProperty("os.arch"));
    return new NativeLocation(Path.of("target", "natives").toAbsolutePath(), platform);
  }
}
