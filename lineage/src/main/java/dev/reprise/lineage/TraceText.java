package dev.reprise.lineage;

import dev.reprise.runtime.operation.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

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

  /** The line of an item, and where the script has it or what it calls it. */
  public static String lineWithPlace(Trace trace, int position) {
    String line = line(trace, position);
    List<LiteralName> names = trace.literalNames(position);
    if (!names.isEmpty()) {
      return line + "   # " + String.join(", ", names.stream().map(Object::toString).toList());
    }
    Place place = trace.item(position).place();
    return place == null ? line : line + "   # " + place.text();
  }

  /** The items nearest to the outputs, those first, one per line. */
  public static String nearest(Trace trace, int limit) {
    StringBuilder text = new StringBuilder();
    for (int position : new TraceQuery(trace).nearest(limit)) {
      text.append(lineWithPlace(trace, position)).append('\n');
    }
    return text.toString();
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
