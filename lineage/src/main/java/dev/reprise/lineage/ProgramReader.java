package dev.reprise.lineage;

import dev.reprise.lineage.Patch.InnerRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the parts of a text that version 2 has besides items: patches and bodies. Everything is
 * checked here, so that what comes out can be evaluated and replayed. Works for one {@link
 * TraceReader}.
 */
final class ProgramReader {
  /** Numbers of patches, variables and fixed items go no further. */
  static final int MOST = 1 << 24;

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
    int number = (int) line.number("a body", MOST);
    if (number > bodies.size() || number == 0) {
      throw line.mistakeAt(at, "body " + number + " is not defined in a line above");
    }
    return bodies.get(number - 1);
  }

  // ---- patches

  /** Reads a patch whose first word has been read. */
  void readPatch(LineCursor line) throws IOException, TraceFormatException {
    line.expectNumber(patches.size() + 1, "patches");
    line.expectWord("of");
    int variables = (int) line.number("a count", MOST);
    line.expectEnd();
    patches.add(new PatchReader(this, reader, variables).read());
  }

  // ---- bodies

  /** Reads a body whose first word has been read. */
  void readBody(LineCursor line) throws IOException, TraceFormatException {
    line.expectNumber(bodies.size() + 1, "bodies");
    line.expectWord("from");
    long first = line.number("a number", Long.MAX_VALUE);
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
    if (body.depth() > RunBody.DEPTH_LIMIT) {
      throw line.mistake("loops are nested deeper than " + RunBody.DEPTH_LIMIT + " levels");
    }
    body.trim();
    bodies.add(body);
  }

  private void readPath(LineCursor line, RunBody body) throws TraceFormatException {
    line.expectWord(TraceSyntax.PATH);
    while (!line.atEnd()) {
      int at = line.mark();
      String word = line.plain("a patch such as 1 or 1*20");
      int star = word.indexOf('*');
      Patch patch = patch(line, star < 0 ? word : word.substring(0, star), at);
      long times = star < 0 ? 1 : line.number(word.substring(star + 1), at, Long.MAX_VALUE);
      if (body.patchCount() > 0 && patch.outputs.length != body.variables()) {
        throw line.mistakeAt(at, "the patches of a body have equally many variables");
      }
      int path = body.indexOf(patch);
      path = path < 0 ? body.add(patch) : path;
      if (path < 0 || times == 0) {
        throw line.mistakeAt(at, path < 0 ? "a body has at most 255 patches" : "no iterations");
      }
      if (times > Long.MAX_VALUE - body.firstIteration - body.length()) {
        throw line.mistakeAt(at, "no loop has more than 2^63 iterations");
      }
      body.path.append(path, times);
    }
  }

  private Patch patch(LineCursor line, String word, int at) throws TraceFormatException {
    return patches.get(line.index(word, at, patches.size()));
  }

  private void readColumn(LineCursor line, RunBody body) throws TraceFormatException {
    line.expectWord(TraceSyntax.COLUMN);
    int at = line.mark();
    Patch patch = patch(line, line.plain("a patch"), at);
    int path = body.indexOf(patch);
    int placeAt = line.mark();
    String place = line.plain("a value such as ?1 or a loop such as $1");
    int column = path < 0 ? -1 : column(line, patch, place, placeAt);
    if (column < 0) {
      throw line.mistakeAt(at, "the body has no such column");
    }
    while (!line.atEnd()) {
      int entryAt = line.mark();
      String entry = line.plain("an entry such as 0:5/1");
      int colon = entry.indexOf(':');
      if (colon < 0) {
        throw line.mistakeAt(entryAt, "an entry is ITERATION:VALUE, as in 0:5/1");
      }
      long first = line.number(entry.substring(0, colon), entryAt, body.length() - 1);
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
      int value = line.index(place.substring(1), at, patch.values.length);
      return patch.values[value].kind() == ValueKind.CONSTANT ? -1 : value;
    }
    if (place.charAt(0) != '$') {
      return -1;
    }
    int node = line.index(place.substring(1), at, patch.nodes.length);
    return patch.nodes[node] instanceof InnerRun inner && inner.body() == null
        ? patch.values.length + inner.ordinal()
        : -1;
  }

  private void addNumbers(LineCursor line, int at, NumberColumn column, long first, String rest)
      throws TraceFormatException {
    requireAscending(
        line, at, column.segments() == 0 ? -1 : column.first(column.segments() - 1), first);
    if (rest.startsWith("~")) {
      column.add(first, 0, line.number(rest.substring(1), at, Long.MAX_VALUE), 1);
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
      column.append(first, bodies.get(line.index(rest, at, bodies.size())));
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
      for (int node = 0; node < patch.nodes.length; node++) {
        if (patch.nodes[node] instanceof InnerRun inner) {
          checkInner(line, body, p, node, inner);
        }
      }
    }
  }

  private static void checkInner(LineCursor line, RunBody body, int path, int node, InnerRun inner)
      throws TraceFormatException {
    if (inner.body() == null) {
      ObjectColumn column = body.bodyColumn(path, inner);
      if (column.size() == 0 || column.first(0) > body.firstUse(path)) {
        throw line.mistake("a column of the loop $" + (node + 1) + " is missing");
      }
    }
    Patch patch = body.patch(path);
    List<Integer> refs = new ArrayList<>();
    for (int i = patch.starts[node]; i < patch.starts[node + 1]; i++) {
      refs.add(patch.refs[i]);
    }
    for (RunBody each : body.bodies(path, inner)) {
      PatchReader.checkInputs(line, line.mark(), each, refs, List.of(patch.values));
      int items = each.inputs().carried().length + each.inputs().outers().length;
      for (int ref : refs.subList(items, refs.size())) {
        checkNumber(line, body, path, Ref.index(ref));
      }
      for (int entry = 0; entry < patch.innerOutputs.length; entry += 2) {
        if (patch.innerOutputs[entry] == node
            && patch.innerOutputs[entry + 1] >= each.variables()) {
          throw line.mistake("the loop $" + (node + 1) + " has too few variables");
        }
      }
    }
  }

  /** A column of items that an inner loop starts a number from holds numbers alone. */
  private static void checkNumber(LineCursor line, RunBody body, int path, int value)
      throws TraceFormatException {
    if (body.patch(path).values[value].kind() != ValueKind.ITEM) {
      return;
    }
    ObjectColumn column = body.objects(path, value);
    for (int i = 0; i < column.size(); i++) {
      var literal = ((LineageItem) column.value(i)).literalOrNull();
      if (literal == null || !ValueKind.ofLiteral(literal).isNumber()) {
        throw line.mistake("a loop starts from ?" + (value + 1) + ", which is not always a number");
      }
    }
  }
}
