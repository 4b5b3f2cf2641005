package dev.reprise.runtime.gpu;

import dev.reprise.runtime.Precision;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The texts of the kernels: a prelude for the language, then what all share, then a file of
 * kernels. A line {@code #include "NAME"} stands for another resource.
 */
public final class KernelSources {
  private static final Pattern INCLUDE = Pattern.compile("(?m)^#include \"(\\w+\\.[ch])\"$");

  private KernelSources() {}

  /**
   * A complete program.
   *
   * @param language {@code opencl} or {@code cuda}: which prelude
   * @param file name of the file of kernels, without ending
   */
  public static String program(String language, String file, Precision precision) {
    return prelude(language, precision) + file(file);
  }

  /** A file of kernels without what comes before. */
  public static String file(String file) {
    return expanded(file + ".c");
  }

  private static String expanded(String name) {
    return INCLUDE.matcher(text(name)).replaceAll(match -> quoted(expanded(match.group(1))));
  }

  /** What files of kernels may include. */
  public static String header(String name) {
    return text(name);
  }

  /** What comes before every file of kernels. */
  public static String prelude(String language, Precision precision) {
    return (precision == Precision.FP64
            ? "#define REAL double\n#define LANES 2\n"
            : "#define REAL float\n#define LANES 4\n")
        + text(language + ".h")
        + text("common.h");
  }

  private static String quoted(String replacement) {
    return Matcher.quoteReplacement(replacement);
  }

  /** The program of {@code program("cuda", ...)} as PTX, made by {@code kernels-to-ptx}. */
  public static String ptx(String file, Precision precision) {
    return resource("ptx/" + file + (precision == Precision.FP64 ? "-fp64.ptx" : "-fp32.ptx"));
  }

  private static String text(String name) {
    return resource("kernels/" + name);
  }

  private static String resource(String path) {
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
