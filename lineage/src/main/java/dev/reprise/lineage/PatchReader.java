package dev.reprise.lineage;

import dev.reprise.lineage.Patch.InnerRun;
import dev.reprise.lineage.Patch.PatchValue;
import dev.reprise.runtime.operation.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads one patch of a text: the parts of it as far as they have been read. */
final class PatchReader {
  private final ProgramReader program;
  private final TraceReader reader;
  private final int[] outputs;
  private final List<PatchValue> values = new ArrayList<>();
  private final List<Object> nodes = new ArrayList<>();
  private final List<Integer> starts = new ArrayList<>();
  private final List<Integer> refs = new ArrayList<>();
  private final Map<Long, Integer> entries = new HashMap<>();
  private final List<Integer> innerOutputs = new ArrayList<>();
  private int innerRuns;

  PatchReader(ProgramReader program, TraceReader reader, int variables) {
    this.program = program;
    this.reader = reader;
    this.outputs = new int[variables];
    Arrays.fill(outputs, Ref.ABSENT);
  }

  /** Reads up to the line with the outputs. */
  Patch read() throws IOException, TraceFormatException {
    LineCursor line = nextLine();
    while (line.isNext('?')) {
      line.expectName('?', values.size() + 1);
      line.expect('=');
      values.add(value(line));
      line = nextLine();
    }
    while (line.isNext('$')) {
      line.expectName('$', nodes.size() + 1);
      line.expect('=');
      starts.add(refs.size());
      readNode(line);
      line = nextLine();
    }
    starts.add(refs.size());
    readOutputs(line);
    return new Patch(
        nodes.toArray(),
        ints(starts),
        ints(refs),
        values.toArray(PatchValue[]::new),
        ints(innerOutputs),
        outputs);
  }

  private PatchValue value(LineCursor line) throws TraceFormatException {
    int at = line.mark();
    if (line.peekWord().equals(TraceSyntax.COLUMN)) {
      line.plain("a column");
      int kindAt = line.mark();
      String label = line.plain("the kind of a column");
      line.expectEnd();
      for (ValueKind kind : ValueKind.values()) {
        if (kind != ValueKind.CONSTANT && kind.label().equals(label)) {
          return new PatchValue(kind, null);
        }
      }
      throw line.mistakeAt(kindAt, "there are no columns of kind '" + label + "'");
    }
    LineageItem constant = reader.readContent(line, new LineageItem[0], true);
    if (!constant.isLiteral() && !PatchMatcher.isSource(constant)) {
      throw line.mistakeAt(at, "a value is a literal, content from outside or a column");
    }
    return new PatchValue(ValueKind.CONSTANT, constant);
  }

  private void readNode(LineCursor line) throws TraceFormatException {
    int at = line.mark();
    if (line.peekWord().equals(TraceSyntax.LOOP)) {
      line.plain(TraceSyntax.LOOP);
      boolean varies = line.peekWord().equals("?");
      RunBody body = null;
      if (varies) {
        line.plain("?");
      } else {
        body = program.body(line);
      }
      int count = readRefs(line, true);
      if (body != null) {
        checkInputs(line, at, body, refs.subList(refs.size() - count, refs.size()), values);
      }
      nodes.add(new InnerRun(body, innerRuns++));
      return;
    }
    Operation operation = reader.readOperation(line);
    int count = readRefs(line, false);
    line.expectEnd();
    TraceReader.checkInputs(line, operation.opcode(), count, null);
    nodes.add(operation);
  }

  private int readRefs(LineCursor line, boolean mayBeAbsent) throws TraceFormatException {
    int count = 0;
    while (!line.atEnd()) {
      int at = line.mark();
      int ref = ref(line);
      if (ref == Ref.ABSENT && !mayBeAbsent) {
        throw line.mistakeAt(at, "an operation has no absent operands");
      }
      refs.add(ref);
      count++;
    }
    return count;
  }

  private int ref(LineCursor line) throws TraceFormatException {
    int at = line.mark();
    String word = line.plain("an operand such as $1, ^1, &1, ?1");
    if (word.equals("-")) {
      return Ref.ABSENT;
    }
    int inner = word.indexOf('^');
    if (word.charAt(0) == '$' && inner > 0) {
      int node = line.index(word.substring(1, inner), at, nodes.size());
      int variable = line.index(word.substring(inner + 1), at, ProgramReader.MOST);
      return innerRef(line, at, node, variable);
    }
    String digits = word.substring(1);
    switch (word.charAt(0)) {
      case '$' -> {
        int node = line.index(digits, at, nodes.size());
        if (nodes.get(node) instanceof InnerRun) {
          throw line.mistakeAt(at, word + " is a loop: say which variable, as in " + word + "^1");
        }
        return Ref.of(Ref.NODE, node);
      }
      case '^' -> {
        return Ref.of(Ref.CARRIED, line.index(digits, at, outputs.length));
      }
      case '&' -> {
        return Ref.of(Ref.OUTER, line.index(digits, at, ProgramReader.MOST));
      }
      case '?' -> {
        return Ref.of(Ref.VALUE, line.index(digits, at, values.size()));
      }
      default -> throw line.mistakeAt(at, "'" + word + "' is no operand; try $1, ^1, &1 or ?1");
    }
  }

  private int innerRef(LineCursor line, int at, int node, int variable)
      throws TraceFormatException {
    if (!(nodes.get(node) instanceof InnerRun inner)) {
      throw line.mistakeAt(at, "$" + (node + 1) + " is an operation, not a loop");
    }
    if (inner.body() != null && variable >= inner.body().variables()) {
      throw line.mistakeAt(at, "the loop has no variable ^" + (variable + 1));
    }
    long key = (long) node << 32 | variable;
    Integer known = entries.get(key);
    if (known == null) {
      known = entries.size();
      entries.put(key, known);
      innerOutputs.add(node);
      innerOutputs.add(variable);
    }
    return Ref.of(Ref.INNER, known);
  }

  private void readOutputs(LineCursor line) throws TraceFormatException {
    line.expectWord(TraceSyntax.NEXT);
    boolean more = !line.atEnd();
    while (more) {
      int at = line.mark();
      String word = line.plain("a variable such as ^1");
      if (word.charAt(0) != '^') {
        throw line.mistakeAt(at, "expected a variable such as ^1");
      }
      int variable = line.index(word.substring(1), at, outputs.length);
      line.expect('=');
      outputs[variable] = ref(line);
      more = line.accept(',');
    }
    line.expectEnd();
  }

  private LineCursor nextLine() throws IOException, TraceFormatException {
    LineCursor line = program.nextLine();
    if (line == null) {
      throw new TraceFormatException(
          1, 1, "the trace was cut off: a patch ends with '" + TraceSyntax.NEXT + "'");
    }
    return line;
  }

  private static int[] ints(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Numbers that a loop starts from have to be numbers, fixed items must be there. */
  static void checkInputs(
      LineCursor line, int at, RunBody body, List<Integer> refs, List<PatchValue> values)
      throws TraceFormatException {
    RunInputs taken = body.inputs();
    if (refs.size() != taken.size()) {
      throw line.mistakeAt(
          at, "the loop takes " + taken.size() + " inputs, but has " + refs.size());
    }
    int plain = taken.carried().length + taken.outers().length;
    for (int i = taken.carried().length; i < refs.size(); i++) {
      int ref = refs.get(i);
      boolean number = Ref.kind(ref) == Ref.VALUE && isNumber(values.get(Ref.index(ref)));
      if (i < plain ? ref == Ref.ABSENT : !number) {
        throw line.mistakeAt(
            at, "input " + (i + 1) + " of the loop must be " + (i < plain ? "there" : "a number"));
      }
    }
  }

  private static boolean isNumber(PatchValue value) {
    return value.constant() == null
        || (value.constant().isLiteral()
            && ValueKind.ofLiteral(value.constant().literalOrNull()).isNumber());
  }
}
