package dev.reprise.language;

import java.util.List;

/**
 * A script that cannot be compiled; carries every mistake that was found. The message has them all,
 * as a person reads them.
 */
public final class CompileException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Diagnostic[] diagnostics;

  /**
   * A script with mistakes.
   *
   * @param diagnostics all of them, in the order in which the message shows them
   */
  public CompileException(List<Diagnostic> diagnostics) {
    super(DiagnosticPrinter.print(diagnostics).stripTrailing());
    this.diagnostics = diagnostics.toArray(Diagnostic[]::new);
  }

  /** {@return all mistakes with their positions} */
  public List<Diagnostic> diagnostics() {
    return List.of(diagnostics);
  }
}
