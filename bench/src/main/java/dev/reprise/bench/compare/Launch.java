package dev.reprise.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Builds the command lines that run a script under a subject, each a fresh process. */
final class Launch {
  private static final List<String> OPENED_PACKAGES =
      List.of(
          "java.nio",
          "java.io",
          "java.util",
          "java.lang",
          "java.lang.ref",
          "java.util.concurrent",
          "sun.nio.ch");

  private final Path root;
  private final Path scratch;
  private final Path systemDsJava;
  private final String heap;
  private final List<String> repriseOptions;
  private final Path reprise;

  /**
   * A launcher for the project at {@code root}.
   *
   * @param scratch folder for the rival's temporary files and configuration, created
   * @param heap heap of the rival's JVM in {@code -Xmx} notation
   * @param reprise the command to measure
   * @param repriseOptions further options of {@code reprise run}
   * @throws IOException when no JDK 17 is found or the scratch folder cannot be written
   */
  Launch(Path root, Path scratch, String heap, Path reprise, List<String> repriseOptions)
      throws IOException {
    this.root = root;
    this.reprise = reprise;
    this.scratch = Files.createDirectories(scratch);
    this.heap = heap;
    this.repriseOptions = List.copyOf(repriseOptions);
    this.systemDsJava = findJava17();
    Files.writeString(
        scratch.resolve("log4j.properties"),
        """
        log4j.rootLogger=ERROR,console
        log4j.appender.console=org.apache.log4j.ConsoleAppender
        log4j.appender.console.target=System.err
        log4j.appender.console.layout=org.apache.log4j.PatternLayout
        log4j.appender.console.layout.ConversionPattern=%p %c{1}: %m%n
        """);
    Files.writeString(
        scratch.resolve("systemds.xml"),
        "<root><sysds.scratch>"
            + scratch.resolve("space")
            + "</sysds.scratch><sysds.localtmpdir>"
            + scratch.resolve("local")
            + "</sysds.localtmpdir></root>\n");
  }

  Path systemDsJava() {
    return systemDsJava;
  }

  /** Where a run leaves what it counts about itself. */
  Path statistics() {
    return scratch.resolve("statistics.json");
  }

  /** The command that runs {@code script}, or for a Python library the program of that name. */
  List<String> command(
      Subject subject, Path script, String program, Map<String, Object> arguments) {
    List<String> command =
        new ArrayList<>(
            switch (subject.system()) {
              case "reprise" -> reprise(subject, script);
              case "systemds" -> systemDs(subject, script);
              default ->
                  List.of(python(), root + "/bench/" + subject.system() + "/" + program + ".py");
            });
    Map<String, Object> all = new LinkedHashMap<>(arguments);
    if (subject.mode().equals(Subject.COARSE)) {
      all.put("coarse", 1);
    }
    if (subject.isPython() && subject.mode().equals("fp32")) {
      all.put("precision", "fp32");
    }
    if (!all.isEmpty()) {
      if (!subject.isPython()) {
        command.add(subject.isReprise() ? "--nvargs" : "-nvargs");
      }
      all.forEach((name, value) -> command.add(name + "=" + value));
    }
    return command;
  }

  /** The Python that has the libraries: {@code PYTHON}, else {@code python3}. */
  static String python() {
    String named = System.getenv("PYTHON");
    return named == null ? "python3" : named;
  }

  private List<String> reprise(Subject subject, Path script) {
    List<String> command = new ArrayList<>();
    command.add(reprise.toString());
    command.add("run");
    command.add(script.toString());
    command.add("--reuse");
    command.add(subject.mode().equals(Subject.COARSE) ? "none" : subject.baseMode());
    command.addAll(subject.options());
    command.addAll(List.of("--stats-json", statistics().toString()));
    command.addAll(repriseOptions);
    return command;
  }

  private List<String> systemDs(Subject subject, Path script) {
    String named = System.getenv("SYSTEMDS_LIB");
    Path lib = named == null ? root.resolve("bench/target/systemds/lib") : Path.of(named);
    List<String> command = new ArrayList<>();
    command.add(systemDsJava.toString());
    command.add("-Xmx" + heap);
    command.add("--add-modules=jdk.incubator.vector");
    OPENED_PACKAGES.forEach(p -> command.add("--add-opens=java.base/" + p + "=ALL-UNNAMED"));
    command.add("-Dlog4j.configuration=file:" + scratch.resolve("log4j.properties"));
    command.add("-cp");
    command.add(lib.resolve("systemds-3.3.0.jar") + ":" + lib + "/*");
    command.add("org.apache.sysds.api.DMLScript");
    command.addAll(List.of("-exec", "singlenode"));
    command.addAll(List.of("-config", scratch.resolve("systemds.xml").toString()));
    command.addAll(List.of("-f", script.toString()));
    switch (subject.mode()) {
      case "base" -> {}
      case "trace" -> command.add("-lineage");
      case "dedup" -> command.addAll(List.of("-lineage", "dedup"));
      case "full", "partial", "multilevel", "hybrid" ->
          command.addAll(List.of("-lineage", "reuse_" + subject.mode()));
      default ->
          throw new IllegalArgumentException("SystemDS has no mode '" + subject.mode() + "'");
    }
    return command;
  }

  private static Path findJava17() throws IOException {
    String named = System.getenv("SYSTEMDS_JAVA_HOME");
    if (named != null) {
      return Path.of(named, "bin/java");
    }
    Path folder = Path.of("/usr/lib/jvm");
    if (Files.isDirectory(folder)) {
      try (Stream<Path> homes = Files.list(folder)) {
        for (Path home : homes.sorted().toList()) {
          Path release = home.resolve("release");
          if (Files.exists(release)
              && Files.readString(release).contains("JAVA_VERSION=\"17")
              && Files.isExecutable(home.resolve("bin/java"))) {
            return home.resolve("bin/java");
          }
        }
      }
    }
    throw new IOException(
        "SystemDS 3.3.0 runs on Java 17, and none is in /usr/lib/jvm: install"
            + " openjdk-17-jre-headless or set SYSTEMDS_JAVA_HOME");
  }
}
