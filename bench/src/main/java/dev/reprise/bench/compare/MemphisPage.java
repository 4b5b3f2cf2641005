package dev.reprise.bench.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The page {@code docs/benchmarks-memphis.md} and its plots, made anew from the result file of
 * {@code bench/memphis}: what reuse gains in MEMPHIS's pipelines.
 */
public final class MemphisPage {
  private MemphisPage() {}

  /** Arguments: the project's root and the result file. */
  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]);
    PipelineTables tables = new PipelineTables(root.resolve("docs"), "benchmarks-memphis");
    tables.begin(
        "Benchmarks: reuse in MEMPHIS's pipelines",
        "bench/memphis",
        root.resolve("bench/notes-memphis.md"));
    tables.line("## The pipelines");
    tables.line("");
    tables.pipelines(
        new ObjectMapper().readValue(Path.of(args[1]).toFile(), Comparison.class), null);
    tables.write();
  }
}
