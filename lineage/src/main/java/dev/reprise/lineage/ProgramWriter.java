package dev.reprise.lineage;

import dev.reprise.lineage.Patch.InnerRun;
import dev.reprise.lineage.Patch.PatchValue;
import dev.reprise.runtime.operation.Operation;
import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Writes a program as text of format version 2: patches as functions, runs as loops. {@link
 * ProgramReader} reads it back; the form is described in {@code docs/lineage.md}.
 */
final class ProgramWriter {
  /** Long columns and paths go on in further lines. */
  private static final int LINE_LENGTH = 4000;

  private final TraceProgram program;
  private final Appendable out;
  private final StringBuilder line = new StringBuilder();
  private final PlaceNotes.Writing notes = new PlaceNotes.Writing();
  private final Map<Patch, Integer> patches = new IdentityHashMap<>();
  private final Map<RunBody, Integer> bodies = new IdentityHashMap<>();

  ProgramWriter(TraceProgram program, Appendable out) {
    this.program = program;
    this.out = out;
  }

  void write() throws IOException {
    line.append(TraceSyntax.HEADER).append(' ').append(TraceSyntax.VERSION_WITH_LOOPS);
    endLine();
    for (int i = 0; i < program.steps().size(); i++) {
      TraceProgram.Step step = program.steps().get(i);
      if (step instanceof TraceProgram.Loop loop) {
        writeBody(loop.body());
      }
      writeStep(i, step);
    }
    writeOutputs();
  }

  private void endLine() throws IOException {
    line.append('\n');
    out.append(line);
    line.setLength(0);
  }

  private void writeStep(int number, TraceProgram.Step step) throws IOException {
    if (step instanceof TraceProgram.Item item) {
      if (item.item().isLiteral()) {
        notes.before(item.item().literalNames(), line);
      } else {
        notes.before(item.item(), line);
      }
    }
    line.append('%').append(number + 1).append(" = ");
    switch (step) {
      case TraceProgram.Item item -> {
        PatchWords.appendContent(item.item(), line);
        for (int input : item.inputs()) {
          line.append(" %").append(input + 1);
        }
        PatchWords.appendNote(item.item(), line);
      }
      case TraceProgram.Loop loop -> {
        line.append(TraceSyntax.LOOP).append(' ').append(bodies.get(loop.body()));
        for (int input : loop.inputs()) {
          line.append(input < 0 ? " -" : " %" + (input + 1));
        }
      }
      case TraceProgram.LoopResult result ->
          line.append('%').append(result.loop() + 1).append('^').append(result.variable() + 1);
    }
    endLine();
  }

  // ---- bodies

  /** Inner bodies first; loops are nested a few levels. */
  private void writeBody(RunBody body) throws IOException {
    if (bodies.containsKey(body)) {
      return;
    }
    for (int p = 0; p < body.patchCount(); p++) {
      writeInnerBodies(body, p);
      writePatch(body.patch(p));
    }
    int number = bodies.size() + 1;
    bodies.put(body, number);
    line.append(TraceSyntax.BODY).append(' ').append(number);
    line.append(" from ").append(body.firstIteration);
    endLine();
    writePath(body);
    for (int p = 0; p < body.patchCount(); p++) {
      writeColumns(body, p);
    }
  }

  private void writeInnerBodies(RunBody body, int path) throws IOException {
    for (Object node : body.patch(path).nodes) {
      if (node instanceof InnerRun inner) {
        for (RunBody each : body.bodies(path, inner)) {
          writeBody(each);
        }
      }
    }
  }

  private void writePath(RunBody body) throws IOException {
    IOException[] failure = {null};
    line.append(TraceSyntax.PATH);
    body.path.visit((path, from, to) -> {
      line.append(' ').append(patches.get(body.patch(path)));
      if (to - from > 1) {
        line.append('*').append(to - from);
      }
      failure[0] = breakLine(TraceSyntax.PATH, failure[0]);
    });
    endLine();
    if (failure[0] != null) {
      throw failure[0];
    }
  }

  private IOException breakLine(String start, IOException failure) {
    if (line.length() < LINE_LENGTH) {
      return failure;
    }
    try {
      endLine();
      line.append(start);
      return failure;
    } catch (IOException e) {
      return e;
    }
  }

  private void writeColumns(RunBody body, int path) throws IOException {
    Patch patch = body.patch(path);
    for (int v = 0; v < patch.values.length; v++) {
      ValueKind kind = patch.values[v].kind();
      String start = TraceSyntax.COLUMN + " " + patches.get(patch) + " ?" + (v + 1);
      if (kind.isNumber()) {
        writeNumbers(start, body.numbers(path, v));
      } else if (kind == ValueKind.ITEM) {
        writeObjects(start, body.objects(path, v));
      }
    }
    for (int node = 0; node < patch.nodes.length; node++) {
      if (patch.nodes[node] instanceof InnerRun inner && inner.body() == null) {
        writeObjects(
            TraceSyntax.COLUMN + " " + patches.get(patch) + " $" + (node + 1),
            body.bodyColumn(path, inner));
      }
    }
  }

  private void writeNumbers(String start, NumberColumn column) throws IOException {
    line.append(start);
    boolean lifted = column.isLiftable();
    for (int i = 0; i < column.segments(); i++) {
      line.append(' ').append(column.first(i)).append(':');
      if (column.isSeeds(i)) {
        line.append('~').append(column.step(i));
      } else {
        if (lifted) {
          line.append('*');
        } else {
          writeNumber(column.kind(), column.from(i));
        }
        line.append('/');
        writeNumber(column.kind(), column.step(i));
      }
      IOException failure = breakLine(start, null);
      if (failure != null) {
        throw failure;
      }
    }
    endLine();
  }

  private void writeNumber(ValueKind kind, long bits) {
    if (kind == ValueKind.DOUBLE) {
      line.append(Double.longBitsToDouble(bits));
    } else {
      line.append(bits);
    }
  }

  private void writeObjects(String start, ObjectColumn column) throws IOException {
    line.append(start);
    for (int i = 0; i < column.size(); i++) {
      line.append(' ').append(column.first(i)).append(':');
      if (column.value(i) instanceof LineageItem item) {
        line.append('%').append(program.stepOf(item) + 1);
      } else {
        line.append(bodies.get((RunBody) column.value(i)));
      }
      IOException failure = breakLine(start, null);
      if (failure != null) {
        throw failure;
      }
    }
    endLine();
  }

  // ---- patches

  private void writePatch(Patch patch) throws IOException {
    if (patches.containsKey(patch)) {
      return;
    }
    int number = patches.size() + 1;
    patches.put(patch, number);
    line.append(TraceSyntax.PATCH).append(' ').append(number);
    line.append(" of ").append(patch.outputs.length);
    endLine();
    for (int v = 0; v < patch.values.length; v++) {
      writeValue(v, patch.values[v]);
    }
    for (int node = 0; node < patch.nodes.length; node++) {
      writeNode(patch, node);
    }
    line.append(TraceSyntax.NEXT);
    String separator = " ";
    for (int c = 0; c < patch.outputs.length; c++) {
      if (patch.outputs[c] != Ref.ABSENT) {
        line.append(separator).append('^').append(c + 1).append(" = ");
        PatchWords.appendRef(patch, patch.outputs[c], line);
        separator = ", ";
      }
    }
    endLine();
  }

  private void writeValue(int number, PatchValue value) throws IOException {
    LineageItem constant = value.constant();
    if (constant != null && constant.isLiteral()) {
      notes.before(constant.literalNames(), line);
    } else if (constant != null) {
      notes.before(constant, line);
    }
    PatchWords.appendValue(number, value, line);
    endLine();
  }

  private void writeNode(Patch patch, int node) throws IOException {
    if (patch.nodes[node] instanceof Operation operation) {
      notes.before(operation.place(), line);
    }
    String body =
        patch.nodes[node] instanceof InnerRun inner ? String.valueOf(bodies.get(inner.body())) : "";
    PatchWords.appendNode(patch, node, body, line);
    endLine();
  }

  private void writeOutputs() throws IOException {
    line.append(TraceSyntax.RETURN);
    String separator = " ";
    for (Map.Entry<String, Integer> output : program.outputs().entrySet()) {
      line.append(separator);
      if (!output.getKey().equals(Trace.UNNAMED)) {
        TraceSyntax.writeWord(line, output.getKey());
        line.append(" = ");
      }
      line.append('%').append(output.getValue() + 1);
      separator = ", ";
    }
    endLine();
  }
}
