package dev.reprise.engine.resource;

import dev.reprise.DeviceConfig;
import dev.reprise.Numerics;
import dev.reprise.ReuseMode;
import dev.reprise.SessionConfig;
import dev.reprise.engine.stored.BuildMemo;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.runtime.cpu.blas.NativeLocation;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The one class that reads system properties and the process environment; everything else gets what
 * it needs through constructors.
 */
public final class Environment {
  /** The host budget where the machine does not say how much memory it has. */
  private static final long FALLBACK_BYTES = 4L << 30;

  private Environment() {}

  /** The options of a session that was told nothing. */
  public static SessionConfig defaultConfig() {
    return new SessionConfig(
        ReuseMode.HYBRID,
        "costnsize",
        0,
        OptionalLong.empty(),
        Runtime.getRuntime().availableProcessors(),
        Precision.FP64,
        ProductPrecision.FULL,
        Numerics.DEFAULT,
        true,
        OptionalLong.empty(),
        OptionalLong.empty(),
        0,
        Set.of(),
        false,
        true,
        List.of(),
        Path.of("").toAbsolutePath(),
        System.out,
        System.err,
        cacheFolder().resolve("natives"),
        cacheFolder().resolve("spill"),
        DeviceConfig.AUTO,
        null,
        null,
        null,
        null);
  }

  /** The version of this build, as its jar says. */
  public static String version() {
    String version = Environment.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }

  /** What is known of this build from earlier processes. */
  public static BuildMemo build() {
    return BuildMemo.of(
        buildName(
            System.getProperty("java.class.path", ""),
            System.getProperty("jdk.module.path", ""),
            System.getProperty("user.dir", ""),
            String.valueOf(Environment.class.getProtectionDomain().getCodeSource())),
        cacheFolder());
  }

  /**
   * A text that two builds never share: places that are relative mean something else in another
   * folder, and an application may load its jars by other ways than the class path.
   */
  static String buildName(
      String classPath, String modulePath, String workingDirectory, String codeSource) {
    boolean isAbsolute =
        Stream.of((classPath + File.pathSeparator + modulePath).split(File.pathSeparator))
            .filter(place -> !place.isEmpty())
            .allMatch(place -> Path.of(place).isAbsolute());
    return String.join("\n", classPath, modulePath, isAbsolute ? "" : workingDirectory, codeSource);
  }

  /** The user's folder for files that can be made again. */
  static Path cacheFolder() {
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path base =
        xdg == null || xdg.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(xdg);
    return base.resolve("reprise");
  }

  /** The user's folder for settings. */
  public static Path settingsFolder() {
    String xdg = System.getenv("XDG_CONFIG_HOME");
    Path base =
        xdg == null || xdg.isBlank()
            ? Path.of(System.getProperty("user.home"), ".config")
            : Path.of(xdg);
    return base.resolve("reprise");
  }

  /** A variable of the environment, or null when it is not set or empty. */
  public static String variable(String name) {
    String value = System.getenv(name);
    return value == null || value.isBlank() ? null : value;
  }

  /** The folder for temporary files. */
  public static Path temporaryFolder() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** Where native libraries for this JVM's platform are unpacked to. */
  public static NativeLocation nativeLocation(Path folder) {
    return new NativeLocation(
        folder,
        NativeLocation.platform(System.getProperty("os.name"), System.getProperty("os.arch")));
  }

  /** Half of the machine's memory: the default host budget. */
  static long defaultHostBytes() {
    // Reading /proc takes microseconds; the management classes take tens of milliseconds to load.
    try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
      return lines
          .filter(line -> line.startsWith("MemTotal:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 512)
          .findFirst()
          .orElse(FALLBACK_BYTES);
    } catch (IOException e) {
      return FALLBACK_BYTES;
    }
  }

  /**
   * Heap that lineage may take: what was asked for, at most half of what the virtual machine has,
   * since looking at traces takes memory, too.
   */
  public static long lineageBytes(OptionalLong asked) {
    long most = Runtime.getRuntime().maxMemory() / 2;
    return Math.min(asked.orElse(most), most);
  }
}
