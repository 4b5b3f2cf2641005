package dev.reprise.engine.control;

import dev.reprise.ScriptException;
import dev.reprise.ScriptException.Kind;
import dev.reprise.engine.check.ReuseMismatch;
import dev.reprise.engine.check.TrapException;
import dev.reprise.engine.report.ListenerFailure;
import dev.reprise.language.Position;
import dev.reprise.memory.HandleFailure;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;
import java.util.concurrent.CancellationException;

/**
 * Where something failed, which turns the failure into an error that a person can act on.
 *
 * @param step that is being run, whose operands have the values of its variables; null for none
 * @param left what is told instead of an operation that the program has gone on from
 */
public record FailurePlace(Position position, Activation activation, Step step, String left) {

  public FailurePlace(Position position, Activation activation, Step step) {
    this(position, activation, step, "");
  }

  /**
   * An operation that the program has gone on from, so that its variables may have other values.
   *
   * @param operands those that it has; null when they are not known
   */
  public static FailurePlace left(Step step, Activation activation, OperandForms operands) {
    return new FailurePlace(
        step.position(), activation, null, operands == null ? "" : operands.text(step));
  }

  /** The error with position, calls and operands; a cancellation as it is. */
  public RuntimeException located(Throwable failure) {
    return switch (failure) {
      case ScriptException located -> located;
      case CancellationException cancelled -> cancelled;
      case HandleFailure late when late.isCancellation() -> new CancellationException("cancelled");
      case HandleFailure late when late.origin() instanceof Origin origin ->
          origin.located(late.getCause());
      case StopRequest stop -> error(Kind.STOP, stop.getMessage(), null);
      case TrapException e ->
          error(
              Kind.SCRIPT,
              e.getMessage() + operands(),
              e.with(step == null ? null : step.itemOrNull(activation)));
      case OperandException e -> error(Kind.SCRIPT, e.getMessage() + operands(), e);
      case ReuseMismatch e -> error(Kind.INTERNAL, e.getMessage(), e);
      case ResourceException e -> error(Kind.RESOURCE, e.getMessage() + operands(), e);
      case ListenerFailure e -> error(Kind.SCRIPT, e.getMessage(), e.getCause());
      case UncheckedCompileException e -> error(Kind.SCRIPT, e.getMessage(), e);
      case StackOverflowError e ->
          error(Kind.SCRIPT, "calls are nested too deeply: does the recursion end?", e);
      case OutOfMemoryError e ->
          error(
              Kind.RESOURCE, "the Java heap is full; give more with REPRISE_JAVA_OPTS=-Xmx...", e);
      default -> error(Kind.INTERNAL, "internal error: " + failure + operands(), failure);
    };
  }

  private ScriptException error(Kind kind, String message, Throwable cause) {
    return new ScriptException(kind, message, position, activation.calls(), cause);
  }

  private String operands() {
    if (step == null) {
      return left;
    }
    int[] inputs = step.inputs();
    Value[] operands = new Value[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      Value operand = activation.values[inputs[i]];
      if (operand == null) {
        // Never assigned, as the message says.
        return "";
      }
      operands[i] = operand.settled();
    }
    return OperandForms.of(operands).text(step);
  }
}
