package dev.reprise.cli;

import dev.reprise.UserEnvironment;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Entry point of the {@code reprise} command. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    PrintStream err =
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.err)),
            true,
            StandardCharsets.UTF_8);
    Interruption interruption = new Interruption(err);
    interruption.install();
    Departure departure = Departure.of(UserEnvironment.leaving());
    runAndExit(List.of(args), new Console(StandardOutput.open(), err, interruption, departure));
  }

  /** Runs one command, after which the process ends; by the main thread. */
  static void runAndExit(List<String> words, Console console) {
    ExitCode code = run(words, console);
    console.interruption().finished();
    if (!console.interruption().isInterrupted() && !(code == ExitCode.FINE && isLastThread())) {
      System.exit(code.number());
    }
  }

  /**
   * Whether the process ends when this thread does. That takes 20 ms less than {@code System.exit},
   * which asks all jars for a logger that might want to know of it.
   */
  private static boolean isLastThread() {
    ThreadGroup all = Thread.currentThread().getThreadGroup();
    while (all.getParent() != null) {
      all = all.getParent();
    }
    Thread[] threads = new Thread[2 * all.activeCount() + 8];
    int count = all.enumerate(threads);
    return count < threads.length
        && Arrays.stream(threads, 0, count)
            .allMatch(thread -> thread.isDaemon() || thread == Thread.currentThread());
  }

  /** Runs one command; whatever goes wrong has been told on {@code err} when this returns. */
  static ExitCode run(List<String> words, Console console) {
    try {
      ExitCode code = command(words, console);
      console.out().flush();
      return code;
    } catch (Throwable failure) {
      return new Failures(console, words).report(failure);
    }
  }

  private static ExitCode command(List<String> words, Console console) throws Exception {
    String first = words.isEmpty() ? "" : words.getFirst();
    switch (first) {
      case "" -> {
        HelpCommand.print(console.err());
        return ExitCode.USAGE;
      }
      case "-h", "--help", "-help" -> {
        HelpCommand.print(console.out());
        return ExitCode.FINE;
      }
      case "-V", "--version", "-version" -> {
        console.out().println(VersionCommand.text());
        return ExitCode.FINE;
      }
      case "run" -> {
        return runScript(rest(words), console);
      }
      case "dml" -> {
        return runDml(rest(words), console);
      }
      default -> {
        return CommandRun.execute(CommandName.of(first), rest(words), console);
      }
    }
  }

  private static ExitCode runScript(List<String> words, Console console) throws Exception {
    ScriptWords script = new ScriptWords();
    SessionOptions options = new SessionOptions();
    return QuickWords.read(words, script, options)
        ? new ScriptRun(console).run(options.settings(), script.source())
        : CommandRun.execute(CommandName.RUN, words, console);
  }

  private static ExitCode runDml(List<String> words, Console console) throws Exception {
    if (words.contains("-help") || words.contains("--help")) {
      return CommandRun.execute(CommandName.DML, List.of("--help"), console);
    }
    DmlFlags flags = DmlFlags.parse(words, console.err());
    return new ScriptRun(console).run(flags.settings(), flags.source());
  }

  private static List<String> rest(List<String> words) {
    return words.subList(1, words.size());
  }
}
