package dev.reprise.lineage;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes a trace as a Graphviz graph: data flows from leaves at the top to outputs at the bottom.
 */
public final class TraceDot {
  private static final int LABEL_LENGTH = 60;

  private final Trace trace;
  private final Appendable out;
  private final boolean[] isShown;

  private TraceDot(Trace trace, Appendable out) {
    this.trace = trace;
    this.out = out;
    this.isShown = new boolean[trace.size()];
  }

  /** Writes the whole trace. The caller closes {@code out}. */
  public static void write(Trace trace, Appendable out) throws IOException {
    write(trace, Integer.MAX_VALUE, out);
  }

  /** Writes the {@code limit} items nearest to the outputs; what is cut off shows as dots. */
  public static void write(Trace trace, int limit, Appendable out) throws IOException {
    TraceDot dot = new TraceDot(trace, out);
    List<Integer> shown = dot.nearest(limit);
    out.append("digraph lineage {\n");
    out.append("  node [shape=box, fontname=\"monospace\"];\n");
    for (int position : shown) {
      dot.writeNode(position);
    }
    for (int position : shown) {
      dot.writeEdges(position);
    }
    dot.writeOutputs();
    out.append("}\n");
  }

  /** In the order of the trace. */
  private List<Integer> nearest(int limit) {
    List<Integer> shown = new ArrayList<>(new TraceQuery(trace).nearest(limit));
    shown.forEach(position -> isShown[position] = true);
    shown.sort(null);
    return shown;
  }

  private void writeNode(int position) throws IOException {
    LineageItem item = trace.item(position);
    out.append("  n").append(Integer.toString(position + 1)).append(" [label=");
    writeLabel(label(item), out);
    if (item.isLiteral()) {
      out.append(", shape=plaintext");
    } else if (item.inputCount() == 0) {
      out.append(", shape=ellipse");
    }
    out.append("];\n");
  }

  static String label(LineageItem item) {
    Scalar literal = item.literalOrNull();
    if (literal != null) {
      return literal.isAbsent() ? "(left out)" : shorten(literal.asString());
    }
    return item.note() != null
        ? item.operation().name() + '\n' + shorten(item.note())
        : label(item.operation());
  }

  static String label(Operation operation) {
    StringBuilder label = new StringBuilder(operation.name());
    for (Map.Entry<String, String> attribute : operation.attributes().asMap().entrySet()) {
      label.append('\n').append(shorten(attribute.getKey() + "=" + attribute.getValue()));
    }
    return label.toString();
  }

  private static String shorten(String text) {
    return text.length() <= LABEL_LENGTH ? text : text.substring(0, LABEL_LENGTH - 3) + "...";
  }

  static void writeLabel(String label, Appendable out) throws IOException {
    out.append('"');
    for (int i = 0; i < label.length(); i++) {
      char character = label.charAt(i);
      switch (character) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        default -> out.append(Character.isISOControl(character) ? ' ' : character);
      }
    }
    out.append('"');
  }

  private void writeEdges(int position) throws IOException {
    LineageItem item = trace.item(position);
    String name = "n" + (position + 1);
    int hidden = 0;
    for (int i = 0; i < item.inputCount(); i++) {
      int input = trace.indexOf(item.input(i));
      if (isShown[input]) {
        out.append("  n").append(Integer.toString(input + 1)).append(" -> ").append(name);
        // Which operand it is matters as soon as there are two.
        if (item.inputCount() > 1) {
          out.append(" [label=").append(Integer.toString(i + 1)).append(']');
        }
        out.append(";\n");
      } else {
        hidden++;
      }
    }
    if (hidden > 0) {
      out.append("  c" + (position + 1) + " [label=\"" + hidden + " more\", shape=plaintext];\n");
      out.append("  c" + (position + 1) + " -> " + name + " [style=dotted];\n");
    }
  }

  private void writeOutputs() throws IOException {
    int number = 0;
    for (Map.Entry<String, LineageItem> output : trace.outputs().entrySet()) {
      int position = trace.indexOf(output.getValue());
      if (isShown[position] && !output.getKey().equals(Trace.UNNAMED)) {
        number++;
        out.append("  o" + number + " [shape=plaintext, label=");
        writeLabel(output.getKey(), out);
        out.append("];\n  n" + (position + 1) + " -> o" + number + ";\n");
      }
    }
  }
}
