package dev.reprise.ci;

import dev.reprise.CompileOptions;
import dev.reprise.DeviceConfig;
import dev.reprise.Reprise;
import dev.reprise.RunResult;
import dev.reprise.RunStatistics;
import dev.reprise.Session;
import dev.reprise.SessionConfig;
import dev.reprise.StoreUse;
import dev.reprise.store.StoreConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A process that runs a script on a store as the command does, but that whatever the store is asked
 * for is kept and loaded, however long it takes.
 */
final class StoredScript {
  static final String WARM_START = "warm start";

  private StoredScript() {}

  /**
   * Prints what the script prints.
   *
   * @param arguments the folder of the store, a file for what it did, the script, and if trainings
   *     are to begin from its models, {@value #WARM_START}
   */
  public static void main(String[] arguments) throws Exception {
    StoreConfig plain =
        StoreConfig.of(Path.of(arguments[0])).withLeastCostNanos(TimeUnit.HOURS.toNanos(1));
    boolean isWarm = List.of(arguments).contains(WARM_START);
    SessionConfig config =
        SessionConfig.defaults()
            .withDevices(DeviceConfig.CPU)
            .withStore(isWarm ? plain.withWarmStart() : plain);
    try (Session session = Reprise.session(config)) {
      StoreUse use = run(session, arguments[2]).store();
      Files.writeString(Path.of(arguments[1]), text(counts(use)));
    }
  }

  private static RunStatistics run(Session session, String script) throws Exception {
    CompileOptions options = CompileOptions.none().runsOnce(true);
    RunStatistics recalled = session.recall(script, options);
    if (recalled != null) {
      return recalled;
    }
    try (RunResult result = session.compile(script, options).run()) {
      return result.statistics();
    }
  }

  private static Map<String, Long> counts(StoreUse use) {
    return Map.of(
        "hits", use.hits(),
        "regions", use.regions(),
        "programs", use.programs(),
        "coldStarts", use.coldStarts(),
        "warmStarts", use.warmStarts());
  }

  private static String text(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .map(count -> count.getKey() + " " + count.getValue() + "\n")
        .collect(Collectors.joining());
  }

  /** What such a process left in its file. */
  static Map<String, Long> read(Path file) throws Exception {
    List<String> lines = Files.readAllLines(file);
    return lines.stream()
        .map(line -> line.split(" "))
        .collect(Collectors.toMap(words -> words[0], words -> Long.parseLong(words[1])));
  }
}
