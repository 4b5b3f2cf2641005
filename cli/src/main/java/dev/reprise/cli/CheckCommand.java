package dev.reprise.cli;

import dev.reprise.Reprise;
import dev.reprise.Script;
import dev.reprise.Session;
import dev.reprise.language.CompileException;
import dev.reprise.language.Diagnostic;
import dev.reprise.language.DiagnosticPrinter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise check}. */
@Command(
    name = "reprise check",
    customSynopsis = "reprise check [OPTIONS] (FILE | -s TEXT) [--args V... | --nvargs NAME=V...]",
    description = {
      "Reports all mistakes of a script without running it.",
      "Ends with 1 when there are errors; warnings alone end with 0."
    },
    sortOptions = false,
    usageHelpWidth = 100,
    footer = {
      "",
      "Examples:",
      "  reprise check train.dml --nvargs X=data/x.csv",
      "  reprise check train.dml --json"
    })
final class CheckCommand implements Callable<ExitCode> {
  private final Console console;

  @Mixin private final ScriptWords script = new ScriptWords();
  @Mixin private final SessionOptions options = new SessionOptions();

  @Option(names = "--json", description = "Print the findings as a JSON array.")
  private boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  CheckCommand(Console console) {
    this.console = console;
  }

  @Override
  public ExitCode call() throws Exception {
    EngineOptions engine = EngineOptions.of(options.settings(), console);
    try (Session session = Reprise.session(engine.config())) {
      Script compiled = ScriptRun.compile(session, script.source(), true);
      print(compiled.warnings());
      return ExitCode.FINE;
    } catch (CompileException e) {
      print(e.diagnostics());
      return ExitCode.SCRIPT;
    }
  }

  private void print(List<Diagnostic> diagnostics) throws Exception {
    if (json) {
      DiagnosticJson.write(diagnostics, console.out());
    } else {
      console.out().print(DiagnosticPrinter.print(diagnostics));
    }
  }
}
