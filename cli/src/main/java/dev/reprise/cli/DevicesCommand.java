package dev.reprise.cli;

import dev.reprise.DeviceReport;
import dev.reprise.Reprise;
import dev.reprise.Session;
import dev.reprise.SessionConfig;
import dev.reprise.runtime.accelerator.AcceleratorInfo;
import java.io.IOException;
import java.util.Locale;
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

  @Option(
      names = "--format",
      paramLabel = "text|json",
      description = "How the list is printed. Default: text.")
  private String format = "text";

  DevicesCommand(Console console) {
    this.console = console;
  }

  @Override
  public ExitCode call() throws IOException {
    boolean asJson = Choices.oneOf("--format", format, Choices.LISTING).equals("json");
    SessionConfig config = SessionConfig.defaults().withOutput(console.out(), console.err());
    try (Session session = Reprise.session(config)) {
      DeviceReport accelerators = session.accelerators();
      if (asJson) {
        console
            .out()
            .print(
                DevicesJson.text(
                    config.threads(), session.deviceNotes(), accelerators, session.calibrated()));
      } else {
        console.out().println("cpu       " + config.threads() + " threads, 64-bit floats");
        session.deviceNotes().forEach(note -> console.out().println("          " + note));
        accelerators.found().forEach(this::show);
        accelerators.absences().forEach(absence -> console.out().println("absent    " + absence));
        session
            .calibrated()
            .forEach((device, times) ->
                console
                    .out()
                    .println(
                        "learnt    " + device + ": " + times + " times of operations, for auto"));
      }
    }
    return ExitCode.FINE;
  }

  private void show(AcceleratorInfo device) {
    console.out().println(String.format(Locale.ROOT, "%-9s %s", device.name(), device.product()));
    console
        .out()
        .println(
            "          "
                + device.driver()
                + "; "
                + Units.bytes(device.memoryBytes())
                + " memory, largest buffer "
                + Units.bytes(device.largestBuffer())
                + ", "
                + device.computeUnits()
                + " compute units, "
                + (device.hasDoubles() ? "32- and 64-bit floats" : "32-bit floats only")
                + (device.isProcessor() ? "; this machine's processor: auto leaves it out" : ""));
  }
}
