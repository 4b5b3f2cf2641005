package dev.reprise.bench.compare;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a run of Reprise counted about itself, from its {@code --stats-json}.
 *
 * @param runSeconds from the first statement to the last
 * @param operationSeconds time in kernels, of all workers together
 * @param savedSeconds what the values that were found had cost when they were computed
 * @param executed operations that ran
 * @param hits operations that were found instead
 * @param calls functions and blocks that were found as a whole
 * @param parts values that were put together from cached parts
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record Counts(
    double runSeconds,
    double operationSeconds,
    double savedSeconds,
    long executed,
    long hits,
    long calls,
    long parts) {

  /** Reads the statistics; null when the run wrote none. */
  static Counts read(Path file) throws IOException {
    if (!Files.exists(file) || Files.size(file) == 0) {
      return null;
    }
    JsonNode run = new ObjectMapper().readTree(file.toFile());
    long nanos = 0;
    long executed = 0;
    long hits = 0;
    for (JsonNode operation : run.path("operations")) {
      nanos += operation.path("nanos").asLong();
      executed += operation.path("executed").asLong();
      hits += operation.path("hits").asLong() + operation.path("waits").asLong();
    }
    JsonNode reuse = run.path("reuse");
    JsonNode levels = reuse.path("levels");
    long parts = 0;
    for (JsonNode rewrite : reuse.path("partial")) {
      parts += rewrite.path("hits").asLong();
    }
    return new Counts(
        run.path("wallNanos").asLong() / 1e9,
        nanos / 1e9,
        reuse.path("savedNanos").asLong() / 1e9,
        executed,
        hits,
        levels.path("function").path("hits").asLong() + levels.path("block").path("hits").asLong(),
        parts);
  }

  /** How many workers were in kernels at a time, on average; at least 1. */
  @JsonIgnore
  double workers() {
    return Math.max(1, operationSeconds / runSeconds);
  }
}
