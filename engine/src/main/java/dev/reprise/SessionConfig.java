package dev.reprise;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * The options of a session; immutable. Start from {@link #defaults} and change with the {@code
 * with} methods.
 *
 * @param reuse how much is reused
 * @param policy which cached value is evicted first: {@code lru}, {@code dagheight}, {@code
 *     costnsize}
 * @param hostBytes host memory for variables, operations and cached values together; 0 means half
 *     of the machine's memory
 * @param seed base of all system-generated seeds; empty draws a new one for each run
 * @param threads threads that kernels and parfor workers share; at least 1
 * @param library folders searched for functions before the shipped library
 * @param workingDirectory folder that relative paths of scripts resolve against
 * @param out where {@code print} writes
 * @param err where notes and warnings go
 * @param natives private folder for unpacked native libraries
 */
public record SessionConfig(
    ReuseMode reuse,
    String policy,
    long hostBytes,
    OptionalLong seed,
    int threads,
    List<Path> library,
    Path workingDirectory,
    PrintStream out,
    PrintStream err,
    Path natives) {

  public SessionConfig {
    Objects.requireNonNull(reuse);
    Objects.requireNonNull(policy);
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, not " + threads);
    }
    if (hostBytes < 0) {
      throw new IllegalArgumentException("hostBytes must not be negative: " + hostBytes);
    }
    library = List.copyOf(library);
  }

  /** Hybrid reuse, Cost&amp;Size eviction, all cores, half of the machine's memory. */
  public static SessionConfig defaults() {
    return dev.reprise.engine.Environment.defaultConfig();
  }

  public SessionConfig withReuse(ReuseMode mode) {
    return new SessionConfig(
        mode, policy, hostBytes, seed, threads, library, workingDirectory, out, err, natives);
  }

  public SessionConfig withPolicy(String name) {
    return new SessionConfig(
        reuse, name, hostBytes, seed, threads, library, workingDirectory, out, err, natives);
  }

  public SessionConfig withHostBytes(long bytes) {
    return new SessionConfig(
        reuse, policy, bytes, seed, threads, library, workingDirectory, out, err, natives);
  }

  public SessionConfig withSeed(long value) {
    return new SessionConfig(
        reuse,
        policy,
        hostBytes,
        OptionalLong.of(value),
        threads,
        library,
        workingDirectory,
        out,
        err,
        natives);
  }

  public SessionConfig withThreads(int count) {
    return new SessionConfig(
        reuse, policy, hostBytes, seed, count, library, workingDirectory, out, err, natives);
  }

  public SessionConfig withLibrary(List<Path> folders) {
    return new SessionConfig(
        reuse, policy, hostBytes, seed, threads, folders, workingDirectory, out, err, natives);
  }

  public SessionConfig withWorkingDirectory(Path folder) {
    return new SessionConfig(
        reuse, policy, hostBytes, seed, threads, library, folder, out, err, natives);
  }

  public SessionConfig withOutput(PrintStream stdout, PrintStream stderr) {
    return new SessionConfig(
        reuse,
        policy,
        hostBytes,
        seed,
        threads,
        library,
        workingDirectory,
        stdout,
        stderr,
        natives);
  }

  public SessionConfig withNatives(Path folder) {
    return new SessionConfig(
        reuse, policy, hostBytes, seed, threads, library, workingDirectory, out, err, folder);
  }
}
