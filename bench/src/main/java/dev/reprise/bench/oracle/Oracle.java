package dev.reprise.bench.oracle;

import dev.reprise.testkit.ScriptArguments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs scripts on SystemDS and on Reprise and reports where the answers differ; {@code
 * bench/oracle} starts it.
 */
public final class Oracle {
  private final OracleOptions options;
  private final Systems systems;

  private Oracle(OracleOptions options, Systems systems) {
    this.options = options;
    this.systems = systems;
  }

  /** The arguments are the project's root folder and then the options of {@code bench/oracle}. */
  public static void main(String[] args) throws IOException, InterruptedException {
    OracleOptions options;
    try {
      options = OracleOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n\n" + OracleOptions.USAGE);
      System.exit(2);
      return;
    }
    boolean agree;
    try (Systems systems = Systems.start(options)) {
      agree =
          options.programs() > 0
              ? new RandomPrograms(options, systems).run()
              : new Oracle(options, systems).run();
    }
    System.exit(agree ? 0 : 1);
  }

  private boolean run() throws IOException, InterruptedException {
    List<Path> scripts = new ArrayList<>();
    for (Path folder : options.folders()) {
      scripts.addAll(scripts(folder));
    }
    int differing = 0;
    for (Path script : scripts) {
      differing += check(script) ? 0 : 1;
    }
    System.out.println(scripts.size() + " scripts, " + differing + " differ");
    return differing == 0;
  }

  private List<Path> scripts(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".dml"))
          .filter(file -> options.only().matches(file.getFileName()))
          .filter(file -> !file.toString().contains("/sourced/"))
          .sorted()
          .toList();
    }
  }

  private boolean check(Path script) throws IOException, InterruptedException {
    var arguments = ScriptArguments.of(script);
    Answer expected = systems.systemDs(script, arguments);
    boolean same = true;
    for (String mode : options.modes()) {
      Answer found = systems.reprise(script, mode, arguments);
      var difference = expected.difference(found);
      if (difference.isPresent()) {
        System.out.println(script + " [" + mode + "]: " + difference.get());
        same = false;
      }
      if ("reprise".equals(options.record())) {
        record(script, found);
      }
    }
    if ("systemds".equals(options.record())) {
      record(script, expected);
    }
    return same;
  }

  /** A failure is recorded where {@code NAME.err} says that the script must fail. */
  private static void record(Path script, Answer answer) throws IOException {
    String name = script.getFileName().toString().replaceFirst("\\.dml$", "");
    if (answer.failed() && !Files.exists(script.resolveSibling(name + ".err"))) {
      System.out.println(script + ": not recorded, it failed: " + answer.shortError());
      return;
    }
    String lines =
        answer
            .printed()
            .lines()
            .filter(line -> !line.isBlank())
            .map(line -> line + "\n")
            .collect(Collectors.joining());
    Files.writeString(script.resolveSibling(name + ".out"), lines);
  }
}
