package dev.reprise.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.reprise.RunStatistics;
import dev.reprise.RunStatistics.DeviceUse;
import dev.reprise.runtime.accelerator.AcceleratorInfo;
import java.io.IOException;
import java.io.StringWriter;
import java.util.function.ToLongFunction;

/** A comparison of placements as JSON; {@code docs/command-line.md} describes the fields. */
final class BenchJson {
  private BenchJson() {}

  static String text(BenchPlan plan, BenchDevices devices) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeNumberField("version", 1);
      json.writeStringField("reprise", VersionCommand.version());
      json.writeStringField("java", Runtime.version().toString());
      json.writeNumberField("processors", Runtime.getRuntime().availableProcessors());
      json.writeStringField("script", plan.script());
      json.writeNumberField("runs", plan.runs());
      json.writeNumberField("warmup", plan.warmup());
      json.writeNumberField("tolerance", plan.tolerance());
      json.writeArrayFieldStart("devices");
      for (AcceleratorInfo info : devices.report().found()) {
        DevicesJson.device(info, json);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("cells");
      for (BenchCell cell : plan.cells()) {
        cell(cell, json);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    return text.append('\n').toString();
  }

  private static void cell(BenchCell cell, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("placement", cell.placement());
    json.writeStringField("reuse", cell.reuse());
    json.writeStringField("outcome", outcome(cell));
    json.writeStringField("absence", cell.absence());
    json.writeStringField("failure", cell.failure());
    json.writeStringField("difference", cell.difference());
    json.writeStringField("note", cell.note());
    if (cell.isMeasured()) {
      times(cell, json);
      counts(cell, json);
      json.writeArrayFieldStart("devices");
      for (String device : cell.devices()) {
        device(cell, device, json);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private static String outcome(BenchCell cell) {
    if (cell.absence() != null) {
      return "absent";
    }
    return cell.failure() == null ? "ran" : "failed";
  }

  private static void times(BenchCell cell, JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("wallNanos");
    for (RunStatistics run : cell.runs()) {
      json.writeNumber(run.wallNanos());
    }
    json.writeEndArray();
    json.writeNumberField("medianNanos", cell.medianNanos());
    json.writeNumberField("fastestNanos", cell.fastestNanos());
    json.writeNumberField("slowestNanos", cell.slowestNanos());
  }

  /** Medians over the runs. */
  private static void counts(BenchCell cell, JsonGenerator json) throws IOException {
    json.writeNumberField("executed", cell.median(RunStatistics::executed));
    json.writeNumberField("hits", cell.median(RunStatistics::hits));
    json.writeNumberField("functionHits", cell.median(run -> run.functions().hits()));
    json.writeNumberField("blockHits", cell.median(run -> run.blocks().hits()));
    json.writeNumberField("partialHits", cell.median(RunStatistics::partialHits));
    json.writeNumberField("waits", cell.median(RunStatistics::waits));
    json.writeNumberField("misses", cell.median(RunStatistics::misses));
    json.writeNumberField("savedNanos", cell.median(RunStatistics::savedNanos));
    json.writeNumberField("hostPeakBytes", cell.median(RunStatistics::hostPeakBytes));
    json.writeNumberField("diskSpills", cell.median(run -> run.disk().spills()));
    json.writeNumberField("diskRestores", cell.median(run -> run.disk().restores()));
  }

  private static void device(BenchCell cell, String name, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", name);
    number(cell, name, "executed", DeviceUse::executed, json);
    number(cell, name, "busyNanos", DeviceUse::busyNanos, json);
    number(cell, name, "fallbacks", DeviceUse::fallbacks, json);
    number(cell, name, "peakBytes", DeviceUse::peakBytes, json);
    number(cell, name, "budgetBytes", DeviceUse::budgetBytes, json);
    number(cell, name, "uploads", DeviceUse::uploads, json);
    number(cell, name, "uploadedBytes", DeviceUse::uploadedBytes, json);
    number(cell, name, "downloads", DeviceUse::downloads, json);
    number(cell, name, "downloadedBytes", DeviceUse::downloadedBytes, json);
    number(cell, name, "demotions", DeviceUse::demotions, json);
    number(cell, name, "dropped", DeviceUse::dropped, json);
    json.writeEndObject();
  }

  private static void number(
      BenchCell cell,
      String device,
      String field,
      ToLongFunction<DeviceUse> number,
      JsonGenerator json)
      throws IOException {
    json.writeNumberField(
        field,
        cell.median(run ->
            run.devices().stream()
                .filter(use -> use.name().equals(device))
                .mapToLong(number)
                .sum()));
  }
}
