package dev.reprise.language;

import dev.reprise.language.Diagnostic.Severity;
import java.util.List;

/**
 * Findings as a person reads them.
 *
 * <pre>
 *   model.dml:3:8: error: the variable 'lamda' is not defined
 *     y = X * lamda
 *             ^~~~~
 *     did you mean 'lambda'?
 * </pre>
 */
public final class DiagnosticPrinter {
  private static final String RESET = "\u001b[0m";
  private static final String BOLD = "\u001b[1m";
  private static final String RED = "\u001b[31m";
  private static final String YELLOW = "\u001b[33m";
  private static final String CYAN = "\u001b[36m";

  private final boolean coloured;

  private DiagnosticPrinter(boolean coloured) {
    this.coloured = coloured;
  }

  public static DiagnosticPrinter plain() {
    return new DiagnosticPrinter(false);
  }

  /** With ANSI colours, for a terminal. */
  public static DiagnosticPrinter coloured() {
    return new DiagnosticPrinter(true);
  }

  /** All findings, each ending in a new line. */
  public String print(List<Diagnostic> diagnostics) {
    StringBuilder text = new StringBuilder();
    diagnostics.forEach(diagnostic -> append(diagnostic, text));
    return text.toString();
  }

  public String print(Diagnostic diagnostic) {
    StringBuilder text = new StringBuilder();
    append(diagnostic, text);
    return text.toString();
  }

  private void append(Diagnostic diagnostic, StringBuilder text) {
    boolean isError = diagnostic.severity() == Severity.ERROR;
    String colour = isError ? RED : YELLOW;
    if (diagnostic.position() != null) {
      text.append(paint(BOLD, diagnostic.position() + ":")).append(' ');
    }
    text.append(paint(colour, isError ? "error:" : "warning:"))
        .append(' ')
        .append(diagnostic.message())
        .append('\n');
    if (diagnostic.sourceLine() != null && diagnostic.position() != null) {
      appendSource(diagnostic, colour, text);
    }
    if (diagnostic.hint() != null) {
      text.append("  ").append(paint(CYAN, diagnostic.hint())).append('\n');
    }
  }

  private void appendSource(Diagnostic diagnostic, String colour, StringBuilder text) {
    String line = diagnostic.sourceLine();
    int column = diagnostic.position().column();
    text.append(SourceExcerpt.lineAndIndent(line, column))
        .append(paint(colour, SourceExcerpt.mark(line, column, diagnostic.length())))
        .append('\n');
  }

  private String paint(String colour, String text) {
    return coloured ? colour + text + RESET : text;
  }
}
