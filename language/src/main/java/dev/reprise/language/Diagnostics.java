package dev.reprise.language;

import dev.reprise.language.Diagnostic.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects the findings about one file; used by one thread. */
public final class Diagnostics {
  private final SourceFile file;
  private final List<Diagnostic> found = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();

  public Diagnostics(SourceFile file) {
    this.file = file;
  }

  public SourceFile file() {
    return file;
  }

  public void error(Position position, int length, String message, String hint) {
    add(Severity.ERROR, position, length, message, hint);
  }

  public void warning(Position position, int length, String message, String hint) {
    add(Severity.WARNING, position, length, message, hint);
  }

  private void add(Severity severity, Position position, int length, String message, String hint) {
    if (seen.add(position + message)) {
      String line = file.line(position.line());
      found.add(new Diagnostic(severity, position, Math.max(1, length), message, hint, line));
    }
  }

  public boolean hasErrors() {
    return found.stream().anyMatch(d -> d.severity() == Severity.ERROR);
  }

  /** Everything found so far, in order of position. */
  public List<Diagnostic> sorted() {
    if (found.isEmpty()) {
      return List.of();
    }
    return found.stream()
        .sorted(
            Comparator.comparingInt((Diagnostic d) -> d.position().line())
                .thenComparingInt(d -> d.position().column()))
        .toList();
  }
}
