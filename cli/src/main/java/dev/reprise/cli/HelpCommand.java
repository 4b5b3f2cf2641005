package dev.reprise.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise help [COMMAND]}. */
@Command(
    name = "reprise help",
    description = "Explains a command, or lists them all.",
    sortOptions = false)
final class HelpCommand implements Callable<ExitCode> {
  private final Console console;

  @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "The command to explain.")
  private String command;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  HelpCommand(Console console) {
    this.console = console;
  }

  @Override
  public ExitCode call() throws Exception {
    if (command != null) {
      return CommandRun.execute(CommandName.of(command), List.of("--help"), console);
    }
    print(console.out());
    return ExitCode.FINE;
  }

  /** Prints the list of commands. */
  static void print(PrintStream out) {
    out.println("Reprise runs machine-learning scripts and never computes the same thing twice.");
    out.println();
    out.println("Usage: reprise COMMAND [WORDS]");
    out.println();
    out.println("Commands:");
    for (CommandName name : CommandName.values()) {
      out.println("  " + padded(name.word()) + name.summary());
    }
    out.println();
    out.println("Examples:");
    out.println("  reprise run -s 'print(\"hello\")'");
    out.println("  reprise run examples/gridsearch-lm.dml --stats");
    out.println("  reprise run --reuse none examples/gridsearch-lm.dml");
    out.println();
    out.println("'reprise help COMMAND' shows a command's options.");
    out.println(
        "Exit codes: 0 fine, 1 the script's error, 2 wrong usage, 3 out of a resource, 4 our bug.");
  }

  private static String padded(String word) {
    return word + " ".repeat(12 - word.length());
  }
}
