package dev.reprise.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.LiteralName;
import dev.reprise.lineage.Trace;
import dev.reprise.runtime.Scalar;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Items of a trace as JSON; {@code docs/lineage.md} describes the fields. */
final class TraceJson {
  private TraceJson() {}

  /** The positions of all items. */
  static List<Integer> all(Trace trace) {
    return IntStream.range(0, trace.size()).boxed().toList();
  }

  /** Writes the items at some positions, and the outputs. */
  static void write(Trace trace, List<Integer> positions, PrintStream out) throws IOException {
    JsonGenerator json = new JsonFactory().createGenerator(out);
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    json.useDefaultPrettyPrinter();
    json.writeStartObject();
    json.writeNumberField("version", 1);
    json.writeArrayFieldStart("items");
    for (int position : positions) {
      item(trace, position, json);
    }
    json.writeEndArray();
    json.writeObjectFieldStart("outputs");
    for (Map.Entry<String, LineageItem> output : trace.outputs().entrySet()) {
      json.writeNumberField(output.getKey(), trace.indexOf(output.getValue()) + 1);
    }
    json.writeEndObject();
    json.writeEndObject();
    json.close();
    out.println();
  }

  private static void item(Trace trace, int position, JsonGenerator json) throws IOException {
    LineageItem item = trace.item(position);
    json.writeStartObject();
    json.writeNumberField("item", position + 1);
    json.writeStringField("key", item.key().toString());
    json.writeStringField("operation", item.name());
    if (item.isLiteral()) {
      literal(item.literalOrNull(), json);
      names(trace.literalNames(position), json);
    } else {
      operation(trace, item, json);
    }
    json.writeEndObject();
  }

  private static void literal(Scalar literal, JsonGenerator json) throws IOException {
    json.writeStringField("type", literal.type().label());
    if (!literal.isAbsent()) {
      // As text: a JSON number knows neither NaN nor 64 bits.
      json.writeStringField("value", literal.asString());
    }
  }

  private static void names(List<LiteralName> names, JsonGenerator json) throws IOException {
    if (names.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("names");
    for (LiteralName name : names) {
      json.writeStartObject();
      json.writeStringField("name", name.name());
      if (name.place() != null) {
        json.writeStringField("place", name.place().text());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void operation(Trace trace, LineageItem item, JsonGenerator json)
      throws IOException {
    if (!item.operation().attributes().isEmpty()) {
      json.writeObjectFieldStart("attributes");
      for (Map.Entry<String, String> one : item.operation().attributes().asMap().entrySet()) {
        json.writeStringField(one.getKey(), one.getValue());
      }
      json.writeEndObject();
    }
    json.writeArrayFieldStart("inputs");
    for (int i = 0; i < item.inputCount(); i++) {
      json.writeNumber(trace.indexOf(item.input(i)) + 1);
    }
    json.writeEndArray();
    if (item.note() != null) {
      json.writeStringField("note", item.note());
    }
    if (item.place() != null) {
      json.writeStringField("place", item.place().text());
    }
  }
}
