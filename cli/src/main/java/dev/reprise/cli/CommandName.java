package dev.reprise.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** The commands in the order of the help text. */
enum CommandName {
  RUN("run", "run a script"),
  REPL("repl", "run statements as you type them"),
  CHECK("check", "report the mistakes of a script without running it"),
  EXPLAIN("explain", "show a script's blocks and instructions"),
  REPLAY("replay", "recompute a value from its lineage file"),
  LINEAGE("lineage", "show how a value came to be, ask about it, compare two"),
  BENCH("bench", "compare devices and modes of reuse on a script"),
  DEVICES("devices", "list the devices that operations can run on"),
  EXPERIMENTS("experiments", "look into an experiment store, compare runs, check it"),
  SERVE("serve", "serve an experiment store to a team"),
  DML("dml", "run a script with the flags of Apache SystemDS"),
  VERSION("version", "print the versions of Reprise and Java"),
  HELP("help", "explain a command");

  private final String word;
  private final String summary;

  CommandName(String word, String summary) {
    this.word = word;
    this.summary = summary;
  }

  String word() {
    return word;
  }

  String summary() {
    return summary;
  }

  /** A fresh picocli command object; only its class is loaded. */
  Callable<ExitCode> create(Console console) {
    return switch (this) {
      case RUN -> new RunCommand(console);
      case REPL -> new ReplCommand(console);
      case CHECK -> new CheckCommand(console);
      case EXPLAIN -> new ExplainCommand(console);
      case REPLAY -> new ReplayCommand(console);
      case LINEAGE -> new LineageCommand(console);
      case BENCH -> new BenchCommand(console);
      case DEVICES -> new DevicesCommand(console);
      case EXPERIMENTS -> new ExperimentsCommand(console);
      case SERVE -> new ServeCommand(console);
      case DML -> new DmlCommand();
      case VERSION -> new VersionCommand(console);
      case HELP -> new HelpCommand(console);
    };
  }

  /**
   * @throws UsageException naming the nearest command
   */
  static CommandName of(String word) {
    List<String> words = new ArrayList<>();
    for (CommandName command : values()) {
      if (command.word.equals(word)) {
        return command;
      }
      words.add(command.word);
    }
    throw new UsageException(
        "unknown command '"
            + word
            + "'"
            + Choices.hint(word, words)
            + " ('reprise help' lists them)");
  }
}
