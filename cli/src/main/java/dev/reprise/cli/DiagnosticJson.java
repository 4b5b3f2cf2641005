package dev.reprise.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.reprise.language.Diagnostic;
import dev.reprise.language.Position;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** Findings about a script as a JSON array, for editors. */
final class DiagnosticJson {
  private DiagnosticJson() {}

  static void write(List<Diagnostic> diagnostics, PrintStream out) throws IOException {
    JsonFactory factory = new JsonFactory().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    try (JsonGenerator json = factory.createGenerator(out)) {
      json.useDefaultPrettyPrinter();
      json.writeStartArray();
      for (Diagnostic diagnostic : diagnostics) {
        write(diagnostic, json);
      }
      json.writeEndArray();
    }
    out.println();
  }

  private static void write(Diagnostic diagnostic, JsonGenerator json) throws IOException {
    Position position = diagnostic.position();
    json.writeStartObject();
    json.writeStringField("severity", diagnostic.severity().name().toLowerCase(Locale.ROOT));
    json.writeStringField("file", position == null ? null : position.file());
    json.writeNumberField("line", position == null ? 0 : position.line());
    json.writeNumberField("column", position == null ? 0 : position.column());
    json.writeNumberField("length", diagnostic.length());
    json.writeStringField("message", diagnostic.message());
    json.writeStringField("hint", diagnostic.hint());
    json.writeEndObject();
  }
}
