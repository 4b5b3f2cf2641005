package dev.reprise.bench.compare;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The machine that a comparison ran on.
 *
 * @param cpu the processor's name
 * @param cores logical cores
 * @param memoryGiB physical memory
 * @param system operating system and kernel
 */
public record Machine(String cpu, int cores, long memoryGiB, String system) {

  /** This machine. */
  public static Machine here() throws IOException {
    String cpu = field(Path.of("/proc/cpuinfo"), "model name", System.getProperty("os.arch"));
    String memory = field(Path.of("/proc/meminfo"), "MemTotal", "0 kB").replaceAll("\\D", "");
    String name = field(Path.of("/etc/os-release"), "PRETTY_NAME", System.getProperty("os.name"));
    String kernel = System.getProperty("os.version").replaceAll("^(\\d+\\.\\d+).*", "$1");
    return new Machine(
        cpu,
        Runtime.getRuntime().availableProcessors(),
        Long.parseLong(memory) / (1024 * 1024),
        name.replace("\"", "") + ", Linux " + kernel);
  }

  /** The commit that is checked out at {@code root}, {@code -dirty} when files differ from it. */
  public static String commit(Path root) throws IOException, InterruptedException {
    Process git =
        new ProcessBuilder("git", "-C", root.toString(), "describe", "--always", "--dirty")
            .redirectErrorStream(true)
            .start();
    String text = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    return git.waitFor() == 0 ? text : "unknown";
  }

  /** A line for people. */
  public String describe() {
    return cpu + ", " + cores + " cores, " + memoryGiB + " GiB";
  }

  /** A short name for files, such as {@code xeon-platinum-8488c-2c}. */
  String slug() {
    String words =
        cpu.toLowerCase(Locale.ROOT)
            .replaceAll("\\(.*?\\)|cpu|processor|intel|amd|@.*", " ")
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    return words + "-" + cores + "c";
  }

  /** Load average over the last minute, negative where the system has none. */
  static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private static String field(Path file, String key, String otherwise) throws IOException {
    if (!Files.exists(file)) {
      return otherwise;
    }
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.replaceFirst("^[^:=]*[:=]\\s*", "").strip())
        .findFirst()
        .orElse(otherwise);
  }
}
