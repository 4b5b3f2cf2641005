package dev.reprise.engine.stored;

import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.Trace;
import dev.reprise.lineage.TraceProgram;
import dev.reprise.lineage.TraceWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** The trace of a value as text, where that is worth its time. */
public final class ShortTrace {
  /** A history of so many items that no loops describe is not worth its time. */
  private static final long MOST_ITEMS = 200_000;

  private ShortTrace() {}

  /**
   * The text; null when it is longer than {@code longest}, or would have to be written item by item
   * and has too many.
   */
  public static String of(LineageItem item, int longest) {
    Map<String, LineageItem> outputs = Map.of(Trace.UNNAMED, item);
    TraceProgram program = TraceProgram.of(outputs);
    if (program.isTangled() && program.expandedSize() > MOST_ITEMS) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    try {
      TraceWriter.write(outputs, new ShortText(text, longest));
    } catch (UncheckedIOException | IOException e) {
      return null;
    }
    return text.toString();
  }
}
