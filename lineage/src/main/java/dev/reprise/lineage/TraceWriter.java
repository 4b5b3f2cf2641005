package dev.reprise.lineage;

import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Operation;
import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Writes a trace as text, one item per line, inputs first; {@link TraceReader} reads it back.
 *
 * <p>The form is described in {@code docs/lineage.md}. Equal traces give equal text.
 */
public final class TraceWriter {
  private final Trace trace;
  private final Appendable out;
  private final StringBuilder line = new StringBuilder();

  /** Null when notes on places are left out. */
  private final PlaceNotes.Writing notes;

  // A program makes many items from each of its operations.
  private final Map<Operation, String> operationTexts = new IdentityHashMap<>();

  private TraceWriter(Trace trace, Appendable out, PlaceNotes.Writing notes) {
    this.trace = trace;
    this.out = out;
    this.notes = notes;
  }

  /** Writes header, items and outputs, a line at a time. The caller closes {@code out}. */
  public static void write(Trace trace, Appendable out) throws IOException {
    TraceWriter writer = new TraceWriter(trace, out, new PlaceNotes.Writing());
    writer.line.append(TraceSyntax.HEADER).append(' ').append(TraceSyntax.VERSION);
    writer.endLine();
    writer.writeBody();
  }

  /**
   * Writes outputs as a program whose loops stay loops (format version 2), or in the plain form
   * when there are none. No items are made and no keys computed, so the size of the text does not
   * grow with the number of iterations, but for what really differs between them.
   */
  public static void write(Map<String, LineageItem> outputs, Appendable out) throws IOException {
    TraceProgram program = TraceProgram.of(outputs);
    if (program.hasLoops() && !program.isTangled()) {
      new ProgramWriter(program, out).write();
    } else {
      write(Trace.of(outputs), out);
    }
  }

  /** Writes items and outputs without header and places: the form for people. */
  static void writeBody(Trace trace, Appendable out) throws IOException {
    new TraceWriter(trace, out, null).writeBody();
  }

  private void writeBody() throws IOException {
    for (int i = 0; i < trace.size(); i++) {
      writeItem(i);
    }
    writeOutputs();
  }

  /** The line of one item of a trace, without its end. */
  static String itemLine(Trace trace, int position) {
    TraceWriter writer = new TraceWriter(trace, null, null);
    writer.appendItem(position);
    return writer.line.toString();
  }

  private void endLine() throws IOException {
    line.append('\n');
    out.append(line);
    line.setLength(0);
  }

  private void writeItem(int position) throws IOException {
    if (notes != null) {
      LineageItem item = trace.item(position);
      if (item.isLiteral()) {
        notes.before(trace.literalNames(position), line);
      } else {
        notes.before(item, line);
      }
    }
    appendItem(position);
    endLine();
  }

  private void appendItem(int position) {
    LineageItem item = trace.item(position);
    writeNumber(position);
    line.append(" = ");
    if (item.isLiteral()) {
      writeLiteral(item.literalOrNull());
    } else {
      writeOperation(item.operation());
    }
    int inputs = item.inputCount();
    for (int i = 0; i < inputs; i++) {
      line.append(' ');
      writeNumber(trace.indexOf(item.input(i)));
    }
    String note = item.note();
    if (note != null) {
      line.append(" @ ");
      TraceSyntax.writeQuoted(line, note);
    }
  }

  private void writeNumber(int position) {
    line.append('%').append(position + 1);
  }

  private void writeLiteral(Scalar literal) {
    append(literal, line);
  }

  static void append(Scalar literal, StringBuilder line) {
    line.append(TraceSyntax.LITERAL).append(' ').append(literal.type().label());
    switch (literal.type()) {
      case ABSENT -> {}
      case STRING -> TraceSyntax.writeQuoted(line.append(' '), literal.asString());
      // Not asString: that is for people and may round one day.
      case DOUBLE -> line.append(' ').append(((DoubleScalar) literal).value());
      default -> line.append(' ').append(literal.asString());
    }
  }

  private void writeOperation(Operation operation) {
    String text = operationTexts.get(operation);
    if (text == null) {
      text = textOf(operation);
      operationTexts.put(operation, text);
    }
    line.append(text);
  }

  static String textOf(Operation operation) {
    StringBuilder text = new StringBuilder();
    TraceSyntax.writeOpcode(text, operation.name());
    if (operation.attributes().isEmpty()) {
      return text.toString();
    }
    String separator = "{";
    for (Map.Entry<String, String> attribute : operation.attributes().asMap().entrySet()) {
      text.append(separator);
      TraceSyntax.writeWord(text, attribute.getKey());
      text.append('=');
      TraceSyntax.writeWord(text, attribute.getValue());
      separator = ", ";
    }
    return text.append('}').toString();
  }

  private void writeOutputs() throws IOException {
    line.append(TraceSyntax.RETURN);
    String separator = " ";
    for (Map.Entry<String, LineageItem> output : trace.outputs().entrySet()) {
      line.append(separator);
      if (!output.getKey().equals(Trace.UNNAMED)) {
        TraceSyntax.writeWord(line, output.getKey());
        line.append(" = ");
      }
      writeNumber(trace.indexOf(output.getValue()));
      separator = ", ";
    }
    endLine();
  }
}
