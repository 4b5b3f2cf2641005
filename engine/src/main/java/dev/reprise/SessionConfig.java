package dev.reprise;

import dev.reprise.runtime.Precision;
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
 * @param precision width of the cells of all matrices
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
    Precision precision,
    List<Path> library,
    Path workingDirectory,
    PrintStream out,
    PrintStream err,
    Path natives) {

  public SessionConfig {
    Objects.requireNonNull(reuse);
    Objects.requireNonNull(policy);
    Objects.requireNonNull(precision);
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
    Draft draft = new Draft(this);
    draft.reuse = mode;
    return draft.config();
  }

  public SessionConfig withPolicy(String name) {
    Draft draft = new Draft(this);
    draft.policy = name;
    return draft.config();
  }

  public SessionConfig withHostBytes(long bytes) {
    Draft draft = new Draft(this);
    draft.hostBytes = bytes;
    return draft.config();
  }

  public SessionConfig withSeed(long value) {
    Draft draft = new Draft(this);
    draft.seed = OptionalLong.of(value);
    return draft.config();
  }

  public SessionConfig withThreads(int count) {
    Draft draft = new Draft(this);
    draft.threads = count;
    return draft.config();
  }

  public SessionConfig withPrecision(Precision width) {
    Draft draft = new Draft(this);
    draft.precision = width;
    return draft.config();
  }

  public SessionConfig withLibrary(List<Path> folders) {
    Draft draft = new Draft(this);
    draft.library = folders;
    return draft.config();
  }

  public SessionConfig withWorkingDirectory(Path folder) {
    Draft draft = new Draft(this);
    draft.workingDirectory = folder;
    return draft.config();
  }

  public SessionConfig withOutput(PrintStream stdout, PrintStream stderr) {
    Draft draft = new Draft(this);
    draft.out = stdout;
    draft.err = stderr;
    return draft.config();
  }

  public SessionConfig withNatives(Path folder) {
    Draft draft = new Draft(this);
    draft.natives = folder;
    return draft.config();
  }

  /** A copy whose options may still change. */
  private static final class Draft {
    private ReuseMode reuse;
    private String policy;
    private long hostBytes;
    private OptionalLong seed;
    private int threads;
    private Precision precision;
    private List<Path> library;
    private Path workingDirectory;
    private PrintStream out;
    private PrintStream err;
    private Path natives;

    Draft(SessionConfig from) {
      reuse = from.reuse;
      policy = from.policy;
      hostBytes = from.hostBytes;
      seed = from.seed;
      threads = from.threads;
      precision = from.precision;
      library = from.library;
      workingDirectory = from.workingDirectory;
      out = from.out;
      err = from.err;
      natives = from.natives;
    }

    SessionConfig config() {
      return new SessionConfig(
          reuse,
          policy,
          hostBytes,
          seed,
          threads,
          precision,
          library,
          workingDirectory,
          out,
          err,
          natives);
    }
  }
}
