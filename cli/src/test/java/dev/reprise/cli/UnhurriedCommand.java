package dev.reprise.cli;

import dev.reprise.UserEnvironment;
import dev.reprise.store.StoreConfig;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The command as {@link Main} runs it, but that nothing depends on how long something takes: told
 * to end, it tidies up however long that takes; it writes nothing to a store before it has left,
 * and what the store is asked for is worth keeping, though it does not pay for being written in
 * time.
 */
final class UnhurriedCommand {
  private UnhurriedCommand() {}

  public static void main(String[] args) {
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    Interruption interruption = new Interruption(err, Duration.ofHours(1));
    interruption.install();
    Departure departure = Departure.of(UserEnvironment.leaving(), UnhurriedCommand::storing);
    Main.runAndExit(
        List.of(args), new Console(StandardOutput.open(), err, interruption, departure));
  }

  private static StoreConfig storing(StoreConfig named) {
    return named
        .writtenAfterwards()
        .withRestNanos(TimeUnit.HOURS.toNanos(1))
        .withLeastCostNanos(TimeUnit.MILLISECONDS.toNanos(10));
  }
}
