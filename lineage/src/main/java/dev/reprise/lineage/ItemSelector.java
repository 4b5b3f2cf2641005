package dev.reprise.lineage;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds the item of a trace that a person means: by number ({@code %12}), the name of an output,
 * the path or name of an input, the name of a constant, or an opcode.
 */
public final class ItemSelector {
  private static final int SHOWN = 6;

  private final Trace trace;

  public ItemSelector(Trace trace) {
    this.trace = trace;
  }

  /**
   * The zero-based position of the one item that the text names.
   *
   * @throws IllegalArgumentException when there is none or several, saying what to try
   */
  public int find(String text) {
    if (text.matches("%[0-9]+")) {
      return numbered(text);
    }
    LineageItem output = trace.outputs().get(text);
    if (output != null) {
      return trace.indexOf(output);
    }
    List<Integer> found = matching(text);
    if (found.size() == 1) {
      return found.getFirst();
    }
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          "no item is called '"
              + text
              + "'; give a number such as %1, an output, the path of an input, the name of a"
              + " constant or an operation"
              + inputs());
    }
    throw new IllegalArgumentException(
        "'" + text + "' stands for " + found.size() + " items, say which: " + numbers(found));
  }

  /** Positions of all items with this note, name or opcode, in this order of preference. */
  public List<Integer> matching(String text) {
    List<Integer> notes = new ArrayList<>();
    List<Integer> names = new ArrayList<>();
    List<Integer> opcodes = new ArrayList<>();
    for (int i = 0; i < trace.size(); i++) {
      LineageItem item = trace.item(i);
      if (text.equals(item.note())) {
        notes.add(i);
      } else if (item.isLiteral()) {
        if (trace.literalNames(i).stream().anyMatch(name -> name.name().equals(text))) {
          names.add(i);
        }
      } else if (text.equals(item.name()) || text.equals(item.operation().scriptName())) {
        opcodes.add(i);
      }
    }
    return !notes.isEmpty() ? notes : names.isEmpty() ? opcodes : names;
  }

  private int numbered(String text) {
    // Longer numbers are beyond any trace.
    int number =
        text.length() > 10
            ? Integer.MAX_VALUE
            : (int) Math.min(Long.parseLong(text.substring(1)), Integer.MAX_VALUE);
    if (number < 1 || number > trace.size()) {
      throw new IllegalArgumentException(
          "there is no item " + text + "; the trace has %1 to %" + trace.size());
    }
    return number - 1;
  }

  private String inputs() {
    List<String> notes =
        new TraceQuery(trace)
            .sources().stream().map(LineageItem::note).filter(note -> note != null).toList();
    return notes.isEmpty()
        ? ""
        : " (inputs: " + String.join(", ", notes.subList(0, Math.min(SHOWN, notes.size()))) + ")";
  }

  private static String numbers(List<Integer> positions) {
    StringBuilder text = new StringBuilder();
    for (int position : positions.subList(0, Math.min(SHOWN, positions.size()))) {
      text.append(text.isEmpty() ? "%" : ", %").append(position + 1);
    }
    return positions.size() > SHOWN ? text + ", ..." : text.toString();
  }
}
