package dev.reprise;

import dev.reprise.language.Position;
import dev.reprise.language.SourceExcerpt;
import java.io.Serializable;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A script that failed while it ran: where, why, and through which calls. The message is ready to
 * be shown to a person.
 */
public final class ScriptException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of failure it was; decides the exit code. */
  public enum Kind {
    /** A mistake of the script or its data, or of a listener (the cause then): exit code 1. */
    SCRIPT,
    /** {@code stop()} was called: exit code 1. */
    STOP,
    /** A resource ran out: exit code 3. */
    RESOURCE,
    /** A bug of ours: exit code 4; the cause has the details. */
    INTERNAL
  }

  /**
   * One call on the script's stack.
   *
   * @param function its name
   * @param callSite where it was called; null where that is not known
   */
  public record Call(String function, Position callSite) implements Serializable {}

  private final Kind kind;
  private final String detail;
  private final Position position;
  private final Call[] calls;
  private final String sourceLine;
  private final String notes;

  /**
   * A failure, whose message shows neither a line of the script nor notes.
   *
   * @param kind decides the exit code
   * @param detail what went wrong, without the position
   * @param position of the statement that failed; null where there is none
   * @param calls from the innermost outwards
   * @param cause null when there is nothing more to say
   */
  public ScriptException(
      Kind kind, String detail, Position position, List<Call> calls, Throwable cause) {
    this(kind, detail, position, calls, cause, null, null);
  }

  private ScriptException(
      Kind kind,
      String detail,
      Position position,
      List<Call> calls,
      Throwable cause,
      String sourceLine,
      String notes) {
    super(detail, cause);
    this.kind = kind;
    this.detail = detail;
    this.position = position;
    this.calls = calls.toArray(Call[]::new);
    this.sourceLine = sourceLine;
    this.notes = notes;
  }

  /**
   * The same failure, whose message also shows a line of the script.
   *
   * @param line that of {@link #userPosition}; null for none
   * @return the new exception, with the same stack trace
   */
  public ScriptException withSourceLine(String line) {
    return copy(line, notes);
  }

  /**
   * The same failure, whose message ends with further lines for people.
   *
   * @param lines null for none
   * @return the new exception, with the same stack trace
   */
  public ScriptException withNotes(String lines) {
    return copy(sourceLine, lines);
  }

  /**
   * The same failure of a file that was run behind a few more characters on its first line.
   *
   * @param file its name
   * @param prefix those characters
   * @return a failure whose places are those of the file without them
   */
  ScriptException withoutPrefix(String file, String prefix) {
    UnaryOperator<Position> moved =
        at ->
            at != null && at.file().equals(file) && at.line() == 1 && at.column() > prefix.length()
                ? new Position(file, 1, at.column() - prefix.length())
                : at;
    List<Call> movedCalls =
        calls().stream()
            .map(call -> new Call(call.function(), moved.apply(call.callSite())))
            .toList();
    Position first = userPosition();
    boolean isShown = sourceLine != null && !moved.apply(first).equals(first);
    String line =
        isShown && sourceLine.startsWith(prefix)
            ? sourceLine.substring(prefix.length())
            : sourceLine;
    ScriptException copy =
        new ScriptException(
            kind, detail, moved.apply(position), movedCalls, getCause(), line, notes);
    copy.setStackTrace(getStackTrace());
    return copy;
  }

  private ScriptException copy(String line, String lines) {
    ScriptException copy =
        new ScriptException(kind, detail, position, calls(), getCause(), line, lines);
    copy.setStackTrace(getStackTrace());
    return copy;
  }

  /** {@return what kind of failure it was} */
  public Kind kind() {
    return kind;
  }

  /** {@return what went wrong, without the position} */
  public String detail() {
    return detail;
  }

  /** {@return the statement that failed; null where there is no position} */
  public Position position() {
    return position;
  }

  /**
   * Where a person looks first.
   *
   * @return the statement that failed, or, when that is in a shipped file, the innermost call of
   *     the user's own files; null when there is no position
   */
  public Position userPosition() {
    if (position == null || !position.isShipped()) {
      return position;
    }
    for (Call call : calls) {
      if (call.callSite() != null && !call.callSite().isShipped()) {
        return call.callSite();
      }
    }
    return position;
  }

  /** {@return function calls from the innermost outwards} */
  public List<Call> calls() {
    return List.of(calls);
  }

  /**
   * {@return position, reason, the line of the script with a mark at the place, and the script's
   * stack}
   */
  @Override
  public String getMessage() {
    StringBuilder text = new StringBuilder();
    Position first = userPosition();
    text.append(first == null ? "" : first + ": ");
    text.append(kind == Kind.STOP ? "stopped: " : "error: ").append(detail);
    if (sourceLine != null && first != null) {
      text.append('\n').append(SourceExcerpt.of(sourceLine, first.column()));
    }
    if (first != position) {
      text.append("\n  at ").append(position);
    }
    int shown = 0;
    for (Call call : calls) {
      if (++shown > 20) {
        text.append("\n  ... ").append(calls.length - 20).append(" more calls");
        break;
      }
      text.append("\n  in function ").append(call.function());
      text.append(", called at ").append(call.callSite());
    }
    return notes == null ? text.toString() : text.append('\n').append(notes).toString();
  }
}
