package dev.reprise.lineage;

import java.io.IOException;
import java.io.UncheckedIOException;

/** The text of a trace for people: what {@code lineage(X)} returns. */
public final class TraceText {
  private TraceText() {}

  /** All items, one per line, and a last line {@code return %n}; no header. */
  public static String of(LineageItem item) {
    return of(Trace.of(item));
  }

  /** The line of the item at a zero-based position of a trace. */
  public static String line(Trace trace, int position) {
    return TraceWriter.itemLine(trace, position);
  }

  /** All items, one per line, and a last line with the outputs; no header. */
  public static String of(Trace trace) {
    StringBuilder text = new StringBuilder();
    try {
      TraceWriter.writeBody(trace, text);
    } catch (IOException e) {
      throw new UncheckedIOException("a StringBuilder does not fail", e);
    }
    return text.toString();
  }
}
