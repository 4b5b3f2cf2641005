package dev.reprise.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.reprise.lineage.LoopAnswer;
import dev.reprise.lineage.LoopAnswer.Entry;
import dev.reprise.lineage.LoopAnswer.Iterations;
import dev.reprise.lineage.LoopAnswer.Level;
import dev.reprise.lineage.LoopAnswer.Part;
import java.io.IOException;
import java.io.PrintStream;

/** An answer on loops as JSON; {@code docs/lineage.md} describes the fields. */
final class LoopJson {
  private LoopJson() {}

  static void write(LoopAnswer answer, PrintStream out) throws IOException {
    JsonGenerator json = new JsonFactory().createGenerator(out);
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    json.useDefaultPrettyPrinter();
    json.writeStartObject();
    json.writeNumberField("version", 1);
    json.writeArrayFieldStart("items");
    for (int step : answer.steps()) {
      json.writeStartObject();
      json.writeNumberField("item", step + 1);
      json.writeStringField("key", answer.item(step).key().toString());
      json.writeStringField("operation", answer.item(step).name());
      words(answer.line(step), answer.placeOf(step), json);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("loops");
    for (Part part : answer.parts()) {
      part(part, json);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("outputs");
    for (String output : answer.outputs()) {
      json.writeString(output);
    }
    json.writeEndArray();
    json.writeEndObject();
    json.close();
    out.println();
  }

  private static void words(String text, String place, JsonGenerator json) throws IOException {
    json.writeStringField("text", text);
    if (!place.isEmpty()) {
      json.writeStringField("place", place);
    }
  }

  private static void part(Part part, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeArrayFieldStart("levels");
    for (Level level : part.levels()) {
      json.writeStartObject();
      json.writeStringField("loop", level.loop());
      if (level.around() != null) {
        json.writeStringField("around", level.around().text());
      }
      json.writeNumberField("patch", level.patch());
      json.writeArrayFieldStart("iterations");
      for (Iterations span : level.iterations()) {
        long[] numbers = {span.from(), span.to(), span.step()};
        json.writeArray(numbers, 0, span.step() == 1 ? 2 : 3);
      }
      json.writeEndArray();
      json.writeNumberField("count", level.count());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("entries");
    for (Entry entry : part.entries()) {
      json.writeStartObject();
      json.writeStringField("name", entry.name());
      json.writeStringField("operation", entry.operation());
      words(entry.text(), entry.place(), json);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
