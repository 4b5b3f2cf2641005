package dev.reprise.cli;

import dev.reprise.store.StoreConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The {@code reprise} command within a test: words in; exit code and texts of the last run out.
 * What a store keeps of a run does not depend on how long that took.
 */
abstract class CommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  final ExitCode run(String... words) {
    out.reset();
    err.reset();
    PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
    return Main.run(
        List.of(words),
        new Console(
            StandardOutput.printStream(out),
            errors,
            new Interruption(errors),
            Departure.none(CommandTest::keepingAll)));
  }

  private static StoreConfig keepingAll(StoreConfig named) {
    return named.withLeastCostNanos(TimeUnit.HOURS.toNanos(1));
  }

  /** What the last run has printed. */
  final String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** What it has said on standard error. */
  final String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
