package dev.reprise.lineage;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Evaluation;
import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.runtime.operation.Place;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the text form of a trace that {@link TraceWriter} writes. One reader reads one text. */
public final class TraceReader {
  private final BufferedReader in;
  private final OperationTable table;
  private final List<LineageItem> items = new ArrayList<>();
  // Lines with the same operation share one object, as items made by a program do.
  private final Map<Placed, Operation> operations = new HashMap<>();
  private final PlaceNotes.Reading notes = new PlaceNotes.Reading();
  // Runs by the number of their line, where items has null.
  private final Map<Integer, Run> runs = new HashMap<>();
  private final ProgramReader program = new ProgramReader(this);
  private boolean hasLoops;
  private int lineNumber;

  /** An operation with its place, which does not count for the operation's own equality. */
  private record Placed(Operation operation, Place place) {}

  /** What stands for the items that a {@link TraceFragment} was written without; or null. */
  private final LineageItem[] given;

  /** What these hold; made when something is asked for. */
  private GivenSources sources;

  TraceReader(Reader in, OperationTable table, LineageItem[] given) {
    this.given = given;
    this.in = in instanceof BufferedReader buffered ? buffered : new BufferedReader(in);
    this.table = table;
  }

  /**
   * Reads a whole trace; the caller closes {@code in}.
   *
   * @param table the operations that the text may name
   * @throws TraceFormatException at the first line that is wrong, or when the text ends early
   */
  public static Trace read(Reader in, OperationTable table)
      throws IOException, TraceFormatException {
    return Trace.of(new TraceReader(in, table, null).readOutputs());
  }

  /** All outputs by name, in the order of the text. */
  Map<String, LineageItem> readOutputs() throws IOException, TraceFormatException {
    readHeader();
    LineCursor line = program.nextLine();
    while (line != null && readPart(line)) {
      line = program.nextLine();
    }
    if (line == null) {
      throw new TraceFormatException(
          lineNumber + 1, 1, "the trace ends without its 'return' line; it was cut off");
    }
    Map<String, LineageItem> outputs = readOutputs(line);
    LineCursor beyond = program.nextLine();
    if (beyond != null) {
      throw beyond.expected("nothing after the 'return' line");
    }
    return outputs;
  }

  /** Reads an item, patch or body; false at anything else. */
  private boolean readPart(LineCursor line) throws IOException, TraceFormatException {
    if (line.isNext('%')) {
      items.add(readItem(line));
      return true;
    }
    String word = hasLoops ? line.peekWord() : "";
    if (word.equals(TraceSyntax.PATCH)) {
      line.bare(TraceSyntax::isPlain, word);
      program.readPatch(line);
      return true;
    }
    if (word.equals(TraceSyntax.BODY)) {
      line.bare(TraceSyntax::isPlain, word);
      program.readBody(line);
      return true;
    }
    return false;
  }

  /** The next line that is neither empty nor a comment, or null at the end. */
  LineCursor nextLine() throws IOException {
    String text = in.readLine();
    while (text != null) {
      lineNumber++;
      LineCursor line = new LineCursor(text, lineNumber);
      if (!line.atEnd() && !line.isNext('#')) {
        return line;
      }
      notes.comment(text);
      text = in.readLine();
    }
    return null;
  }

  private void readHeader() throws IOException, TraceFormatException {
    String expected = "the header '" + TraceSyntax.HEADER + " " + TraceSyntax.VERSION + "'";
    LineCursor line = nextLine();
    if (line == null) {
      throw new TraceFormatException(1, 1, "expected " + expected + ", but the text is empty");
    }
    int start = line.mark();
    if (!line.isNext(TraceSyntax.HEADER.charAt(0))) {
      throw line.expected(expected);
    }
    String word = line.bare(TraceSyntax::isPlain, expected);
    if (!word.equals(TraceSyntax.HEADER)) {
      throw line.mistakeAt(start, "this is no lineage trace: expected " + expected);
    }
    int versionAt = line.mark();
    String version = line.bare(TraceSyntax::isPlain, "a format version");
    line.expectEnd();
    hasLoops = version.equals(Integer.toString(TraceSyntax.VERSION_WITH_LOOPS));
    if (!hasLoops && !version.equals(Integer.toString(TraceSyntax.VERSION))) {
      throw line.mistakeAt(
          versionAt,
          "the trace has format version "
              + version
              + ", this program reads versions "
              + TraceSyntax.VERSION
              + " and "
              + TraceSyntax.VERSION_WITH_LOOPS);
    }
  }

  private LineageItem readItem(LineCursor line) throws TraceFormatException {
    int start = line.mark();
    int number = line.itemNumber();
    if (number != items.size() + 1) {
      throw line.mistakeAt(
          start, "items are numbered without gaps: expected %" + (items.size() + 1));
    }
    line.expect('=');
    if (hasLoops && line.isNextItem()) {
      return readResult(line);
    }
    if (hasLoops && line.peekWord().equals(TraceSyntax.LOOP)) {
      readLoop(line);
      return null;
    }
    return readContent(line, null, false);
  }

  /**
   * A literal, or an operation with its inputs and note.
   *
   * @param inputs what the operation takes, or null to read them from the line
   */
  LineageItem readContent(LineCursor line, LineageItem[] inputs, boolean isLeaf)
      throws TraceFormatException {
    if (!line.isNext('"') && line.peekOpcode().equals(TraceSyntax.LITERAL)) {
      line.bare(TraceSyntax::isPlain, TraceSyntax.LITERAL);
      return notes.literal(readLiteral(line));
    }
    Operation operation = readOperation(line);
    LineageItem[] operands = isLeaf ? inputs : readInputs(line);
    String note = line.accept('@') ? line.quoted("where the content came from") : null;
    line.expectEnd();
    checkInputs(line, operation.opcode(), operands.length, note);
    if (operation.name().equals(TraceCut.OPCODE)) {
      return readCut(line, operation);
    }
    int number = given == null ? -1 : TraceFragment.numberOf(operation);
    if (number >= 0) {
      if (number >= given.length || given[number] == null) {
        throw line.mistake("there is no input " + number);
      }
      return given[number];
    }
    if (note == null) {
      return LineageItem.of(operation, operands);
    }
    return given == null ? LineageItem.leaf(operation, note) : ownSource(line, operation, note);
  }

  /** Content from outside of a fragment, as the reader's inputs name it. */
  private LineageItem ownSource(LineCursor line, Operation operation, String note)
      throws TraceFormatException {
    if (sources == null) {
      sources = new GivenSources(given);
    }
    LineageItem own = sources.of(operation);
    if (own == null) {
      throw line.mistake("no input holds what was called '" + note + "'");
    }
    return own;
  }

  private static LineageItem readCut(LineCursor line, Operation operation)
      throws TraceFormatException {
    try {
      return TraceCut.read(operation);
    } catch (IllegalArgumentException e) {
      throw line.mistake(e.getMessage());
    }
  }

  Operation readOperation(LineCursor line) throws TraceFormatException {
    int opcodeAt = line.mark();
    String name = line.word(TraceSyntax::isPlainInOpcode, "an opcode");
    Opcode opcode = table.find(name);
    if (opcode == null) {
      throw line.mistakeAt(opcodeAt, "this version has no operation '" + name + "'");
    }
    return shared(new Operation(opcode, readAttributes(line)));
  }

  private void readLoop(LineCursor line) throws TraceFormatException {
    int at = line.mark();
    line.bare(TraceSyntax::isPlain, TraceSyntax.LOOP);
    RunBody body = program.body(line);
    List<LineageItem> inputs = new ArrayList<>();
    while (!line.atEnd()) {
      inputs.add(line.accept('-') ? null : readReference(line));
    }
    checkInputs(line, at, body, inputs);
    runs.put(items.size(), Run.of(body, inputs.toArray(LineageItem[]::new)));
  }

  private static void checkInputs(LineCursor line, int at, RunBody body, List<LineageItem> inputs)
      throws TraceFormatException {
    RunInputs taken = body.inputs();
    if (inputs.size() != taken.size()) {
      throw line.mistakeAt(
          at, "the loop takes " + taken.size() + " inputs, but has " + inputs.size());
    }
    int plain = taken.carried().length + taken.outers().length;
    for (int i = taken.carried().length; i < inputs.size(); i++) {
      LineageItem input = inputs.get(i);
      boolean number =
          input != null
              && input.isLiteral()
              && ValueKind.ofLiteral(input.literalOrNull()).isNumber();
      if (i < plain ? input == null : !number) {
        throw line.mistakeAt(
            at, "input " + (i + 1) + " of the loop must be " + (i < plain ? "there" : "a number"));
      }
    }
  }

  /** A variable at the end of a loop, as in {@code %5^1}. */
  private LineageItem readResult(LineCursor line) throws TraceFormatException {
    int at = line.mark();
    Run run = runs.get(line.itemNumber() - 1);
    if (run == null) {
      throw line.mistakeAt(at, "expected a loop from a line above");
    }
    line.expect('^');
    int variableAt = line.mark();
    String digits = line.bare(TraceSyntax::isPlain, "a variable");
    if (!digits.matches("[1-9][0-9]{0,8}") || Integer.parseInt(digits) > run.body.variables()) {
      throw line.mistakeAt(variableAt, "the loop has no variable ^" + digits);
    }
    line.expectEnd();
    return run.carried(run.body.length() - 1, Integer.parseInt(digits) - 1);
  }

  private Operation shared(Operation operation) {
    Place place = notes.place();
    return operations.computeIfAbsent(
        new Placed(operation, place), made -> place == null ? operation : operation.at(place));
  }

  private Scalar readLiteral(LineCursor line) throws TraceFormatException {
    int typeAt = line.mark();
    String type = line.bare(TraceSyntax::isPlain, "the type of a literal");
    int valueAt = line.mark();
    Scalar literal =
        switch (type) {
          case "string" -> Scalar.of(line.quoted("a text"));
          case "absent" -> Scalar.absent();
          case "double", "integer", "boolean" -> {
            String value = line.bare(TraceSyntax::isPlain, "a value of type " + type);
            try {
              yield parse(type, value);
            } catch (IllegalArgumentException e) {
              throw line.mistakeAt(valueAt, "'" + value + "' is not of type " + type);
            }
          }
          default -> throw line.mistakeAt(typeAt, "there are no literals of type '" + type + "'");
        };
    line.expectEnd();
    return literal;
  }

  private static Scalar parse(String type, String value) {
    return switch (type) {
      case "double" -> Scalar.of(Double.parseDouble(value));
      case "integer" -> Scalar.of(Long.parseLong(value));
      case "boolean" ->
          switch (value) {
            case "TRUE" -> Scalar.of(true);
            case "FALSE" -> Scalar.of(false);
            default -> throw new IllegalArgumentException(value);
          };
      default -> throw new IllegalArgumentException(type);
    };
  }

  private static Attributes readAttributes(LineCursor line) throws TraceFormatException {
    if (!line.accept('{')) {
      return Attributes.none();
    }
    Map<String, String> attributes = new HashMap<>();
    do {
      int start = line.mark();
      String name = line.word(TraceSyntax::isPlain, "an attribute");
      line.expect('=');
      String value = line.word(TraceSyntax::isPlain, "a value for " + name);
      if (attributes.put(name, value) != null) {
        throw line.mistakeAt(start, "the attribute '" + name + "' stands twice");
      }
    } while (line.accept(','));
    line.expect('}');
    return Attributes.of(attributes);
  }

  private LineageItem[] readInputs(LineCursor line) throws TraceFormatException {
    List<LineageItem> inputs = new ArrayList<>();
    while (line.isNext('%')) {
      inputs.add(readReference(line));
    }
    return inputs.toArray(LineageItem[]::new);
  }

  private LineageItem readReference(LineCursor line) throws TraceFormatException {
    int start = line.mark();
    int number = line.itemNumber();
    if (number > items.size()) {
      throw line.mistakeAt(start, "%" + number + " is not defined in a line above");
    }
    LineageItem item = items.get(number - 1);
    if (item == null) {
      throw line.mistakeAt(
          start, "%" + number + " is a loop: say which variable, as in %" + number + "^1");
    }
    return item;
  }

  /** The item with a number that stands somewhere in a word. */
  LineageItem item(LineCursor line, int at, String digits) throws TraceFormatException {
    int number = digits.matches("[1-9][0-9]{0,8}") ? Integer.parseInt(digits) : 0;
    if (number == 0 || number > items.size() || items.get(number - 1) == null) {
      throw line.mistakeAt(at, "%" + digits + " is not a value from a line above");
    }
    return items.get(number - 1);
  }

  /**
   * Catches what would otherwise break a kernel: operands that its opcode does not have, or too few
   * of them. What a script leaves out is in a trace as its default, or as absent.
   */
  static void checkInputs(LineCursor line, Opcode opcode, int inputs, String note)
      throws TraceFormatException {
    boolean isSource = opcode.evaluation() == Evaluation.SOURCE;
    if (note != null && (inputs > 0 || !isSource)) {
      throw line.mistake("only an item that reads content from outside has a note after '@'");
    }
    int named = isSource ? 0 : opcode.parameters().size();
    if (inputs < named || (inputs > named && !opcode.isVariadic())) {
      throw line.mistake(
          "'" + opcode.name() + "' takes " + operandCount(opcode, named) + ", but has " + inputs);
    }
  }

  private static String operandCount(Opcode opcode, int named) {
    if (opcode.isVariadic()) {
      return named + " or more inputs";
    }
    return named == 1 ? "1 input" : (named == 0 ? "no" : named) + " inputs";
  }

  private Map<String, LineageItem> readOutputs(LineCursor line) throws TraceFormatException {
    int start = line.mark();
    String word = line.bare(TraceSyntax::isPlain, "an item or 'return'");
    if (!word.equals(TraceSyntax.RETURN)) {
      throw line.mistakeAt(start, "expected an item or 'return', but found '" + word + "'");
    }
    Map<String, LineageItem> outputs = new LinkedHashMap<>();
    do {
      int nameAt = line.mark();
      String name = Trace.UNNAMED;
      if (!line.isNext('%')) {
        name = line.word(TraceSyntax::isPlain, "an output");
        line.expect('=');
      }
      if (outputs.put(name, readReference(line)) != null) {
        throw line.mistakeAt(nameAt, "the output '" + name + "' stands twice");
      }
    } while (line.accept(','));
    line.expectEnd();
    return outputs;
  }
}
