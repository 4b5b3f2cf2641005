package dev.reprise.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.reprise.DeviceReport;
import dev.reprise.runtime.accelerator.AcceleratorInfo;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;

/** The devices of this machine as JSON; {@code docs/command-line.md} describes the fields. */
final class DevicesJson {
  private DevicesJson() {}

  static String text(
      int threads, List<String> notes, DeviceReport accelerators, Map<String, Integer> calibrated)
      throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeNumberField("version", 1);
      json.writeStringField("reprise", VersionCommand.version());
      json.writeObjectFieldStart("cpu");
      json.writeNumberField("threads", threads);
      strings("notes", notes, json);
      json.writeEndObject();
      json.writeArrayFieldStart("devices");
      for (AcceleratorInfo info : accelerators.found()) {
        device(info, json);
      }
      json.writeEndArray();
      strings("absent", accelerators.absences(), json);
      json.writeObjectFieldStart("calibrated");
      for (Map.Entry<String, Integer> device : calibrated.entrySet()) {
        json.writeNumberField(device.getKey(), device.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
    }
    return text.append('\n').toString();
  }

  /** Writes one accelerator as an object. */
  static void device(AcceleratorInfo info, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", info.name());
    json.writeStringField("product", info.product());
    json.writeStringField("driver", info.driver());
    json.writeNumberField("memoryBytes", info.memoryBytes());
    json.writeNumberField("largestBuffer", info.largestBuffer());
    json.writeNumberField("computeUnits", info.computeUnits());
    json.writeBooleanField("doubles", info.hasDoubles());
    json.writeBooleanField("processor", info.isProcessor());
    json.writeEndObject();
  }

  private static void strings(String name, List<String> words, JsonGenerator json)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String word : words) {
      json.writeString(word);
    }
    json.writeEndArray();
  }
}
