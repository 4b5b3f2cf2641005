package dev.reprise.engine;

import dev.reprise.engine.stored.ShortText;
import dev.reprise.language.program.Procedure.Parameter;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.LiteralName;
import dev.reprise.lineage.TraceCut;
import dev.reprise.lineage.TraceFormatException;
import dev.reprise.lineage.TraceFragment;
import dev.reprise.runtime.DoubleScalar;
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
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A {@link Composite} as bytes, for the experiment store. The lineage of its outputs is written
 * down to the region's inputs, which whoever reads it supplies with items of his own; so a found
 * call goes on in the trace as if it had been executed. Every key is written, too, and compared
 * when read.
 */
final class RegionRecord {
  private static final int VERSION = 4;

  /** Longer histories are written as {@link TraceFragment}s, whose loops stay loops. */
  private static final int MOST_ITEMS = 4_000;

  /** A fragment that is longer is not written. */
  private static final int LONGEST_TEXT = 4 << 20;

  private static final int ITEMS = 0;
  private static final int FRAGMENT = 1;

  private static final int INPUT = 0;
  private static final int LITERAL = 1;
  private static final int OPERATION = 2;

  private static final int PART_CLEARED = 0;
  private static final int PART_UNCHANGED = 1;
  private static final int PART_INPUT = 2;
  private static final int PART_INLINE = 3;
  private static final int PART_CACHED = 4;
  private static final int PART_ELEMENTS = 5;
  private static final int PART_ABSENT = 6;

  private RegionRecord() {}

  /** The bytes, or null when the history of an output cannot be written. */
  static byte[] write(Composite composite, LineageItem[] inputs) {
    byte[] items = written(composite, new Writing(inputs, null, true));
    return items == null ? writeLoop(composite, inputs, false) : items;
  }

  /** Likewise, of a loop, which stays one whoever finds it. */
  static byte[] writeLoop(Composite composite, LineageItem[] inputs) {
    byte[] items = written(composite, new Writing(inputs, null, true));
    byte[] loop = writeLoop(composite, inputs, items != null);
    return loop == null ? items : loop;
  }

  private static byte[] writeLoop(
      Composite composite, LineageItem[] inputs, boolean isComputedAgain) {
    return written(composite, new Writing(inputs, new LinkedHashMap<>(), isComputedAgain));
  }

  private static byte[] written(Composite composite, Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      return writing.composite(composite, new DataOutputStream(bytes)) ? bytes.toByteArray() : null;
    } catch (IOException | RuntimeException e) {
      // A text too long for the form, for example: the call is not kept.
      return null;
    }
  }

  /** The composite, or null when the bytes do not fit the inputs or this version. */
  static Composite read(byte[] record, LineageItem[] inputs, OperationTable table) {
    try {
      return new Reading(inputs, table, new DataInputStream(new ByteArrayInputStream(record)))
          .composite();
    } catch (IOException | TraceFormatException | RuntimeException e) {
      // Written by another version, or damaged: as good as absent.
      return null;
    }
  }

  private static final class Writing {
    private final LineageItem[] inputs;

    /** Items of parts by name, where their history is written as a fragment; else null. */
    private final Map<String, LineageItem> named;

    // By key: places of loops are other objects each time that they are asked for.
    private final Map<Key, Integer> numbers = new HashMap<>();
    private final ByteArrayOutputStream itemBytes = new ByteArrayOutputStream();
    private final DataOutputStream items = new DataOutputStream(itemBytes);
    private int count;

    /** Whether a value may be computed again when it is needed; else it is loaded when found. */
    private final boolean isComputedAgain;

    Writing(LineageItem[] inputs, Map<String, LineageItem> named, boolean isComputedAgain) {
      this.inputs = inputs;
      this.named = named;
      this.isComputedAgain = isComputedAgain;
    }

    /** False when it cannot be written in this form; nothing is of use then. */
    boolean composite(Composite composite, DataOutputStream out) throws IOException {
      ByteArrayOutputStream partBytes = new ByteArrayOutputStream();
      DataOutputStream parts = new DataOutputStream(partBytes);
      for (Composite.Part part : composite.parts()) {
        if (!part(part, parts)) {
          return false;
        }
      }
      out.writeByte(VERSION);
      out.writeLong(composite.work());
      out.writeLong(composite.seeds());
      out.writeLong(composite.costNanos());
      out.writeInt(composite.calls().size());
      for (Composite.Called call : composite.calls()) {
        out.writeUTF(call.name());
        key(call.fingerprint(), out);
        out.writeInt(call.parameters().size());
        for (Parameter parameter : call.parameters()) {
          out.writeUTF(parameter.name());
        }
      }
      if (!history(out)) {
        return false;
      }
      out.writeInt(composite.parts().length);
      partBytes.writeTo(out);
      return true;
    }

    private boolean history(DataOutputStream out) throws IOException {
      if (named == null) {
        out.writeByte(ITEMS);
        out.writeInt(count);
        itemBytes.writeTo(out);
        return true;
      }
      if (named.isEmpty()) {
        // No part has a history: there is no text without outputs.
        return false;
      }
      StringBuilder text = new StringBuilder();
      boolean isWritten = TraceFragment.write(named, inputs, new ShortText(text, LONGEST_TEXT));
      if (isWritten) {
        byte[] compressed = TraceBytes.of(text.toString());
        out.writeByte(FRAGMENT);
        out.writeInt(named.size());
        out.writeInt(compressed.length);
        out.write(compressed);
        for (LineageItem item : named.values()) {
          key(item.key(), out);
        }
      }
      return isWritten;
    }

    private boolean part(Composite.Part part, DataOutputStream parts) throws IOException {
      switch (part) {
        case Composite.NoValue none ->
            parts.writeByte(
                switch (none) {
                  case CLEARED -> PART_CLEARED;
                  case UNCHANGED -> PART_UNCHANGED;
                  case ABSENT -> PART_ABSENT;
                });
        case Composite.Input(int position) -> {
          parts.writeByte(PART_INPUT);
          parts.writeInt(position);
        }
        case Composite.Inline(Scalar value, LineageItem item) -> {
          parts.writeByte(PART_INLINE);
          scalar(value, parts);
          return item(item, parts);
        }
        case Composite.Cached(Key key, LineageItem item, Composite.MatrixFacts facts) -> {
          parts.writeByte(PART_CACHED);
          key(key, parts);
          facts(isComputedAgain ? facts : null, parts);
          return item(item, parts);
        }
        case Composite.Elements(
                List<String> names,
                Composite.Part[] elements,
                LineageItem item) -> {
          parts.writeByte(PART_ELEMENTS);
          parts.writeInt(names.size());
          for (String name : names) {
            parts.writeUTF(name);
          }
          parts.writeInt(elements.length);
          for (Composite.Part element : elements) {
            if (!part(element, parts)) {
              return false;
            }
          }
          return item(item, parts);
        }
      }
      return true;
    }

    /** Writes the items below, if they are not there yet, and the number of this one. */
    private boolean item(LineageItem item, DataOutputStream parts) throws IOException {
      if (named != null) {
        parts.writeInt(named.size());
        named.put(Integer.toString(named.size()), item);
        return true;
      }
      ArrayList<LineageItem> open = new ArrayList<>();
      open.add(item);
      while (!open.isEmpty()) {
        LineageItem top = open.getLast();
        if (numbers.containsKey(top.key())) {
          open.removeLast();
          continue;
        }
        if (count >= MOST_ITEMS || open.size() > MOST_ITEMS) {
          return false;
        }
        int input = inputNumber(top);
        boolean ready = true;
        for (int i = 0; input < 0 && i < top.inputCount(); i++) {
          if (!numbers.containsKey(top.input(i).key())) {
            open.add(top.input(i));
            ready = false;
          }
        }
        if (ready) {
          if (!node(top, input)) {
            return false;
          }
          numbers.put(top.key(), count++);
          open.removeLast();
        }
      }
      parts.writeInt(numbers.get(item.key()));
      return true;
    }

    private int inputNumber(LineageItem item) {
      for (int i = 0; i < inputs.length; i++) {
        if (inputs[i] != null && inputs[i].sameAs(item)) {
          return i;
        }
      }
      return -1;
    }

    private boolean node(LineageItem item, int input) throws IOException {
      if (input >= 0) {
        items.writeByte(INPUT);
        items.writeInt(input);
        return true;
      }
      if (item.isLiteral()) {
        items.writeByte(LITERAL);
        scalar(item.literalOrNull(), items);
        items.writeInt(item.literalNames().size());
        for (LiteralName name : item.literalNames()) {
          items.writeUTF(name.name());
          place(name.place());
        }
        return true;
      }
      if (TraceCut.isCut(item)) {
        // What was made before the cut cannot be computed again.
        return false;
      }
      if (item.note() != null) {
        // A file or a bound value: what it is called is no part of its key.
        return false;
      }
      items.writeByte(OPERATION);
      items.writeUTF(item.operation().name());
      Map<String, String> attributes = item.operation().attributes().asMap();
      items.writeInt(attributes.size());
      for (Map.Entry<String, String> attribute : attributes.entrySet()) {
        items.writeUTF(attribute.getKey());
        items.writeUTF(attribute.getValue());
      }
      items.writeInt(item.inputCount());
      for (int i = 0; i < item.inputCount(); i++) {
        items.writeInt(numbers.get(item.input(i).key()));
      }
      key(item.key(), items);
      place(item.place());
      return true;
    }

    private void place(Place place) throws IOException {
      items.writeUTF(place == null ? "" : place.text());
    }

    private static void facts(Composite.MatrixFacts facts, DataOutputStream to) throws IOException {
      to.writeBoolean(facts != null);
      if (facts != null) {
        to.writeLong(facts.shape().rows());
        to.writeLong(facts.shape().cols());
        to.writeUTF(facts.precision().name());
      }
    }

    private static void key(Key key, DataOutputStream to) throws IOException {
      to.writeLong(key.high());
      to.writeLong(key.low());
    }

    private static void scalar(Scalar value, DataOutputStream to) throws IOException {
      to.writeUTF(value.type().name());
      switch (value.type()) {
        case ABSENT -> {}
        case STRING -> {
          byte[] text = value.asString().getBytes(StandardCharsets.UTF_8);
          to.writeInt(text.length);
          to.write(text);
        }
        case DOUBLE -> to.writeLong(Double.doubleToRawLongBits(((DoubleScalar) value).value()));
        default -> to.writeLong(value.asLong());
      }
    }
  }

  private static final class Reading {
    private final LineageItem[] inputs;
    private final OperationTable table;
    private final DataInputStream in;
    private LineageItem[] items;

    Reading(LineageItem[] inputs, OperationTable table, DataInputStream in) {
      this.inputs = inputs;
      this.table = table;
      this.in = in;
    }

    Composite composite() throws IOException, TraceFormatException {
      if (in.readByte() != VERSION) {
        throw new IOException("another version");
      }
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

    private void fragment() throws IOException, TraceFormatException {
      items = new LineageItem[in.readInt()];
      byte[] compressed = new byte[in.readInt()];
      in.readFully(compressed);
      Map<String, LineageItem> named =
          TraceFragment.read(new StringReader(TraceBytes.text(compressed)), inputs, table);
      for (int i = 0; i < items.length; i++) {
        items[i] = named.get(Integer.toString(i));
        if (items[i] == null || !items[i].key().equals(key())) {
          throw new IOException("an item whose key differs");
        }
      }
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
      return names.isEmpty() ? LineageItem.literal(value) : LineageItem.literal(value, names);
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
      Key key = key();
      Operation operation = new Operation(opcode, Attributes.of(attributes));
      Place place = place();
      LineageItem item = LineageItem.of(place == null ? operation : operation.at(place), operands);
      if (!item.key().equals(key)) {
        throw new IOException("an item whose key differs");
      }
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
          Key key = key();
          Composite.MatrixFacts facts = facts();
          LineageItem item = items[in.readInt()];
          if (!item.key().equals(key)) {
            throw new IOException("an output whose key differs");
          }
          yield new Composite.Cached(key, item, facts);
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
}
