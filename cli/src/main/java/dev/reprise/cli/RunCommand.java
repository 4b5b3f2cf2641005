package dev.reprise.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise run}. */
@Command(
    name = "reprise run",
    customSynopsis = "reprise run [OPTIONS] (FILE | -s TEXT) [--args V... | --nvargs NAME=V...]",
    description = "Runs a script.",
    sortOptions = false,
    usageHelpWidth = 100,
    footer = {
      "",
      "Examples:",
      "  reprise run train.dml",
      "  reprise run train.dml --stats --nvargs X=data/x.csv reg=0.01",
      "  reprise run -s 'print(sum(rand(rows=3, cols=3)))' --seed 7",
      "  reprise run train.dml --reuse none --threads 1 --args data/x.csv",
      "  reprise run train.dml --memory host=4g,disk=50g --stats-json stats.json"
    })
final class RunCommand implements Callable<ExitCode> {
  private final Console console;

  @Mixin private final ScriptWords script = new ScriptWords();
  @Mixin private final SessionOptions options = new SessionOptions();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  RunCommand(Console console) {
    this.console = console;
  }

  @Override
  public ExitCode call() throws Exception {
    return new ScriptRun(console).run(settings(), source());
  }

  ScriptSource source() throws IOException {
    return script.source();
  }

  Settings settings() {
    return options.settings();
  }
}
