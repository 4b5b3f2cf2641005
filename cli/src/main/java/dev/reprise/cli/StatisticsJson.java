package dev.reprise.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.reprise.ReuseForecast;
import dev.reprise.RunStatistics;
import dev.reprise.RunStatistics.CacheContents;
import dev.reprise.RunStatistics.DeviceUse;
import dev.reprise.RunStatistics.DiskUse;
import dev.reprise.RunStatistics.EstimateUse;
import dev.reprise.RunStatistics.LevelStatistics;
import dev.reprise.RunStatistics.OpcodeStatistics;
import dev.reprise.RunStatistics.PlacementUse;
import dev.reprise.RunStatistics.RewriteStatistics;
import dev.reprise.StoreUse;
import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a run did, as JSON; {@code docs/command-line.md} describes the fields. */
final class StatisticsJson {
  private StatisticsJson() {}

  /**
   * Writes or overwrites the file.
   *
   * @throws ResourceException when the file cannot be written
   */
  static void write(RunStatistics run, String precision, Path file) {
    try (Writer out = Files.newBufferedWriter(file)) {
      write(run, precision, out);
    } catch (IOException e) {
      removePart(file);
      throw new ResourceException(
          "--stats-json: cannot write " + file + ": " + Failures.reason(e), e);
    }
  }

  /** Who reads the file later must not take half of it for all. */
  private static void removePart(Path file) {
    try {
      if (Files.isRegularFile(file)) {
        Files.delete(file);
      }
    } catch (IOException e) {
      // The failure to write is what is reported.
    }
  }

  static void write(RunStatistics run, String precision, Writer out) throws IOException {
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeNumberField("version", 1);
      json.writeStringField("reprise", VersionCommand.version());
      json.writeStringField("precision", precision);
      json.writeNumberField("wallNanos", run.wallNanos());
      json.writeNumberField("executed", run.executed());
      json.writeObjectFieldStart("loops");
      json.writeNumberField("recorded", run.loops().recorded());
      json.writeNumberField("left", run.loops().left());
      json.writeNumberField("givenUp", run.loops().givenUp());
      json.writeNumberField("resumed", run.loops().resumed());
      json.writeEndObject();
      json.writeObjectFieldStart("views");
      json.writeNumberField("count", run.views().count());
      json.writeNumberField("bytes", run.views().bytes());
      json.writeNumberField("separated", run.views().separated());
      json.writeEndObject();
      reuse(run, json);
      cache(run.cache(), json);
      memory(run, json);
      operations(run, json);
      checks(run, json);
      json.writeEndObject();
    }
  }

  private static void reuse(RunStatistics run, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("reuse");
    json.writeNumberField("savedNanos", run.savedNanos());
    json.writeObjectFieldStart("levels");
    level("function", run.functions(), json);
    level("block", run.blocks(), json);
    json.writeObjectFieldStart("instruction");
    json.writeNumberField("hits", run.hits());
    json.writeNumberField("misses", run.misses());
    json.writeNumberField("waits", run.waits());
    json.writeEndObject();
    json.writeEndObject();
    json.writeArrayFieldStart("partial");
    for (RewriteStatistics each : run.partial()) {
      json.writeStartObject();
      json.writeStringField("rewrite", each.rewrite());
      json.writeNumberField("hits", each.hits());
      json.writeNumberField("savedNanos", each.savedNanos());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /** What was asked for with options of its own, and is left out otherwise. */
  private static void checks(RunStatistics run, JsonGenerator json) throws IOException {
    if (run.verification() != null) {
      json.writeObjectFieldStart("verification");
      json.writeNumberField("values", run.verification().values());
      json.writeNumberField("approximate", run.verification().approximate());
      json.writeNumberField("worstDeviation", run.verification().worstDeviation());
      json.writeEndObject();
    }
    if (run.forecast() != null) {
      forecast(run.forecast(), json);
    }
  }

  private static void forecast(ReuseForecast forecast, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("estimate");
    json.writeNumberField("computations", forecast.computations());
    json.writeNumberField("repeated", forecast.repeated());
    json.writeNumberField("savedNanos", forecast.savedNanos());
    json.writeNumberField("bytes", forecast.bytes());
    json.writeArrayFieldStart("statements");
    for (ReuseForecast.Statement one : forecast.statements()) {
      json.writeStartObject();
      json.writeStringField("opcode", one.opcode());
      json.writeStringField("place", one.place());
      json.writeNumberField("computations", one.computations());
      json.writeNumberField("repeated", one.repeated());
      json.writeNumberField("savedNanos", one.savedNanos());
      json.writeNumberField("bytes", one.bytes());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void level(String name, LevelStatistics level, JsonGenerator json)
      throws IOException {
    json.writeObjectFieldStart(name);
    json.writeNumberField("hits", level.hits());
    json.writeNumberField("misses", level.misses());
    json.writeNumberField("savedNanos", level.savedNanos());
    json.writeNumberField("byContents", level.byContents());
    json.writeEndObject();
  }

  private static void cache(CacheContents cache, JsonGenerator json) throws IOException {
    if (cache == null) {
      json.writeNullField("cache");
      return;
    }
    json.writeObjectFieldStart("cache");
    json.writeNumberField("entries", cache.entries());
    json.writeNumberField("bytes", cache.bytes());
    json.writeNumberField("admitted", cache.admitted());
    json.writeNumberField("rejected", cache.rejected());
    json.writeNumberField("evictions", cache.evictions());
    json.writeNumberField("evictionNanos", cache.evictionNanos());
    json.writeNumberField("failed", cache.failed());
    json.writeNumberField("abandoned", cache.abandoned());
    json.writeNumberField("diskEntries", cache.diskEntries());
    json.writeNumberField("diskBytes", cache.diskBytes());
    json.writeNumberField("spills", cache.spills());
    json.writeNumberField("restores", cache.restores());
    json.writeNumberField("groups", cache.groups());
    json.writeNumberField("groupsBroken", cache.groupsBroken());
    json.writeObjectFieldStart("evictionsByReason");
    for (Map.Entry<String, Long> reason : cache.evictionsByReason().entrySet()) {
      json.writeNumberField(reason.getKey(), reason.getValue());
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void memory(RunStatistics run, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("memory");
    json.writeObjectFieldStart("host");
    json.writeNumberField("bytes", run.hostBytes());
    json.writeNumberField("peakBytes", run.hostPeakBytes());
    json.writeNumberField("budgetBytes", run.hostBudgetBytes());
    json.writeEndObject();
    disk(run.disk(), json);
    json.writeObjectFieldStart("lineage");
    json.writeNumberField("bytes", run.lineage().bytes());
    json.writeNumberField("peakBytes", run.lineage().peakBytes());
    json.writeNumberField("budgetBytes", run.lineage().budgetBytes());
    json.writeNumberField("cuts", run.lineage().cuts());
    json.writeEndObject();
    json.writeEndObject();
    devices(run.devices(), json);
    placement(run.placement(), json);
    if (run.store() != null) {
      store(run.store(), json);
    }
  }

  private static void store(StoreUse store, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("store");
    json.writeStringField("folder", store.folder());
    json.writeNumberField("hits", store.hits());
    json.writeNumberField("misses", store.misses());
    json.writeNumberField("regions", store.regions());
    json.writeNumberField("savedNanos", store.savedNanos());
    json.writeNumberField("loadedBytes", store.loadedBytes());
    json.writeNumberField("kept", store.kept());
    json.writeNumberField("keptBytes", store.keptBytes());
    json.writeNumberField("dropped", store.dropped());
    json.writeNumberField("waits", store.waits());
    json.writeNumberField("damaged", store.damaged());
    json.writeNumberField("deferred", store.deferred());
    json.writeNumberField("computed", store.computed());
    json.writeNumberField("putOff", store.putOff());
    json.writeNumberField("putOffExecuted", store.putOffExecuted());
    json.writeNumberField("programs", store.programs());
    json.writeNumberField("byContent", store.byContent());
    json.writeNumberField("warmStarts", store.warmStarts());
    json.writeNumberField("coldStarts", store.coldStarts());
    json.writeStringField("problem", store.problem());
    json.writeEndObject();
  }

  private static void placement(PlacementUse placement, JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("estimates");
    for (EstimateUse each : placement.estimates()) {
      json.writeStartObject();
      json.writeStringField("device", each.device());
      json.writeNumberField("count", each.count());
      json.writeNumberField("medianError", each.medianError());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("absences");
    for (String absence : placement.absences()) {
      json.writeString(absence);
    }
    json.writeEndArray();
  }

  private static void devices(List<DeviceUse> devices, JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("devices");
    for (DeviceUse device : devices) {
      json.writeStartObject();
      json.writeStringField("name", device.name());
      json.writeNumberField("executed", device.executed());
      json.writeNumberField("launches", device.launches());
      json.writeNumberField("replays", device.replays());
      json.writeNumberField("busyNanos", device.busyNanos());
      json.writeNumberField("fallbacks", device.fallbacks());
      json.writeStringField("firstFallback", device.firstFallback());
      json.writeNumberField("bytes", device.bytes());
      json.writeNumberField("peakBytes", device.peakBytes());
      json.writeNumberField("budgetBytes", device.budgetBytes());
      json.writeNumberField("copies", device.copies());
      json.writeNumberField("uploads", device.uploads());
      json.writeNumberField("uploadedBytes", device.uploadedBytes());
      json.writeNumberField("downloads", device.downloads());
      json.writeNumberField("downloadedBytes", device.downloadedBytes());
      json.writeNumberField("peerCopies", device.peerCopies());
      json.writeNumberField("peerBytes", device.peerBytes());
      json.writeNumberField("demotions", device.demotions());
      json.writeNumberField("dropped", device.dropped());
      json.writeNumberField("reclaimed", device.reclaimed());
      json.writeNumberField("restored", device.restored());
      json.writeBooleanField("lost", device.lost());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void disk(DiskUse disk, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("disk");
    json.writeNumberField("bytes", disk.bytes());
    json.writeNumberField("peakBytes", disk.peakBytes());
    json.writeNumberField("budgetBytes", disk.budgetBytes());
    json.writeNumberField("spills", disk.spills());
    json.writeNumberField("spilledBytes", disk.spilledBytes());
    json.writeNumberField("restores", disk.restores());
    json.writeNumberField("restoredBytes", disk.restoredBytes());
    json.writeNumberField("liveSpills", disk.liveSpills());
    json.writeNumberField("retries", disk.retries());
    json.writeNumberField("writeErrors", disk.writeErrors());
    json.writeNumberField("damaged", disk.damaged());
    json.writeNumberField("pages", disk.pages());
    json.writeNumberField("pagedBytes", disk.pagedBytes());
    json.writeNumberField("writeBytesPerSecond", disk.writeBytesPerSecond());
    json.writeNumberField("readBytesPerSecond", disk.readBytesPerSecond());
    json.writeEndObject();
  }

  private static void operations(RunStatistics run, JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("operations");
    for (OpcodeStatistics one : run.operations()) {
      json.writeStartObject();
      json.writeStringField("opcode", one.opcode());
      json.writeNumberField("executed", one.executed());
      json.writeNumberField("nanos", one.nanos());
      json.writeNumberField("hits", one.hits());
      json.writeNumberField("misses", one.misses());
      json.writeNumberField("waits", one.waits());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
