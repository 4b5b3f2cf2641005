package dev.reprise;

import dev.reprise.engine.Conversation;
import dev.reprise.language.CompileException;
import dev.reprise.language.Diagnostic;
import dev.reprise.language.Position;
import dev.reprise.language.syntax.InputPieces;
import dev.reprise.lineage.TraceText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A conversation with a session: inputs that follow one another and share variables, functions and
 * name spaces, while the session's cache stays warm. What {@code reprise repl} is made of. For one
 * thread at a time: while an input runs, further ones and changes are refused with an {@link
 * IllegalStateException}. Any thread may close it, before its session.
 *
 * <p>Whoever closes waits for the input that runs, which has been cancelled and waits for nobody
 * who closes; a thread that works for the input would wait for itself, and is refused.
 */
public final class Workspace implements AutoCloseable {
  /** The variable that keeps the value of the last expression. */
  public static final String LAST_VALUE = "ans";

  private static final String ASSIGNED = LAST_VALUE + " = ";

  private final Conversation conversation;

  /** Held by whoever looks at variables, and while close gives them back; nobody waits in it. */
  private final Object variablesLock = new Object();

  private boolean inUse; // guarded by this
  private boolean closed; // guarded by this

  Workspace(Conversation conversation) {
    this.conversation = conversation;
  }

  /**
   * What an input did.
   *
   * @param isExpression true when it was an expression, whose value is now in {@link #LAST_VALUE}
   * @param statistics what its run did
   * @param warnings what the compiler found worth saying
   */
  public record Answer(boolean isExpression, RunStatistics statistics, List<Diagnostic> warnings) {}

  /**
   * Runs statements, or evaluates an expression.
   *
   * @param name what messages call the input
   * @param text the statements or the expression
   * @return what it did
   * @throws CompileException with all mistakes; nothing has run then
   * @throws ScriptException when the input fails; variables keep what it assigned before
   * @throws IllegalStateException when another input runs, on whatever thread, or the workspace is
   *     closed
   * @throws java.util.concurrent.CancellationException when it is being closed meanwhile
   */
  public Answer run(String name, String text) throws CompileException {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(text, "text");
    begin("Workspace.run");
    try {
      return answer(name, text);
    } finally {
      end();
    }
  }

  private synchronized void begin(String call) {
    requireOpen(call);
    if (inUse) {
      throw new IllegalStateException(
          "an input of this workspace is running; run inputs one after the other, or use a"
              + " workspace for each thread");
    }
    inUse = true;
  }

  private synchronized void requireOpen(String call) {
    if (closed) {
      throw new IllegalStateException(call + ": the workspace is closed");
    }
    conversation.requireOpen(call);
  }

  private synchronized void end() {
    inUse = false;
    notifyAll();
  }

  private Answer answer(String name, String text) throws CompileException {
    Conversation.Input expression = expressionOrNull(name, text);
    try {
      Conversation.Answer answer = compiled(expression, name, text).run();
      return new Answer(expression != null, answer.statistics(), answer.warnings());
    } catch (ScriptException e) {
      throw expression == null ? e : e.withoutPrefix(name, ASSIGNED);
    }
  }

  private Conversation.Input compiled(Conversation.Input expression, String name, String text)
      throws CompileException {
    return expression == null ? conversation.compile(name, text) : expression;
  }

  /**
   * The input as {@code ans = text} when that compiles; null when it is a statement, perhaps one
   * with mistakes.
   *
   * @throws CompileException with the mistakes of what can only be an expression
   */
  private Conversation.Input expressionOrNull(String name, String text) throws CompileException {
    if (text.isBlank() || text.stripLeading().startsWith("#")) {
      return null;
    }
    try {
      return conversation.compile(name, ASSIGNED + text.strip());
    } catch (CompileException e) {
      if (InputPieces.of(text).isExpression()) {
        throw new CompileException(e.diagnostics().stream().map(Workspace::asTyped).toList());
      }
      return null;
    }
  }

  /** A mistake of {@code ans = text} as one of the text. */
  private static Diagnostic asTyped(Diagnostic found) {
    String line = found.sourceLine();
    Position at = found.position();
    if (at == null || at.line() != 1 || line == null || !line.startsWith(ASSIGNED)) {
      return found;
    }
    return new Diagnostic(
        found.severity(),
        new Position(at.file(), 1, Math.max(1, at.column() - ASSIGNED.length())),
        found.length(),
        found.message(),
        found.hint(),
        line.substring(ASSIGNED.length()));
  }

  /**
   * Compiles an input, a statement or an expression, which is not run.
   *
   * @param name what messages call the input
   * @param text the statements or the expression
   * @return blocks and instructions
   * @throws CompileException with all mistakes
   * @throws IllegalStateException when an input runs, or the workspace is closed
   */
  public String explain(String name, String text) throws CompileException {
    begin("Workspace.explain");
    try {
      return compiled(expressionOrNull(name, text), name, text).explain();
    } finally {
      end();
    }
  }

  /**
   * Whether more must follow.
   *
   * @param text the beginning of an input
   * @return true when a bracket, a text, a comment or an operator is open at its end
   */
  public static boolean isOpen(String text) {
    return InputPieces.of(text).isOpen();
  }

  /** {@return type and shape of each variable by its name, in alphabetical order} */
  public Map<String, String> variables() {
    Map<String, String> described = new LinkedHashMap<>();
    synchronized (variablesLock) {
      conversation
          .variables()
          .forEach((name, variable) -> described.put(name, variable.description()));
    }
    return described;
  }

  /** {@return functions defined so far} */
  public List<String> functions() {
    synchronized (variablesLock) {
      return conversation.functions();
    }
  }

  /** {@return names of library functions} */
  public Set<String> libraryFunctions() {
    return conversation.libraryFunctions();
  }

  /**
   * The trace of a variable as text.
   *
   * @param name of the variable
   * @return a line for each item
   * @throws IllegalArgumentException when there is none, or it was not traced
   */
  public String lineage(String name) {
    Conversation.Variable variable;
    synchronized (variablesLock) {
      variable = conversation.variables().get(name);
    }
    if (variable == null) {
      throw new IllegalArgumentException("there is no variable '" + name + "'");
    }
    if (variable.item() == null) {
      throw new IllegalArgumentException("'" + name + "' was not traced (--reuse none)");
    }
    return TraceText.of(variable.item());
  }

  /**
   * Forgets a variable or function.
   *
   * @param name of either
   * @return false when there is none of that name
   * @throws IllegalStateException when an input runs, or the workspace is closed
   */
  public boolean forget(String name) {
    begin("Workspace.forget");
    try {
      return conversation.forget(name);
    } finally {
      end();
    }
  }

  /**
   * Forgets all variables and functions; what the session has cached stays.
   *
   * @throws IllegalStateException when an input runs, or the workspace is closed
   */
  public void forgetAll() {
    begin("Workspace.forgetAll");
    try {
      conversation.forgetAll();
    } finally {
      end();
    }
  }

  /**
   * Gives all variables back; no input begins any more. An input that another thread runs is
   * cancelled, ends with a {@link java.util.concurrent.CancellationException} at its next safe
   * point, and is waited for; what else another thread does with the workspace is waited for, too.
   * Afterwards there are no variables and functions.
   *
   * @throws IllegalStateException when the input that runs calls it, on any of its threads, as from
   *     a {@link ProgressListener}; the workspace is as open then as before
   */
  @Override
  public void close() {
    if (!conversation.endInput()) {
      throw new IllegalStateException(
          "an input of this workspace is running, which cannot close it itself");
    }
    awaitTurn();
    try {
      synchronized (variablesLock) {
        conversation.close();
      }
    } finally {
      end();
    }
  }

  /** Waits until nobody uses the conversation, and uses it for the last time. */
  private synchronized void awaitTurn() {
    closed = true;
    boolean interrupted = false;
    while (inUse) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    inUse = true;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
