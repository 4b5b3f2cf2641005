package dev.reprise.cli;

import dev.reprise.lineage.LoopAnswer;
import dev.reprise.lineage.LoopQuery;
import dev.reprise.lineage.TraceProgram;

/** Answers questions about a trace whose loops stay loops. */
final class LoopAnswers {
  private LoopAnswers() {}

  /**
   * @param selector the item, or null for the first output
   * @throws UsageException for a question or an item that there is not
   */
  static LoopAnswer to(String question, String selector, TraceProgram program) {
    Choices.oneOf("--query", question, TraceAnswer.QUESTIONS);
    LoopQuery query = new LoopQuery(program);
    try {
      return switch (question) {
        case "ancestors" -> query.ancestors(selector);
        case "descendants" -> query.descendants(selector);
        default -> query.inputs(selector);
      };
    } catch (IllegalArgumentException e) {
      throw new UsageException("--of: " + e.getMessage());
    }
  }
}
