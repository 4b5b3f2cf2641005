package dev.reprise.language.program;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What the optimiser changed, as text: a line for each procedure and below it a line for each
 * rewrite, {@code line:column name: before -> after}, in the order of the script.
 */
public final class RewriteList {
  private RewriteList() {}

  public static String text(List<Procedure> procedures) {
    StringBuilder text = new StringBuilder();
    for (Procedure procedure : procedures) {
      if (!procedure.rewrites().isEmpty()) {
        procedure(procedure, text);
      }
    }
    return text.isEmpty() ? "nothing was rewritten\n" : text.toString();
  }

  private static void procedure(Procedure procedure, StringBuilder text) {
    text.append(procedure.name()).append(" in ").append(procedure.position().file()).append('\n');
    List<Rewrite> rewrites = new ArrayList<>(procedure.rewrites());
    rewrites.sort(
        Comparator.comparingInt((Rewrite r) -> r.position().line())
            .thenComparingInt(r -> r.position().column()));
    for (Rewrite rewrite : rewrites) {
      text.append("  ")
          .append(rewrite.position().line())
          .append(':')
          .append(rewrite.position().column())
          .append(' ')
          .append(rewrite.name())
          .append(": ")
          .append(rewrite.before())
          .append(" -> ")
          .append(rewrite.after())
          .append(rewrite.withSizes() ? " (decided with sizes)" : "")
          .append('\n');
    }
  }
}
