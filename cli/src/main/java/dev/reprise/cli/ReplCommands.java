package dev.reprise.cli;

import dev.reprise.RunStatistics;
import dev.reprise.Workspace;
import dev.reprise.language.CompileException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a line that begins with a colon does. For one thread. */
final class ReplCommands {
  /** Each command with its argument and what it does, in the order of the help. */
  private static final List<String[]> TABLE =
      List.of(
          new String[] {":help", "", "this list"},
          new String[] {":vars", "", "variables with types and shapes, and functions"},
          new String[] {":lineage", "NAME", "how a variable came to be"},
          new String[] {":stats", "", "what the last input executed, found and saved"},
          new String[] {":explain", "INPUT", "blocks and instructions of an input"},
          new String[] {":load", "FILE", "run a script here, with these variables"},
          new String[] {":forget", "[NAME]", "forget a variable or function, or all of them"},
          new String[] {":quit", "", "leave (also Ctrl-D)"});

  private final Workspace workspace;
  private final PrintStream out;
  private RunStatistics last;

  ReplCommands(Workspace workspace, PrintStream out) {
    this.workspace = workspace;
    this.out = out;
  }

  static boolean isCommand(String input) {
    return input.stripLeading().startsWith(":");
  }

  static List<String> names() {
    return TABLE.stream().map(row -> row[0]).toList();
  }

  /** Notes what the last input did. */
  void ran(RunStatistics statistics) {
    last = statistics;
  }

  /**
   * Runs one command.
   *
   * @return the text of a script to run in the workspace, or null
   * @throws UsageException when the command is wrong
   */
  Script run(String line) throws IOException, CompileException {
    String[] parts = line.strip().split("\\s+", 2);
    String argument = parts.length > 1 ? parts[1].strip() : "";
    switch (parts[0]) {
      case ":help", ":h", ":?" -> help();
      case ":vars" -> variables();
      case ":lineage" -> lineage(needed(argument, ":lineage NAME"));
      case ":stats" -> statistics();
      case ":explain" ->
          out.print(workspace.explain("<explain>", needed(argument, ":explain INPUT")));
      case ":forget" -> forget(argument);
      case ":load" -> {
        return load(needed(argument, ":load FILE"));
      }
      default ->
          throw new UsageException(
              "unknown command '"
                  + parts[0]
                  + "'"
                  + Choices.hint(parts[0], names())
                  + " (:help lists them)");
    }
    return null;
  }

  /** A script to run in the workspace. */
  record Script(String name, String text) {}

  private static String needed(String argument, String usage) {
    if (argument.isEmpty()) {
      throw new UsageException("write " + usage);
    }
    return argument;
  }

  private void help() {
    for (String[] row : TABLE) {
      out.printf("  %-18s %s%n", (row[0] + " " + row[1]).strip(), row[2]);
    }
    out.println(
        "Anything else is a statement, or an expression whose value is shown and kept as ans.");
  }

  private void variables() {
    for (Map.Entry<String, String> variable : workspace.variables().entrySet()) {
      out.printf("  %-18s %s%n", variable.getKey(), variable.getValue());
    }
    for (String function : workspace.functions()) {
      out.printf("  %-18s %s%n", function, "function");
    }
  }

  private void lineage(String name) {
    try {
      out.print(workspace.lineage(name));
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          e.getMessage() + Choices.hint(name, List.copyOf(workspace.variables().keySet())));
    }
  }

  private void statistics() {
    if (last == null) {
      throw new UsageException("nothing has run yet");
    }
    out.print(StatisticsTable.text(last, Settings.DEFAULT_STATS_ROWS));
  }

  private void forget(String name) {
    if (name.isEmpty()) {
      workspace.forgetAll();
    } else if (!workspace.forget(name)) {
      throw new UsageException("there is no variable or function '" + name + "'");
    }
  }

  private static Script load(String file) throws IOException {
    Path path = Path.of(file);
    if (!Files.isRegularFile(path)) {
      throw new UsageException("script not found: " + file);
    }
    return new Script(file, Files.readString(path, StandardCharsets.UTF_8));
  }
}
