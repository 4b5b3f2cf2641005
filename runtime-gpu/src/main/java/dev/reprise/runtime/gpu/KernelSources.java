package dev.reprise.runtime.gpu;

import dev.reprise.runtime.Precision;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The texts of the kernels: a prelude for the language, then a file of kernels. */
public final class KernelSources {
  private KernelSources() {}

  /**
   * A complete program.
   *
   * @param language {@code opencl} or {@code cuda}: which prelude
   * @param file name of the file of kernels, without ending
   */
  public static String program(String language, String file, Precision precision) {
    String real = precision == Precision.FP64 ? "double" : "float";
    return "#define REAL " + real + "\n" + text(language + ".h") + text(file + ".c");
  }

  private static String text(String name) {
    String path = "kernels/" + name;
    try (InputStream in = KernelSources.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + path);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
