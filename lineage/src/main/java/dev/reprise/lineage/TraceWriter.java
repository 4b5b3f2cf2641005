package dev.reprise.lineage;

import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Operation;
import java.io.IOException;
import java.util.Map;

/**
 * Writes a trace as text, one item per line, inputs first; {@link TraceReader} reads it back.
 *
 * <p>The form is described in {@code docs/lineage.md}. Equal traces give equal text.
 */
public final class TraceWriter {
  private final Trace trace;
  private final Appendable out;

  private TraceWriter(Trace trace, Appendable out) {
    this.trace = trace;
    this.out = out;
  }

  /** Writes header, items and outputs. The caller closes {@code out}. */
  public static void write(Trace trace, Appendable out) throws IOException {
    out.append(TraceSyntax.HEADER).append(' ').append(Integer.toString(TraceSyntax.VERSION));
    out.append('\n');
    writeBody(trace, out);
  }

  /** Writes items and outputs without the header: the form for people. */
  static void writeBody(Trace trace, Appendable out) throws IOException {
    TraceWriter writer = new TraceWriter(trace, out);
    for (int i = 0; i < trace.size(); i++) {
      writer.writeItem(i);
    }
    writer.writeOutputs();
  }

  private void writeItem(int position) throws IOException {
    LineageItem item = trace.item(position);
    writeNumber(position);
    out.append(" = ");
    if (item.isLiteral()) {
      writeLiteral(item.literalOrNull());
    } else {
      writeOperation(item.operation());
    }
    int inputs = item.inputCount();
    for (int i = 0; i < inputs; i++) {
      out.append(' ');
      writeNumber(trace.indexOf(item.input(i)));
    }
    if (item.note() != null) {
      out.append(" @ ");
      TraceSyntax.writeQuoted(out, item.note());
    }
    out.append('\n');
  }

  private void writeNumber(int position) throws IOException {
    out.append('%').append(Integer.toString(position + 1));
  }

  private void writeLiteral(Scalar literal) throws IOException {
    out.append(TraceSyntax.LITERAL).append(' ').append(literal.type().label());
    if (literal.isAbsent()) {
      return;
    }
    out.append(' ');
    switch (literal.type()) {
      case STRING -> TraceSyntax.writeQuoted(out, literal.asString());
      // Not asString: that is for people and may round one day.
      case DOUBLE -> out.append(Double.toString(((DoubleScalar) literal).value()));
      default -> out.append(literal.asString());
    }
  }

  private void writeOperation(Operation operation) throws IOException {
    TraceSyntax.writeOpcode(out, operation.name());
    if (operation.attributes().isEmpty()) {
      return;
    }
    String separator = "{";
    for (Map.Entry<String, String> attribute : operation.attributes().asMap().entrySet()) {
      out.append(separator);
      TraceSyntax.writeWord(out, attribute.getKey());
      out.append('=');
      TraceSyntax.writeWord(out, attribute.getValue());
      separator = ", ";
    }
    out.append('}');
  }

  private void writeOutputs() throws IOException {
    out.append(TraceSyntax.RETURN);
    String separator = " ";
    for (Map.Entry<String, LineageItem> output : trace.outputs().entrySet()) {
      out.append(separator);
      if (!output.getKey().equals(Trace.UNNAMED)) {
        TraceSyntax.writeWord(out, output.getKey());
        out.append(" = ");
      }
      writeNumber(trace.indexOf(output.getValue()));
      separator = ", ";
    }
    out.append('\n');
  }
}
