package dev.reprise.cli;

import dev.reprise.Reprise;
import dev.reprise.Script;
import dev.reprise.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise explain}. */
@Command(
    name = "reprise explain",
    customSynopsis =
        "reprise explain [OPTIONS] (FILE | -s TEXT) [--args V... | --nvargs NAME=V...]",
    description = "Shows the program blocks and instructions that a script compiles to.",
    sortOptions = false,
    usageHelpWidth = 100,
    footer = {
      "",
      "Examples:",
      "  reprise explain train.dml",
      "  reprise explain train.dml --rewrites",
      "  reprise explain -s 'X = rand(rows=3, cols=3); print(sum(t(X) %%*%% X))'"
    })
final class ExplainCommand implements Callable<ExitCode> {
  private final Console console;

  @Mixin private final ScriptWords script = new ScriptWords();
  @Mixin private final SessionOptions options = new SessionOptions();

  @Option(
      names = "--rewrites",
      description = "Show what the compiler changed, in place of the instructions.")
  private boolean rewrites;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  ExplainCommand(Console console) {
    this.console = console;
  }

  @Override
  public ExitCode call() throws Exception {
    Settings settings = options.settings();
    EngineOptions engine = EngineOptions.of(settings, console);
    try (Session session = Reprise.session(engine.config())) {
      Script compiled = ScriptRun.compile(session, script.source(), settings.optimize());
      console.out().print(rewrites ? compiled.explainRewrites() : compiled.explain());
    }
    return ExitCode.FINE;
  }
}
