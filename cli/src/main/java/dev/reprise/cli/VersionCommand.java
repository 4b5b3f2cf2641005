package dev.reprise.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code reprise version}. */
@Command(name = "reprise version", description = "Prints the versions of Reprise and Java.")
final class VersionCommand implements Callable<ExitCode> {
  private final Console console;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  VersionCommand(Console console) {
    this.console = console;
  }

  @Override
  public ExitCode call() {
    console.out().println(text());
    return ExitCode.FINE;
  }

  static String text() {
    return "Reprise " + version() + ", Java " + Runtime.version();
  }

  /** The version that the jar's manifest carries. */
  static String version() {
    String version = VersionCommand.class.getPackage().getImplementationVersion();
    return version == null ? "(unpackaged)" : version;
  }
}
