package dev.reprise.cli;

import dev.reprise.lineage.ItemSelector;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.Trace;
import dev.reprise.lineage.TraceQuery;
import dev.reprise.lineage.TraceText;
import java.util.List;
import java.util.stream.Stream;

/**
 * The answer to a question about an item of a trace.
 *
 * @param positions the items, by zero-based position, inputs first
 * @param outputs names of the outputs that were reached; empty unless that was asked
 */
record TraceAnswer(Trace trace, List<Integer> positions, List<String> outputs) {
  static final List<String> QUESTIONS = List.of("ancestors", "descendants", "inputs");

  /**
   * @param selector the item, or null for the first output
   * @throws UsageException for a question or an item that there is not
   */
  static TraceAnswer to(String question, String selector, Trace trace) {
    Choices.oneOf("--query", question, QUESTIONS);
    LineageItem item = selector == null ? trace.output() : trace.item(position(trace, selector));
    TraceQuery query = new TraceQuery(trace);
    return switch (question) {
      case "ancestors" -> answer(trace, query.ancestors(item).stream(), List.of());
      case "descendants" ->
          answer(trace, query.descendants(item).stream(), query.outputsReachedBy(item));
      default -> answer(trace, query.inputs(item).stream(), List.of());
    };
  }

  private static TraceAnswer answer(Trace trace, Stream<LineageItem> items, List<String> outputs) {
    return new TraceAnswer(trace, items.map(trace::indexOf).toList(), outputs);
  }

  private static int position(Trace trace, String selector) {
    try {
      return new ItemSelector(trace).find(selector);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--of: " + e.getMessage());
    }
  }

  /** One line per item: as in the trace, and where the script has it. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (int position : positions) {
      text.append(TraceText.lineWithPlace(trace, position)).append('\n');
    }
    for (String output : outputs) {
      text.append(output.equals(Trace.UNNAMED) ? "the output" : "output " + output).append('\n');
    }
    return text.isEmpty() ? "none\n" : text.toString();
  }
}
