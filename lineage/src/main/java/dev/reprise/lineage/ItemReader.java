package dev.reprise.lineage;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.io.Reader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes items of the texts that {@link ItemText} wrote, and of those that older versions wrote for
 * people to read: literals without type, attributes and notes without quotes. Since such a text may
 * mean several things, or have been cut, an item counts only if it has the key that is asked for.
 * For one thread.
 */
public final class ItemReader {
  // Items with the same operation share one object, as those made by a program do.
  private final TraceReader syntax =
      new TraceReader(Reader.nullReader(), OperationTable.standard(), null);

  /**
   * The item of a text.
   *
   * @param inputs what its operation takes, in order
   * @param key that it has
   * @return null when the text does not give an item of that key, or one that stands for a history
   *     that was given up
   */
  public LineageItem read(String text, LineageItem[] inputs, Key key) {
    LineageItem item = read(text, inputs);
    if (item != null && item.key().equals(key)) {
      return TraceCut.isCut(item) ? null : item;
    }
    for (LineageItem old : ofOlderVersions(text, inputs)) {
      if (old.key().equals(key)) {
        return old;
      }
    }
    return null;
  }

  /** What the text says, whatever its key; null when that is no item. */
  LineageItem read(String text, LineageItem[] inputs) {
    try {
      LineageItem item = syntax.readContent(new LineCursor(text, 1), inputs, true);
      return item.isLiteral() && inputs.length > 0 ? null : item;
    } catch (TraceFormatException e) {
      return null;
    }
  }

  // ---- older versions

  private static List<LineageItem> ofOlderVersions(String text, LineageItem[] inputs) {
    String literal = TraceSyntax.LITERAL + " ";
    if (text.startsWith(literal)) {
      return inputs.length > 0 ? List.of() : literals(text.substring(literal.length()));
    }
    int at = text.indexOf(ItemText.NOTE);
    Operation operation = operation(at < 0 ? text : text.substring(0, at));
    if (operation == null || !takes(operation.opcode(), inputs.length)) {
      return List.of();
    }
    return List.of(
        at < 0 || inputs.length > 0
            ? LineageItem.of(operation, inputs)
            : LineageItem.leaf(operation, text.substring(at + ItemText.NOTE.length())));
  }

  /** What may have been written so, of any type. */
  private static List<LineageItem> literals(String value) {
    List<Scalar> all = new ArrayList<>();
    all.add(Scalar.of(value));
    all.add(Scalar.absent());
    if (value.equals("TRUE") || value.equals("FALSE")) {
      all.add(Scalar.of(value.equals("TRUE")));
    }
    try {
      all.add(Scalar.of(Double.parseDouble(value)));
      all.add(Scalar.of(Long.parseLong(value)));
    } catch (NumberFormatException e) {
      // Then it is none of these.
    }
    return all.stream().map(LineageItem::literal).toList();
  }

  private static Operation operation(String text) {
    int brace = text.indexOf('{');
    boolean hasAttributes = brace > 0 && text.endsWith("}");
    String name = hasAttributes ? text.substring(0, brace) : text;
    Opcode opcode = OperationTable.standard().find(name);
    if (opcode == null || name.equals(TraceCut.OPCODE)) {
      return null;
    }
    Map<String, String> attributes = new HashMap<>();
    if (hasAttributes) {
      for (String one : text.substring(brace + 1, text.length() - 1).split(", ", -1)) {
        int equals = one.indexOf('=');
        attributes.put(one.substring(0, Math.max(0, equals)), one.substring(equals + 1));
      }
    }
    return new Operation(opcode, Attributes.of(attributes));
  }

  private static boolean takes(Opcode opcode, int inputs) {
    try {
      TraceReader.checkInputs(new LineCursor("", 1), opcode, inputs, null);
      return true;
    } catch (TraceFormatException e) {
      return false;
    }
  }
}
