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

/**
 * Reads the parts of a text that version 2 has besides items: patches and bodies. Everything is
 * checked here, so that what comes out can be evaluated and replayed. Works for one {@link
 * TraceReader}.
 */
final class ProgramReader {
  private static final int MOST = 1 << 24;

  private final TraceReader reader;
  private final List<Patch> patches = new ArrayList<>();
  private final List<RunBody> bodies = new ArrayList<>();
  // A line that was read to find the end of what came before it.
  private LineCursor ahead;

  ProgramReader(TraceReader reader) {
    this.reader = reader;
  }

  /** The line after what was read last. */
  LineCursor nextLine() throws IOException, TraceFormatException {
    LineCursor line = ahead == null ? reader.nextLine() : ahead;
    ahead = null;
    return line;
  }

  RunBody body(LineCursor line) throws TraceFormatException {
    int at = line.mark();
    int number = (int) number(line, line.bare(TraceSyntax::isPlain, "a body"), at, MOST);
    if (number > bodies.size() || number == 0) {
      throw line.mistakeAt(at, "body " + number + " is not defined in a line above");
    }
    return bodies.get(number - 1);
  }

  // ---- patches

  /** Reads a patch whose first word has been read. */
  void readPatch(LineCursor line) throws IOException, TraceFormatException {
    expectNumber(line, patches.size() + 1, "patches");
    expectWord(line, "of");
    int at = line.mark();
    int variables = (int) number(line, line.bare(TraceSyntax::isPlain, "a count"), at, MOST);
    line.expectEnd();
    patches.add(new PatchText(variables).read());
  }

  /** The parts of one patch as far as they have been read. */
  private final class PatchText {
    private final int[] outputs;
    private final List<PatchValue> values = new ArrayList<>();
    private final List<Object> nodes = new ArrayList<>();
    private final List<Integer> starts = new ArrayList<>();
    private final List<Integer> refs = new ArrayList<>();
    private final Map<Long, Integer> entries = new HashMap<>();
    private final List<Integer> innerOutputs = new ArrayList<>();
    private int innerRuns;

    PatchText(int variables) {
      this.outputs = new int[variables];
      Arrays.fill(outputs, Ref.ABSENT);
    }

    Patch read() throws IOException, TraceFormatException {
      LineCursor line = required(nextLine(), "a patch ends with '" + TraceSyntax.NEXT + "'");
      while (line.isNext('?')) {
        expectName(line, '?', values.size() + 1);
        line.expect('=');
        values.add(value(line));
        line = required(nextLine(), "a patch ends with '" + TraceSyntax.NEXT + "'");
      }
      while (line.isNext('$')) {
        expectName(line, '$', nodes.size() + 1);
        line.expect('=');
        starts.add(refs.size());
        readNode(line);
        line = required(nextLine(), "a patch ends with '" + TraceSyntax.NEXT + "'");
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
        line.bare(TraceSyntax::isPlain, "a column");
        int kindAt = line.mark();
        String label = line.bare(TraceSyntax::isPlain, "the kind of a column");
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
        line.bare(TraceSyntax::isPlain, TraceSyntax.LOOP);
        boolean varies = line.peekWord().equals("?");
        RunBody body = null;
        if (varies) {
          line.bare(TraceSyntax::isPlain, "?");
        } else {
          body = body(line);
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
      String word = line.bare(TraceSyntax::isPlain, "an operand such as $1, ^1, &1, ?1");
      if (word.equals("-")) {
        return Ref.ABSENT;
      }
      int inner = word.indexOf('^');
      if (word.charAt(0) == '$' && inner > 0) {
        int node = index(line, word.substring(1, inner), at, nodes.size());
        int variable = index(line, word.substring(inner + 1), at, MOST);
        return innerRef(line, at, node, variable);
      }
      String digits = word.substring(1);
      switch (word.charAt(0)) {
        case '$' -> {
          int node = index(line, digits, at, nodes.size());
          if (nodes.get(node) instanceof InnerRun) {
            throw line.mistakeAt(at, word + " is a loop: say which variable, as in " + word + "^1");
          }
          return Ref.of(Ref.NODE, node);
        }
        case '^' -> {
          return Ref.of(Ref.CARRIED, index(line, digits, at, outputs.length));
        }
        case '&' -> {
          return Ref.of(Ref.OUTER, index(line, digits, at, MOST));
        }
        case '?' -> {
          return Ref.of(Ref.VALUE, index(line, digits, at, values.size()));
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
      expectWord(line, TraceSyntax.NEXT);
      boolean more = !line.atEnd();
      while (more) {
        int at = line.mark();
        String word = line.bare(TraceSyntax::isPlain, "a variable such as ^1");
        if (word.charAt(0) != '^') {
          throw line.mistakeAt(at, "expected a variable such as ^1");
        }
        int variable = index(line, word.substring(1), at, outputs.length);
        line.expect('=');
        outputs[variable] = ref(line);
        more = line.accept(',');
      }
      line.expectEnd();
    }
  }

  /** Numbers that a loop starts from have to be numbers, fixed items must be there. */
  private static void checkInputs(
      LineCursor line, int at, RunBody body, List<Integer> refs, List<PatchValue> values)
      throws TraceFormatException {
    RunBody.Inputs taken = body.inputs();
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

  // ---- bodies

  /** Reads a body whose first word has been read. */
  void readBody(LineCursor line) throws IOException, TraceFormatException {
    expectNumber(line, bodies.size() + 1, "bodies");
    expectWord(line, "from");
    int at = line.mark();
    long first = number(line, line.bare(TraceSyntax::isPlain, "a number"), at, Long.MAX_VALUE);
    line.expectEnd();
    RunBody body = new RunBody(first);
    LineCursor next = nextLine();
    while (next != null && next.peekWord().equals(TraceSyntax.PATH)) {
      readPath(next, body);
      next = nextLine();
    }
    if (body.length() == 0) {
      throw line.mistake("a body has a path");
    }
    while (next != null && next.peekWord().equals(TraceSyntax.COLUMN)) {
      readColumn(next, body);
      next = nextLine();
    }
    ahead = next;
    checkColumns(line, body);
    body.trim();
    bodies.add(body);
  }

  private void readPath(LineCursor line, RunBody body) throws TraceFormatException {
    expectWord(line, TraceSyntax.PATH);
    while (!line.atEnd()) {
      int at = line.mark();
      String word = line.bare(TraceSyntax::isPlain, "a patch such as 1 or 1*20");
      int star = word.indexOf('*');
      Patch patch = patch(line, star < 0 ? word : word.substring(0, star), at);
      long times = star < 0 ? 1 : number(line, word.substring(star + 1), at, Long.MAX_VALUE >> 1);
      if (body.patchCount() > 0 && patch.outputs.length != body.variables()) {
        throw line.mistakeAt(at, "the patches of a body have equally many variables");
      }
      int path = body.indexOf(patch);
      path = path < 0 ? body.add(patch) : path;
      if (path < 0 || times == 0) {
        throw line.mistakeAt(at, path < 0 ? "a body has at most 255 patches" : "no iterations");
      }
      body.path.append(path, times);
    }
  }

  private Patch patch(LineCursor line, String word, int at) throws TraceFormatException {
    return patches.get(index(line, word, at, patches.size()));
  }

  private void readColumn(LineCursor line, RunBody body) throws TraceFormatException {
    expectWord(line, TraceSyntax.COLUMN);
    int at = line.mark();
    Patch patch = patch(line, line.bare(TraceSyntax::isPlain, "a patch"), at);
    int path = body.indexOf(patch);
    int placeAt = line.mark();
    String place = line.bare(TraceSyntax::isPlain, "a value such as ?1 or a loop such as $1");
    int column = path < 0 ? -1 : column(line, patch, place, placeAt);
    if (column < 0) {
      throw line.mistakeAt(at, "the body has no such column");
    }
    while (!line.atEnd()) {
      int entryAt = line.mark();
      String entry = line.bare(TraceSyntax::isPlain, "an entry such as 0:5/1");
      int colon = entry.indexOf(':');
      if (colon < 0) {
        throw line.mistakeAt(entryAt, "an entry is ITERATION:VALUE, as in 0:5/1");
      }
      long first = number(line, entry.substring(0, colon), entryAt, body.length() - 1);
      String rest = entry.substring(colon + 1);
      if (column < patch.values.length && patch.values[column].kind().isNumber()) {
        addNumbers(line, entryAt, body.numbers(path, column), first, rest);
      } else {
        addObject(line, entryAt, body.objects(path, column), first, rest, place);
      }
    }
  }

  private int column(LineCursor line, Patch patch, String place, int at)
      throws TraceFormatException {
    if (place.charAt(0) == '?') {
      int value = index(line, place.substring(1), at, patch.values.length);
      return patch.values[value].kind() == ValueKind.CONSTANT ? -1 : value;
    }
    if (place.charAt(0) != '$') {
      return -1;
    }
    int node = index(line, place.substring(1), at, patch.nodes.length);
    return patch.nodes[node] instanceof InnerRun inner && inner.body() == null
        ? patch.values.length + inner.ordinal()
        : -1;
  }

  private void addNumbers(LineCursor line, int at, NumberColumn column, long first, String rest)
      throws TraceFormatException {
    requireAscending(
        line, at, column.segments() == 0 ? -1 : column.first(column.segments() - 1), first);
    if (rest.startsWith("~")) {
      column.add(first, 0, number(line, rest.substring(1), at, Long.MAX_VALUE), 1);
      return;
    }
    int slash = rest.indexOf('/');
    if (slash < 0) {
      throw line.mistakeAt(at, "numbers are FROM/STEP, or ~DRAW for seeds");
    }
    String from = rest.substring(0, slash);
    column.add(
        first,
        from.equals("*") ? 0 : bits(line, at, column.kind(), from),
        bits(line, at, column.kind(), rest.substring(slash + 1)),
        0);
  }

  private static long bits(LineCursor line, int at, ValueKind kind, String text)
      throws TraceFormatException {
    try {
      return kind == ValueKind.DOUBLE
          ? Double.doubleToLongBits(Double.parseDouble(text))
          : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw line.mistakeAt(at, "'" + text + "' is no number");
    }
  }

  private void addObject(
      LineCursor line, int at, ObjectColumn column, long first, String rest, String place)
      throws TraceFormatException {
    requireAscending(line, at, column.size() == 0 ? -1 : column.first(column.size() - 1), first);
    if (place.charAt(0) == '$') {
      column.append(first, bodies.get(index(line, rest, at, bodies.size())));
    } else if (rest.startsWith("%")) {
      column.append(first, reader.item(line, at, rest.substring(1)));
    } else {
      throw line.mistakeAt(at, "expected an item such as %1");
    }
  }

  private static void requireAscending(LineCursor line, int at, long before, long first)
      throws TraceFormatException {
    if (first <= before) {
      throw line.mistakeAt(at, "iterations of a column ascend");
    }
  }

  /** Every column says what the iterations that read it find. */
  private static void checkColumns(LineCursor line, RunBody body) throws TraceFormatException {
    for (int p = 0; p < body.patchCount(); p++) {
      Patch patch = body.patch(p);
      for (int v = 0; v < patch.values.length; v++) {
        ValueKind kind = patch.values[v].kind();
        boolean missing =
            kind.isNumber()
                ? body.numbers(p, v).segments() == 0
                    || body.numbers(p, v).first(0) > body.firstUse(p)
                : kind == ValueKind.ITEM
                    && (body.objects(p, v).size() == 0
                        || body.objects(p, v).first(0) > body.firstUse(p));
        if (missing) {
          throw line.mistake("a column of value ?" + (v + 1) + " is missing or begins too late");
        }
      }
      checkBodies(line, body, p);
    }
  }

  private static void checkBodies(LineCursor line, RunBody body, int path)
      throws TraceFormatException {
    Patch patch = body.patch(path);
    for (int node = 0; node < patch.nodes.length; node++) {
      if (!(patch.nodes[node] instanceof InnerRun inner) || inner.body() != null) {
        continue;
      }
      ObjectColumn column = body.objects(path, patch.values.length + inner.ordinal());
      if (column.size() == 0 || column.first(0) > body.firstUse(path)) {
        throw line.mistake("a column of the loop $" + (node + 1) + " is missing");
      }
      List<Integer> refs = new ArrayList<>();
      for (int i = patch.starts[node]; i < patch.starts[node + 1]; i++) {
        refs.add(patch.refs[i]);
      }
      for (int i = 0; i < column.size(); i++) {
        RunBody each = (RunBody) column.value(i);
        checkInputs(line, line.mark(), each, refs, List.of(patch.values));
        for (int entry = 0; entry < patch.innerOutputs.length; entry += 2) {
          if (patch.innerOutputs[entry] == node
              && patch.innerOutputs[entry + 1] >= each.variables()) {
            throw line.mistake("the loop $" + (node + 1) + " has too few variables");
          }
        }
      }
    }
  }

  // ---- words

  private static LineCursor required(LineCursor line, String reason) throws TraceFormatException {
    if (line == null) {
      throw new TraceFormatException(1, 1, "the trace was cut off: " + reason);
    }
    return line;
  }

  private static void expectWord(LineCursor line, String word) throws TraceFormatException {
    int at = line.mark();
    if (!line.bare(TraceSyntax::isPlain, "'" + word + "'").equals(word)) {
      throw line.mistakeAt(at, "expected '" + word + "'");
    }
  }

  private static void expectNumber(LineCursor line, int number, String what)
      throws TraceFormatException {
    int at = line.mark();
    if (!line.bare(TraceSyntax::isPlain, "a number").equals(Integer.toString(number))) {
      throw line.mistakeAt(at, what + " are numbered without gaps: expected " + number);
    }
  }

  private static void expectName(LineCursor line, char sign, int number)
      throws TraceFormatException {
    int at = line.mark();
    String expected = "" + sign + number;
    if (!line.bare(TraceSyntax::isPlain, expected).equals(expected)) {
      throw line.mistakeAt(at, "expected " + expected + ": there are no gaps");
    }
  }

  /** A one-based number as a zero-based index. */
  private static int index(LineCursor line, String digits, int at, int size)
      throws TraceFormatException {
    long number = number(line, digits, at, MOST);
    if (number < 1 || number > size) {
      throw line.mistakeAt(at, "there is no number " + digits + " here; there are " + size);
    }
    return (int) number - 1;
  }

  private static long number(LineCursor line, String digits, int at, long most)
      throws TraceFormatException {
    try {
      long number = Long.parseLong(digits);
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below, as a number out of range is.
    }
    throw line.mistakeAt(at, "'" + digits + "' is no number from 0 to " + most);
  }

  private static int[] ints(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }
}
