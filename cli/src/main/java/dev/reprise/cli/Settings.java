package dev.reprise.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a person asked for, checked word by word; which of it exists yet is the engine's matter.
 *
 * @param reuse one of {@link Choices#REUSE}
 * @param graphs false to start each launch of an accelerator by itself
 * @param optimize false to run the program as it is written
 * @param policy one of {@link Choices#POLICY}
 * @param device {@code auto}, {@code cpu}, {@code cuda:i}, {@code opencl:i} or {@code round-robin}
 * @param spillFolder folder for values moved to disk, or null for the default
 * @param store folder or address of the experiment store, or null
 * @param warmStart whether scripts may begin from models of the store
 * @param threads empty means all cores
 * @param statsJson file for the statistics, or null
 * @param traceFile file for the time line, or null
 * @param metrics folder for metrics, or null
 * @param progress whether to tell how far the run is
 */
record Settings(
    String reuse,
    boolean dedup,
    boolean fusion,
    boolean graphs,
    boolean optimize,
    String policy,
    String device,
    String numerics,
    String precision,
    MemoryBudgets memory,
    Path spillFolder,
    String store,
    boolean warmStart,
    OptionalLong seed,
    OptionalInt threads,
    List<Path> library,
    boolean stats,
    int statsRows,
    Path statsJson,
    Path traceFile,
    Path metrics,
    boolean progress,
    boolean explain,
    boolean verbose,
    Checks checks) {
  static final int DEFAULT_STATS_ROWS = 10;

  Settings {
    library = List.copyOf(library);
  }

  Settings withStore(String where) {
    return new Settings(
        reuse,
        dedup,
        fusion,
        graphs,
        optimize,
        policy,
        device,
        numerics,
        precision,
        memory,
        spillFolder,
        where,
        warmStart,
        seed,
        threads,
        library,
        stats,
        statsRows,
        statsJson,
        traceFile,
        metrics,
        progress,
        explain,
        verbose,
        checks);
  }
}
