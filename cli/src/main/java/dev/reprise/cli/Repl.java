package dev.reprise.cli;

import dev.reprise.Workspace;
import dev.reprise.language.CompileException;
import dev.reprise.language.Compiler;
import dev.reprise.language.DiagnosticPrinter;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * The loop of {@code reprise repl}: reads an input, runs it, shows the value of an expression, and
 * goes on after every mistake. Everything runs on the calling thread, which Ctrl-C interrupts while
 * an input runs.
 */
final class Repl {
  private static final String PROMPT = "reprise> ";

  /** Rows and columns of a matrix or frame that are shown of an expression's value. */
  private static final String SHOW =
      "print(toString(" + Workspace.LAST_VALUE + ", rows=10, cols=10))";

  private static final String SHOW_SIMPLE = "print(" + Workspace.LAST_VALUE + ")";

  private static final List<String> KEYWORDS =
      List.of(
          "if", "else", "for", "parfor", "while", "function", "return", "source", "TRUE", "FALSE");

  private final Workspace workspace;
  private final EngineOptions options;
  private final Console console;
  private final ReplCommands commands;
  private int inputs;
  private ExitCode worst = ExitCode.FINE;

  Repl(Workspace workspace, EngineOptions options, Console console) {
    this.workspace = workspace;
    this.options = options;
    this.console = console;
    this.commands = new ReplCommands(workspace, console.out());
  }

  /** What a word can be completed to: names of this conversation first. */
  Collection<String> names() {
    TreeSet<String> names = new TreeSet<>(workspace.variables().keySet());
    names.addAll(workspace.functions());
    names.addAll(workspace.libraryFunctions());
    names.addAll(Compiler.builtins());
    names.addAll(KEYWORDS);
    names.addAll(ReplCommands.names());
    return names;
  }

  /**
   * Runs inputs until there are no more.
   *
   * @param stopAtFailure ends with the first mistake, as for a file of inputs
   * @return how the last mistake ended, or fine when there was none or a person saw them all
   */
  ExitCode run(ReplInput input, boolean stopAtFailure) throws IOException {
    Thread self = Thread.currentThread();
    while (true) {
      String text;
      try {
        text = input.next(PROMPT);
      } catch (ReplInput.GivenUp e) {
        continue;
      }
      if (text == null || text.strip().equals(":quit") || text.strip().equals(":q")) {
        return stopAtFailure ? worst : ExitCode.FINE;
      }
      if (!text.isBlank()) {
        input.onInterrupt(self::interrupt);
        boolean fine = answer(text);
        // An interrupt that came too late must not end the next input.
        Thread.interrupted();
        if (!fine && stopAtFailure) {
          return worst;
        }
      }
    }
  }

  private boolean answer(String text) {
    try {
      if (!ReplCommands.isCommand(text)) {
        evaluate("<input " + ++inputs + ">", text);
      } else {
        ReplCommands.Script script = commands.run(text);
        if (script != null) {
          evaluate(script.name(), script.text());
        }
      }
      console.out().flush();
      return true;
    } catch (Exception | StackOverflowError | OutOfMemoryError e) {
      console.out().flush();
      worst = new Failures(console, List.of("repl")).report(e);
      console.err().flush();
      return false;
    }
  }

  private void evaluate(String name, String text) throws CompileException {
    Workspace.Answer answer = told(name, text);
    console.err().print(DiagnosticPrinter.print(answer.warnings()));
    commands.ran(answer.statistics());
    if (answer.isExpression()) {
      String kind = workspace.variables().get(Workspace.LAST_VALUE);
      boolean isTable = kind.startsWith("matrix ") || kind.startsWith("frame ");
      if (isTable) {
        console.out().println(kind);
      }
      workspace.run("<show>", isTable ? SHOW : SHOW_SIMPLE);
    }
  }

  /** The input's own times are told, and nothing of them where its answer or error will stand. */
  private Workspace.Answer told(String name, String text) throws CompileException {
    options.beginProgress();
    try {
      return workspace.run(name, text);
    } finally {
      options.clearProgress();
    }
  }
}
