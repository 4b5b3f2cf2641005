package dev.reprise.runtime.cpu.blas;

import java.nio.file.Path;
import java.util.Locale;

/**
 * Where native libraries are unpacked, and for which platform.
 *
 * @param folder a folder of this user, made when missing, readable by the owner alone; shared by
 *     all processes and versions
 * @param platform operating system and processor as the libraries' jars name them, such as {@code
 *     linux-x86_64}
 */
public record NativeLocation(Path folder, String platform) {

  /**
   * The platform for a JVM's properties {@code os.name} and {@code os.arch}; one that no library is
   * built for gives a name that is not found.
   */
  public static String platform(String osName, String osArch) {
    String os = osName.toLowerCase(Locale.ROOT);
    String system =
        os.startsWith("mac") ? "macosx" : os.startsWith("windows") ? "windows" : "linux";
    String processor =
        switch (osArch.toLowerCase(Locale.ROOT)) {
          case "amd64", "x86_64", "x64" -> "x86_64";
          case "aarch64", "arm64" -> "arm64";
          default -> osArch;
        };
    return system + "-" + processor;
  }
}
