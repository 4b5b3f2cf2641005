package dev.reprise.cli;

import dev.reprise.CompileOptions;
import dev.reprise.Reprise;
import dev.reprise.RunResult;
import dev.reprise.RunStatistics;
import dev.reprise.Script;
import dev.reprise.Session;
import dev.reprise.language.CompileException;
import dev.reprise.language.DiagnosticPrinter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Compiles and runs one script and reports about it. */
final class ScriptRun {
  private final Console console;

  ScriptRun(Console console) {
    this.console = console;
  }

  /**
   * Settings come first: an option that lacks its value has taken the name of the script, and is to
   * be told before that there is no script.
   */
  ExitCode run(Settings asked, ScriptSource source) throws Exception {
    Settings settings = StoreChoice.settled(asked, RepriseFile.ofUser());
    EngineOptions options = EngineOptions.of(settings, console);
    options.tellNotes(console.err());
    if (settings.verbose()) {
      console.err().println("reprise: " + options);
    }
    if (isPlain(settings) && recallQuickly(options, source, settings)) {
      return ExitCode.FINE;
    }
    try (Session session = Reprise.session(options.config())) {
      console.interruption().onInterrupt(Thread.currentThread()::interrupt);
      RunStatistics recalled = settings.explain() ? null : recall(session, source, settings);
      if (recalled != null) {
        report(recalled, settings);
        leave(session);
        return ExitCode.FINE;
      }
      Script script = compile(session, source, settings.optimize());
      console.err().print(DiagnosticPrinter.print(script.warnings()));
      if (settings.explain()) {
        console.err().print(script.explain());
      }
      try (RunResult result = script.run()) {
        options.clearProgress();
        report(result.statistics(), settings);
      }
      leave(session);
    } finally {
      options.clearProgress();
    }
    return ExitCode.FINE;
  }

  /** Lets the caller go on, who has all that he asked for, while the store is written. */
  private void leave(Session session) throws IOException {
    if (!console.departure().isPossible()) {
      return;
    }
    // First: when nobody reads what was printed, whoever waits for that must not wait for more.
    console.out().flush();
    console.err().flush();
    if (session.closeAtLeisure()) {
      console.departure().leave(ExitCode.FINE);
    }
  }

  /** True when nothing but the script's own output is wanted. */
  private static boolean isPlain(Settings settings) {
    return !settings.explain() && !settings.stats() && settings.statsJson() == null;
  }

  private static boolean recallQuickly(
      EngineOptions options, ScriptSource source, Settings settings) throws IOException {
    CompileOptions asked = options(source, settings.optimize());
    if (source.file() == null) {
      return Reprise.recall(options.config(), source.text(), asked);
    }
    return isScript(source.file()) && Reprise.recall(options.config(), source.file(), asked);
  }

  private static boolean isScript(Path file) {
    return Files.isReadable(file) && Files.isRegularFile(file);
  }

  private static RunStatistics recall(Session session, ScriptSource source, Settings settings)
      throws IOException {
    CompileOptions options = options(source, settings.optimize());
    if (source.file() == null) {
      return session.recall(source.text(), options);
    }
    return isScript(source.file()) ? session.recall(source.file(), options) : null;
  }

  private static CompileOptions options(ScriptSource source, boolean optimize) {
    return CompileOptions.none().arguments(source.arguments()).optimized(optimize).runsOnce(true);
  }

  /**
   * @throws UsageException when there is no such file
   */
  static Script compile(Session session, ScriptSource source, boolean optimize)
      throws CompileException, IOException {
    CompileOptions options = options(source, optimize);
    if (source.file() == null) {
      return session.compile(source.text(), options);
    }
    if (!Files.exists(source.file())) {
      throw new UsageException("script not found: " + source.file());
    }
    if (!Files.isRegularFile(source.file()) || !Files.isReadable(source.file())) {
      throw new UsageException("script is no readable file: " + source.file());
    }
    return session.compile(source.file(), options);
  }

  private void report(RunStatistics statistics, Settings settings) throws IOException {
    if (settings.statsJson() != null) {
      StatisticsJson.write(statistics, settings.precision(), settings.statsJson());
    }
    if (settings.stats()) {
      console.out().flush();
      console.err().print(StatisticsTable.text(statistics, settings.statsRows()));
      console.err().print(StatisticsTable.precision(settings.precision()));
      console.err().flush();
    }
    if (statistics.forecast() != null) {
      console.out().flush();
      console.err().print(ForecastTable.text(statistics.forecast(), settings.statsRows()));
      console.err().flush();
    }
  }
}
