package dev.reprise.engine.control;

import dev.reprise.language.CompileException;
import dev.reprise.language.DiagnosticPrinter;

/** A compile error met while the program runs, in a library function that was first used now. */
public final class UncheckedCompileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UncheckedCompileException(CompileException cause) {
    super(
        "a function that is called here does not compile:\n"
            + DiagnosticPrinter.print(cause.diagnostics()).stripTrailing(),
        cause);
  }
}
