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

import dev.reprise.engine.stored.ShortText;
import dev.reprise.language.program.Procedure.Parameter;
import dev.reprise.lineage.ContentKeys;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.LiteralName;
import dev.reprise.lineage.TraceCut;
import dev.reprise.lineage.TraceFragment;
import dev.reprise.runtime.DoubleScalar;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Place;
import dev.reprise.store.TraceBytes;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes one {@link RegionRecord}. */
final class RegionWriter {
  /** Longer histories are written as {@link TraceFragment}s, whose loops stay loops. */
  private static final int MOST_ITEMS = 4_000;

  /** A fragment that is longer is not written. */
  private static final int LONGEST_TEXT = 4 << 20;

  private final LineageItem[] inputs;
  private final ContentKeys contents;

  /** Items of parts by name, where their history is written as a fragment; else null. */
  private final Map<String, LineageItem> named;

  /** An item by key: places of loops are other objects each time that they are asked for. */
  private record Written(Key key, boolean isCounted) {
    static Written of(LineageItem item) {
      return new Written(item.key(), item.isCounted());
    }
  }

  private final Map<Written, Integer> numbers = new HashMap<>();
  private final ByteArrayOutputStream itemBytes = new ByteArrayOutputStream();
  private final DataOutputStream items = new DataOutputStream(itemBytes);
  private int count;

  /** Whether a value may be computed again when it is needed; else it is loaded when found. */
  private final boolean isComputedAgain;

  RegionWriter(
      LineageItem[] inputs,
      ContentKeys contents,
      Map<String, LineageItem> named,
      boolean isComputedAgain) {
    this.inputs = inputs;
    this.contents = contents;
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
    inputs(out);
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

  private void inputs(DataOutputStream out) throws IOException {
    out.writeInt(inputs.length);
    for (LineageItem input : inputs) {
      out.writeBoolean(input != null);
      if (input != null) {
        key(input.key(), out);
        key(contents.of(input), out);
      }
    }
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
        out.writeBoolean(item.isCounted());
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
        key(contents.of(item), parts);
        facts(isComputedAgain ? facts : null, parts);
        return item(item, parts);
      }
      case Composite.Elements(List<String> names, Composite.Part[] elements, LineageItem item) -> {
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
      if (numbers.containsKey(Written.of(top))) {
        open.removeLast();
        continue;
      }
      if (count >= MOST_ITEMS || open.size() > MOST_ITEMS) {
        return false;
      }
      int input = Composite.Input.positionOf(top, inputs);
      boolean ready = true;
      for (int i = 0; input < 0 && i < top.inputCount(); i++) {
        if (!numbers.containsKey(Written.of(top.input(i)))) {
          open.add(top.input(i));
          ready = false;
        }
      }
      if (ready) {
        if (!node(top, input)) {
          return false;
        }
        numbers.put(Written.of(top), count++);
        open.removeLast();
      }
    }
    parts.writeInt(numbers.get(Written.of(item)));
    return true;
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
      items.writeBoolean(item.isCounted());
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
      items.writeInt(numbers.get(Written.of(item.input(i))));
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
