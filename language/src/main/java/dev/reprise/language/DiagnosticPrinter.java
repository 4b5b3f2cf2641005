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
  private DiagnosticPrinter() {}

  /** All findings, each ending in a new line. */
  public static String print(List<Diagnostic> diagnostics) {
    StringBuilder text = new StringBuilder();
    diagnostics.forEach(diagnostic -> append(diagnostic, text));
    return text.toString();
  }

  /** One finding, ending in a new line. */
  public static String print(Diagnostic diagnostic) {
    StringBuilder text = new StringBuilder();
    append(diagnostic, text);
    return text.toString();
  }

  private static void append(Diagnostic diagnostic, StringBuilder text) {
    boolean isError = diagnostic.severity() == Severity.ERROR;
    if (diagnostic.position() != null) {
      text.append(diagnostic.position()).append(": ");
    }
    text.append(isError ? "error: " : "warning: ").append(diagnostic.message()).append('\n');
    if (diagnostic.sourceLine() != null && diagnostic.position() != null) {
      appendSource(diagnostic, text);
    }
    if (diagnostic.hint() != null) {
      text.append("  ").append(diagnostic.hint()).append('\n');
    }
  }

  private static void appendSource(Diagnostic diagnostic, StringBuilder text) {
    String line = diagnostic.sourceLine();
    int column = diagnostic.position().column();
    text.append(SourceExcerpt.lineAndIndent(line, column))
        .append(SourceExcerpt.mark(line, column, diagnostic.length()))
        .append('\n');
  }
}
