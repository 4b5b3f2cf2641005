package dev.reprise;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.store.StoreConfig;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The options of a session; immutable. Start from {@link #defaults} and change with the {@code
 * with} methods.
 *
 * @param reuse how much is reused; nothing with {@code estimate}
 * @param policy which cached value is evicted first: {@code lru}, {@code dagheight}, {@code
 *     costnsize}, {@code benefit}
 * @param hostBytes host memory for variables, operations and cached values together; 0 means half
 *     of the machine's memory
 * @param seed base of all system-generated seeds; empty draws a new one for each run
 * @param threads threads that kernels and parfor workers share; at least 1
 * @param precision width of the cells of all matrices
 * @param products to what products of fp32 matrices round their operands
 * @param numerics whether rewrites and fusion may change the last bits of a result
 * @param dedup whether repeated loop and function bodies of the lineage are stored once
 * @param diskBytes room for values that host memory cannot hold; empty is the default, 0 switches
 *     the disk off
 * @param lineageBytes heap that lineage may take before traces are cut; empty for half of the heap
 * @param verifyReuse one of this many hits is computed again and compared; 0 checks none
 * @param traps values at whose first appearance the run stops
 * @param estimate whether to report what reuse would save, without keeping values
 * @param fusion whether chains of element-wise operations are computed in one loop; changes no
 *     result
 * @param library folders searched for functions before the shipped library
 * @param workingDirectory folder that relative paths of scripts resolve against
 * @param out where {@code print} writes
 * @param err where notes and warnings go
 * @param natives private folder for unpacked native libraries
 * @param spillFolder folder for values that host memory cannot hold; made when the first is moved
 * @param devices which devices are used, and how
 * @param traceFile file for the time line of the session, written when it is closed; null for none
 * @param metrics folder for what scripts tell with {@code metric}; null keeps none
 * @param progress hears how far runs are; null when nobody listens
 * @param store experiment store that values come from and go to; null for none
 */
public record SessionConfig(
    ReuseMode reuse,
    String policy,
    long hostBytes,
    OptionalLong seed,
    int threads,
    Precision precision,
    ProductPrecision products,
    Numerics numerics,
    boolean dedup,
    OptionalLong diskBytes,
    OptionalLong lineageBytes,
    int verifyReuse,
    Set<Trap> traps,
    boolean estimate,
    boolean fusion,
    List<Path> library,
    Path workingDirectory,
    PrintStream out,
    PrintStream err,
    Path natives,
    Path spillFolder,
    DeviceConfig devices,
    Path traceFile,
    Path metrics,
    ProgressListener progress,
    StoreConfig store) {

  /**
   * Copies the collections.
   *
   * @throws IllegalArgumentException when a number is out of range, or products are rounded that
   *     are not of fp32
   * @throws NullPointerException when what may not be null is; the message is its name
   */
  public SessionConfig {
    Objects.requireNonNull(reuse, "reuse");
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(seed, "seed");
    Objects.requireNonNull(precision, "precision");
    Objects.requireNonNull(products, "products");
    if (products != ProductPrecision.FULL && precision != Precision.FP32) {
      throw new IllegalArgumentException("only products of fp32 matrices round to " + products);
    }
    Objects.requireNonNull(numerics, "numerics");
    Objects.requireNonNull(diskBytes, "diskBytes");
    Objects.requireNonNull(lineageBytes, "lineageBytes");
    Objects.requireNonNull(traps, "traps");
    Objects.requireNonNull(library, "library");
    Objects.requireNonNull(workingDirectory, "workingDirectory");
    Objects.requireNonNull(out, "out");
    Objects.requireNonNull(err, "err");
    Objects.requireNonNull(natives, "natives");
    Objects.requireNonNull(spillFolder, "spillFolder");
    Objects.requireNonNull(devices, "devices");
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, not " + threads);
    }
    requireNotNegative("hostBytes", hostBytes);
    requireNotNegative("diskBytes", diskBytes.orElse(0));
    requireNotNegative("lineageBytes", lineageBytes.orElse(0));
    requireNotNegative("verifyReuse", verifyReuse);
    traps = Set.copyOf(traps);
    library = List.copyOf(library);
  }

  private static void requireNotNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must not be negative: " + value);
    }
  }

  /** {@return hybrid reuse, Cost&amp;Size eviction, all cores, half of the machine's memory} */
  public static SessionConfig defaults() {
    return dev.reprise.engine.resource.Environment.defaultConfig();
  }

  /**
   * {@return how much is reused in effect: an estimate needs the keys of all values, and keeps
   * none}
   */
  public ReuseMode effectiveReuse() {
    return estimate ? ReuseMode.TRACE : reuse;
  }

  /**
   * Reuses more or less.
   *
   * @param mode how much is reused
   * @return the new options; these are as before
   */
  public SessionConfig withReuse(ReuseMode mode) {
    SessionDraft draft = new SessionDraft(this);
    draft.reuse = mode;
    return draft.config();
  }

  /**
   * Evicts by another policy.
   *
   * @param name {@code lru}, {@code dagheight}, {@code costnsize} or {@code benefit}
   * @return the new options; these are as before
   */
  public SessionConfig withPolicy(String name) {
    SessionDraft draft = new SessionDraft(this);
    draft.policy = name;
    return draft.config();
  }

  /**
   * Limits host memory.
   *
   * @param bytes for variables, operations and cached values together; 0 means half of the
   *     machine's memory
   * @return the new options; these are as before
   * @throws IllegalArgumentException when it is negative
   */
  public SessionConfig withHostBytes(long bytes) {
    SessionDraft draft = new SessionDraft(this);
    draft.hostBytes = bytes;
    return draft.config();
  }

  /**
   * Draws the same system-generated seeds in each run.
   *
   * @param value their base
   * @return the new options; these are as before
   */
  public SessionConfig withSeed(long value) {
    SessionDraft draft = new SessionDraft(this);
    draft.seed = OptionalLong.of(value);
    return draft.config();
  }

  /**
   * Uses so many threads.
   *
   * @param count that kernels and parfor workers share
   * @return the new options; these are as before
   * @throws IllegalArgumentException when it is less than 1
   */
  public SessionConfig withThreads(int count) {
    SessionDraft draft = new SessionDraft(this);
    draft.threads = count;
    return draft.config();
  }

  /**
   * Computes with cells of another width, and rounds no operands of products.
   *
   * @param width of the cells of all matrices
   * @return the new options; these are as before
   */
  public SessionConfig withPrecision(Precision width) {
    SessionDraft draft = new SessionDraft(this);
    draft.precision = width;
    draft.products = ProductPrecision.FULL;
    return draft.config();
  }

  /**
   * Computes with matrices of fp32, whose products round their operands to fewer bits.
   *
   * @param rounded to what they round
   * @return the new options; these are as before
   */
  public SessionConfig withProducts(ProductPrecision rounded) {
    SessionDraft draft = new SessionDraft(this);
    draft.precision = Precision.FP32;
    draft.products = rounded;
    return draft.config();
  }

  /**
   * Repeats results more or less exactly.
   *
   * @param mode whether rewrites and fusion may change the last bits of a result
   * @return the new options; these are as before
   */
  public SessionConfig withNumerics(Numerics mode) {
    SessionDraft draft = new SessionDraft(this);
    draft.numerics = mode;
    return draft.config();
  }

  /**
   * Stores repeated loop and function bodies of the lineage once, or not.
   *
   * @param on true for once
   * @return the new options; these are as before
   */
  public SessionConfig withDedup(boolean on) {
    SessionDraft draft = new SessionDraft(this);
    draft.dedup = on;
    return draft.config();
  }

  /**
   * Limits the disk.
   *
   * @param bytes for values that host memory cannot hold; 0 switches the disk off
   * @return the new options; these are as before
   * @throws IllegalArgumentException when it is negative
   */
  public SessionConfig withDiskBytes(long bytes) {
    SessionDraft draft = new SessionDraft(this);
    draft.diskBytes = OptionalLong.of(bytes);
    return draft.config();
  }

  /**
   * Limits the heap that lineage takes.
   *
   * @param bytes before traces are cut
   * @return the new options; these are as before
   * @throws IllegalArgumentException when it is negative
   */
  public SessionConfig withLineageBytes(long bytes) {
    SessionDraft draft = new SessionDraft(this);
    draft.lineageBytes = OptionalLong.of(bytes);
    return draft.config();
  }

  /**
   * Computes some hits again and compares them.
   *
   * @param oneOf one of this many hits; 0 checks none
   * @return the new options; these are as before
   * @throws IllegalArgumentException when it is negative
   */
  public SessionConfig withVerifyReuse(int oneOf) {
    SessionDraft draft = new SessionDraft(this);
    draft.verifyReuse = oneOf;
    return draft.config();
  }

  /**
   * Stops runs at bad values.
   *
   * @param values at whose first appearance a run stops
   * @return the new options; these are as before
   */
  public SessionConfig withTraps(Set<Trap> values) {
    SessionDraft draft = new SessionDraft(this);
    draft.traps = values;
    return draft.config();
  }

  /**
   * Reports what reuse would save, without keeping values, or does not.
   *
   * @param on true for the report
   * @return the new options; these are as before
   */
  public SessionConfig withEstimate(boolean on) {
    SessionDraft draft = new SessionDraft(this);
    draft.estimate = on;
    return draft.config();
  }

  /**
   * Computes chains of element-wise operations in one loop, or one by one; changes no result.
   *
   * @param on true for one loop
   * @return the new options; these are as before
   */
  public SessionConfig withFusion(boolean on) {
    SessionDraft draft = new SessionDraft(this);
    draft.fusion = on;
    return draft.config();
  }

  /**
   * Searches other folders for functions.
   *
   * @param folders searched before the shipped library
   * @return the new options; these are as before
   */
  public SessionConfig withLibrary(List<Path> folders) {
    SessionDraft draft = new SessionDraft(this);
    draft.library = folders;
    return draft.config();
  }

  /**
   * Resolves relative paths of scripts against another folder.
   *
   * @param folder which is there
   * @return the new options; these are as before
   */
  public SessionConfig withWorkingDirectory(Path folder) {
    SessionDraft draft = new SessionDraft(this);
    draft.workingDirectory = folder;
    return draft.config();
  }

  /**
   * Prints elsewhere.
   *
   * @param stdout where {@code print} writes
   * @param stderr where notes and warnings go
   * @return the new options; these are as before
   */
  public SessionConfig withOutput(PrintStream stdout, PrintStream stderr) {
    SessionDraft draft = new SessionDraft(this);
    draft.out = stdout;
    draft.err = stderr;
    return draft.config();
  }

  /**
   * Unpacks native libraries elsewhere.
   *
   * @param folder private to the user
   * @return the new options; these are as before
   */
  public SessionConfig withNatives(Path folder) {
    SessionDraft draft = new SessionDraft(this);
    draft.natives = folder;
    return draft.config();
  }

  /**
   * Moves values that host memory cannot hold elsewhere.
   *
   * @param folder made when the first is moved
   * @return the new options; these are as before
   */
  public SessionConfig withSpillFolder(Path folder) {
    SessionDraft draft = new SessionDraft(this);
    draft.spillFolder = folder;
    return draft.config();
  }

  /**
   * Uses other devices.
   *
   * @param which which, and how
   * @return the new options; these are as before
   */
  public SessionConfig withDevices(DeviceConfig which) {
    SessionDraft draft = new SessionDraft(this);
    draft.devices = which;
    return draft.config();
  }

  /**
   * Records a time line; {@code docs/timeline.md} says what is in it.
   *
   * @param file written when the session is closed; null records none
   * @return the new options; these are as before
   */
  public SessionConfig withTraceFile(Path file) {
    SessionDraft draft = new SessionDraft(this);
    draft.traceFile = file;
    return draft.config();
  }

  /**
   * Keeps what scripts tell with {@code metric}, as csv and for TensorBoard.
   *
   * @param folder where; null keeps none
   * @return the new options; these are as before
   */
  public SessionConfig withMetrics(Path folder) {
    SessionDraft draft = new SessionDraft(this);
    draft.metrics = folder;
    return draft.config();
  }

  /**
   * Tells how far runs are, as scripts say with {@code progress}.
   *
   * @param listener who hears it; null tells nobody
   * @return the new options; these are as before
   */
  public SessionConfig withProgress(ProgressListener listener) {
    SessionDraft draft = new SessionDraft(this);
    draft.progress = listener;
    return draft.config();
  }

  /**
   * Finds values in an experiment store and keeps them there.
   *
   * @param which null for none
   * @return the new options; these are as before
   */
  public SessionConfig withStore(StoreConfig which) {
    SessionDraft draft = new SessionDraft(this);
    draft.store = which;
    return draft.config();
  }
}
