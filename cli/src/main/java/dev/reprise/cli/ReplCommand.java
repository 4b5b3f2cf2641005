package dev.reprise.cli;

import dev.reprise.Reprise;
import dev.reprise.Session;
import dev.reprise.SessionConfig;
import dev.reprise.Workspace;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise repl}. */
@Command(
    name = "reprise repl",
    customSynopsis = "reprise repl [OPTIONS]",
    description = {
      "Runs statements and shows the values of expressions as you type them.",
      "Variables, functions and the cache live until you leave; :help lists the commands.",
      "Reads from a file or pipe as well: reprise repl < inputs.dml"
    },
    sortOptions = false,
    usageHelpWidth = 100,
    footer = {
      "",
      "Examples:",
      "  reprise repl",
      "  reprise repl --seed 7 --memory host=4g",
      "  echo 'sum(seq(1, 100))' | reprise repl"
    })
final class ReplCommand implements Callable<ExitCode> {
  private final Console console;

  @Mixin private final SessionOptions options = new SessionOptions();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  ReplCommand(Console console) {
    this.console = console;
  }

  @Override
  public ExitCode call() throws Exception {
    EngineOptions engine =
        EngineOptions.of(StoreChoice.settled(options.settings(), RepriseFile.ofUser()), console);
    engine.tellNotes(console.err());
    try (Session session = Reprise.session(engine.config());
        Workspace workspace = session.workspace()) {
      Repl repl = new Repl(workspace, engine, console);
      if (System.console() == null || !System.console().isTerminal()) {
        console.interruption().onInterrupt(Thread.currentThread()::interrupt);
        try (ReplInput input = new PlainInput(System.in)) {
          return repl.run(input, true);
        }
      }
      console.out().println(VersionCommand.text() + "; :help for help, Ctrl-D to leave");
      console.out().flush();
      try (ReplInput input = TerminalInput.ofProcess(history(engine.config()), repl::names)) {
        return repl.run(input, false);
      }
    }
  }

  /** Beside the unpacked natives, in the user's folder for files of ours. */
  private static Path history(SessionConfig config) {
    return config.natives().toAbsolutePath().resolveSibling("repl-history");
  }
}
