package dev.reprise.engine.stored;

import dev.reprise.store.RunFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a store is told of a run that begins now: by whom, where and when. */
final class ThisRun {
  private ThisRun() {}

  /**
   * Of a script.
   *
   * @param arguments which it was given, for people
   * @param version of the program, likewise
   */
  static RunFacts facts(String script, String arguments, String version) {
    return new RunFacts(
        userName(), hostName(), script, arguments, version, System.currentTimeMillis());
  }

  private static String userName() {
    return ProcessHandle.current().info().user().orElse("unknown");
  }

  private static String hostName() {
    try {
      return Files.readString(Path.of("/etc/hostname")).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
