package dev.reprise.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs several commands in one process, for the launcher's ahead-of-time cache: what a run needs
 * that computes, one that finds values in a store, and one that is found there as a whole are
 * different classes. Commands are separated by {@code ++}.
 */
public final class Training {
  private Training() {}

  public static void main(String[] args) {
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    ExitCode worst = ExitCode.FINE;
    List<String> words = new ArrayList<>();
    for (String word : args) {
      if (word.equals("++")) {
        worst = worse(worst, run(words, err));
        words.clear();
      } else {
        words.add(word);
      }
    }
    System.exit(worse(worst, run(words, err)).number());
  }

  private static ExitCode run(List<String> words, PrintStream err) {
    return Main.run(
        List.copyOf(words), new Console(StandardOutput.open(), err, new Interruption(err)));
  }

  private static ExitCode worse(ExitCode before, ExitCode now) {
    return now == ExitCode.FINE ? before : now;
  }
}
