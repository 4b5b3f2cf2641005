package dev.reprise.bench.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table of single steps, from the JSON that {@code bench/jmh} writes. */
final class StepsTable {
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  private StepsTable() {}

  /** Markdown rows of one JMH result file: benchmark, parameters, threads, time, bytes. */
  static List<String> of(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("| benchmark | parameters | threads | time | +- (99.9 %) | bytes allocated |");
    lines.add("|---|---|---:|---:|---:|---:|");
    for (JsonNode result : new ObjectMapper().readTree(file.toFile())) {
      JsonNode metric = result.get("primaryMetric");
      String unit = metric.get("scoreUnit").asText().replace("/op", "");
      lines.add(
          String.format(
              Locale.ROOT,
              "| %s | %s | %d | %.1f %s | %.1f | %s |",
              result.get("benchmark").asText().replaceAll(".*\\.(\\w+\\.\\w+)$", "$1"),
              parameters(result.get("params")),
              result.get("threads").asInt(),
              metric.get("score").asDouble(),
              unit,
              metric.get("scoreError").asDouble(),
              bytes(result.get("secondaryMetrics"))));
    }
    return lines;
  }

  private static String parameters(JsonNode params) {
    if (params == null) {
      return "";
    }
    List<String> words = new ArrayList<>();
    params.properties().forEach(p -> words.add(p.getKey() + "=" + p.getValue().asText()));
    return String.join(" ", words);
  }

  private static String bytes(JsonNode metrics) {
    // Some JMH versions put a middle dot before the names of profilers' metrics.
    JsonNode allocated =
        metrics.has(ALLOCATED) ? metrics.get(ALLOCATED) : metrics.get("·" + ALLOCATED);
    return allocated == null
        ? ""
        : String.format(Locale.ROOT, "%.1f", allocated.get("score").asDouble());
  }
}
