package dev.reprise.bench.oracle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The two systems that are compared, each in its own process. System properties, set by {@code
 * bench/oracle}, say where they are: {@code oracle.java17}, {@code oracle.systemds} and {@code
 * oracle.reprise} (class paths).
 */
final class Systems implements AutoCloseable {
  private final Worker systemDs;
  private final Worker reprise;
  private final Path scratch;

  private Systems(Worker systemDs, Worker reprise, Path scratch) {
    this.systemDs = systemDs;
    this.reprise = reprise;
    this.scratch = scratch;
  }

  static Systems start(OracleOptions options) throws IOException {
    Path scratch = Files.createTempDirectory("oracle-systemds");
    Path configuration = scratch.resolve("systemds.xml");
    Files.writeString(
        configuration,
        "<root><sysds.scratch>%s/space</sysds.scratch><sysds.localtmpdir>%s/local</sysds.localtmpdir></root>\n"
            .formatted(scratch, scratch));
    return new Systems(
        new Worker(systemDs(configuration), options.root(), options.limitSeconds()),
        new Worker(reprise(options.root()), options.root(), options.limitSeconds()),
        scratch);
  }

  private static List<String> systemDs(Path configuration) {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("oracle.java17"));
    command.addAll(List.of("-Xmx2g", "-Xss8m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(
        List.of("--add-modules=jdk.incubator.vector", "-Dlog4j.defaultInitOverride=true"));
    for (String opened : List.of("java.nio", "java.io", "java.util", "java.lang", "sun.nio.ch")) {
      command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", System.getProperty("oracle.systemds")));
    command.addAll(List.of("dev.reprise.bench.oracle.SystemDsWorker", configuration.toString()));
    return command;
  }

  private static List<String> reprise(Path root) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of("-Xmx2g", "-Xss8m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(List.of("-cp", System.getProperty("oracle.reprise")));
    command.addAll(List.of("dev.reprise.bench.oracle.RepriseWorker", root.toString()));
    return command;
  }

  /** A failure counts when a new process repeats it: one script's end may harm the next. */
  Answer systemDs(Path script, Map<String, String> arguments)
      throws IOException, InterruptedException {
    Answer answer = systemDs.run(script, "base", arguments);
    if (!answer.failed()) {
      return answer;
    }
    systemDs.restart();
    return systemDs.run(script, "base", arguments);
  }

  /** SystemDS's first answer, which is not tried again. */
  Answer systemDsOnce(Path script, Map<String, String> arguments)
      throws IOException, InterruptedException {
    return systemDs.run(script, "base", arguments);
  }

  Answer reprise(Path script, String mode, Map<String, String> arguments)
      throws IOException, InterruptedException {
    return reprise.run(script, mode, arguments);
  }

  @Override
  public void close() {
    try {
      systemDs.close();
      reprise.close();
      Folders.delete(scratch);
    } catch (IOException e) {
      System.err.println("left behind: " + scratch + ": " + e.getMessage());
    }
  }
}
