package dev.reprise.cli;

import dev.reprise.Reprise;
import dev.reprise.Session;
import dev.reprise.SessionConfig;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code reprise devices}. */
@Command(
    name = "reprise devices",
    description = "Lists the devices that operations can run on, and why others cannot be used.",
    usageHelpWidth = 100)
final class DevicesCommand implements Callable<ExitCode> {
  private final Console console;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  DevicesCommand(Console console) {
    this.console = console;
  }

  @Override
  public ExitCode call() {
    SessionConfig config = SessionConfig.defaults().withOutput(console.out(), console.err());
    try (Session session = Reprise.session(config)) {
      console.out().println("cpu       " + config.threads() + " threads, 64-bit floats");
      session.deviceNotes().forEach(note -> console.out().println("          " + note));
      console.out().println("cuda      absent: this version has no CUDA devices");
      console.out().println("opencl    absent: this version has no OpenCL devices");
    }
    return ExitCode.FINE;
  }
}
