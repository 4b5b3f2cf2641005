package dev.reprise.engine.region;

import static dev.reprise.engine.region.RegionRecord.FRAGMENT;
import static dev.reprise.engine.region.RegionRecord.INPUT;
import static dev.reprise.engine.region.RegionRecord.ITEMS;
import static dev.reprise.engine.region.RegionRecord.LITERAL;
import static dev.reprise.engine.region.RegionRecord.OPERATION;
import static dev.reprise.engine.region.RegionRecord.PART_ABSENT;
import static dev.reprise.engine.region.RegionRecord.PART_CACHED;
import static dev.reprise.engine.region.RegionRecord.PART_CLEARED;
import static dev.reprise.engine.region.RegionRecord.PART_ELEMENTS;
import static dev.reprise.engine.region.RegionRecord.PART_INLINE;
import static dev.reprise.engine.region.RegionRecord.PART_INPUT;
import static dev.reprise.engine.region.RegionRecord.PART_UNCHANGED;
import static dev.reprise.engine.region.RegionRecord.VERSION;

import dev.reprise.language.program.Procedure.Parameter;
import dev.reprise.lineage.ContentKeys;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.LiteralName;
import dev.reprise.lineage.TraceFormatException;
import dev.reprise.lineage.TraceFragment;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.runtime.operation.Place;
import dev.reprise.store.TraceBytes;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads one {@link RegionRecord}. */
final class RegionReader {
  private final LineageItem[] inputs;
  private final ContentKeys contents;
  private final OperationTable table;
  private final DataInputStream in;
  private LineageItem[] items;

  /** Whether all inputs have the history that they had then, so that all keys must be the same. */
  private boolean isOfSameHistory = true;

  RegionReader(
      LineageItem[] inputs, ContentKeys contents, OperationTable table, DataInputStream in) {
    this.inputs = inputs;
    this.contents = contents;
    this.table = table;
    this.in = in;
  }

  Composite composite() throws IOException, TraceFormatException {
    if (in.readByte() != VERSION) {
      throw new IOException("another version");
    }
    inputs();
    long work = in.readLong();
    long seeds = in.readLong();
    long cost = in.readLong();
    List<Composite.Called> calls = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      calls.add(call());
    }
    switch (in.readByte()) {
      case ITEMS -> {
        items = new LineageItem[in.readInt()];
        for (int i = 0; i < items.length; i++) {
          items[i] = item();
        }
      }
      case FRAGMENT -> fragment();
      default -> throw new IOException("a history of unknown form");
    }
    Composite.Part[] parts = new Composite.Part[in.readInt()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = part();
    }
    return new Composite(parts, calls, work, seeds, cost);
  }

  private void inputs() throws IOException {
    if (in.readInt() != inputs.length) {
      throw new IOException("other inputs");
    }
    Key[] then = new Key[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      if (in.readBoolean() != (inputs[i] != null)) {
        throw new IOException("other inputs");
      }
      if (inputs[i] != null) {
        then[i] = key();
        if (!contents.of(inputs[i]).equals(key())) {
          throw new IOException("an input whose content differs");
        }
        isOfSameHistory &= inputs[i].key().equals(then[i]);
      }
    }
    if (!isOfSameHistory && !isAlike(then)) {
      throw new IOException("inputs that were one value, or are one now");
    }
  }

  /** Whether those inputs are one value that were one. */
  private boolean isAlike(Key[] then) {
    for (int i = 0; i < inputs.length; i++) {
      for (int j = 0; j < i && inputs[i] != null; j++) {
        if (inputs[j] != null && then[i].equals(then[j]) != inputs[i].sameAs(inputs[j])) {
          return false;
        }
      }
    }
    return true;
  }

  private void check(LineageItem item, Key then) throws IOException {
    if (isOfSameHistory && !item.key().equals(then)) {
      throw new IOException("an item whose key differs");
    }
  }

  private void fragment() throws IOException, TraceFormatException {
    items = new LineageItem[in.readInt()];
    byte[] compressed = new byte[in.readInt()];
    in.readFully(compressed);
    Map<String, LineageItem> named =
        TraceFragment.read(new StringReader(TraceBytes.text(compressed)), inputs, table);
    for (int i = 0; i < items.length; i++) {
      items[i] = named.get(Integer.toString(i));
      if (items[i] == null) {
        throw new IOException("an item that is not there");
      }
      check(items[i], key());
      items[i] = marked(items[i]);
    }
  }

  /** A literal that a loop has counted is one again. */
  private LineageItem marked(LineageItem item) throws IOException {
    return in.readBoolean() ? item.asCounted() : item;
  }

  private Composite.Called call() throws IOException {
    String name = in.readUTF();
    Key fingerprint = key();
    List<Parameter> parameters = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      // Only the name of a parameter is looked at.
      parameters.add(new Parameter(in.readUTF(), null, 0, null));
    }
    return new Composite.Called(name, fingerprint, parameters);
  }

  private LineageItem item() throws IOException {
    return switch (in.readByte()) {
      case INPUT -> inputs[in.readInt()];
      case LITERAL -> literal();
      case OPERATION -> operation();
      default -> throw new IOException("an item of unknown kind");
    };
  }

  private LineageItem literal() throws IOException {
    Scalar value = scalar();
    List<LiteralName> names = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      String name = in.readUTF();
      names.add(new LiteralName(name, place()));
    }
    return marked(names.isEmpty() ? LineageItem.literal(value) : LineageItem.literal(value, names));
  }

  private Place place() throws IOException {
    String text = in.readUTF();
    return text.isEmpty() ? null : () -> text;
  }

  private LineageItem operation() throws IOException {
    Opcode opcode = table.find(in.readUTF());
    if (opcode == null) {
      throw new IOException("an operation of another version");
    }
    Map<String, String> attributes = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      String name = in.readUTF();
      attributes.put(name, in.readUTF());
    }
    LineageItem[] operands = new LineageItem[in.readInt()];
    for (int i = 0; i < operands.length; i++) {
      operands[i] = items[in.readInt()];
    }
    Key then = key();
    Operation operation = new Operation(opcode, Attributes.of(attributes));
    Place place = place();
    LineageItem item = LineageItem.of(place == null ? operation : operation.at(place), operands);
    check(item, then);
    return item;
  }

  private Composite.Part part() throws IOException {
    return switch (in.readByte()) {
      case PART_CLEARED -> Composite.NoValue.CLEARED;
      case PART_UNCHANGED -> Composite.NoValue.UNCHANGED;
      case PART_ABSENT -> Composite.NoValue.ABSENT;
      case PART_INPUT -> new Composite.Input(in.readInt());
      case PART_INLINE -> {
        Scalar value = scalar();
        yield new Composite.Inline(value, items[in.readInt()]);
      }
      case PART_CACHED -> {
        Key then = key();
        Key contentKey = key();
        Composite.MatrixFacts facts = facts();
        LineageItem item = items[in.readInt()];
        check(item, then);
        contents.learn(item, contentKey);
        yield new Composite.Cached(item.key(), item, facts);
      }
      case PART_ELEMENTS -> elements();
      default -> throw new IOException("a part of unknown kind");
    };
  }

  private Composite.MatrixFacts facts() throws IOException {
    if (!in.readBoolean()) {
      return null;
    }
    Shape shape = new Shape(in.readLong(), in.readLong());
    return new Composite.MatrixFacts(shape, Precision.valueOf(in.readUTF()));
  }

  private Composite.Part elements() throws IOException {
    List<String> names = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      names.add(in.readUTF());
    }
    Composite.Part[] elements = new Composite.Part[in.readInt()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = part();
    }
    return new Composite.Elements(names, elements, items[in.readInt()]);
  }

  private Key key() throws IOException {
    long high = in.readLong();
    return new Key(high, in.readLong());
  }

  private Scalar scalar() throws IOException {
    return switch (ValueType.valueOf(in.readUTF())) {
      case ABSENT -> Scalar.absent();
      case BOOLEAN -> Scalar.of(in.readLong() != 0);
      case INTEGER -> Scalar.of(in.readLong());
      case DOUBLE -> Scalar.of(Double.longBitsToDouble(in.readLong()));
      case STRING -> {
        byte[] text = new byte[in.readInt()];
        in.readFully(text);
        yield Scalar.of(new String(text, StandardCharsets.UTF_8));
      }
      default -> throw new IOException("no scalar");
    };
  }
}
