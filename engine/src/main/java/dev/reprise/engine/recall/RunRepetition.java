package dev.reprise.engine.recall;

import dev.reprise.CompileOptions;
import dev.reprise.SessionConfig;
import dev.reprise.engine.file.FileUse;
import dev.reprise.engine.file.FilesOfRun;
import dev.reprise.engine.file.ReadItem;
import dev.reprise.engine.file.TraceFile;
import dev.reprise.formats.DataFiles;
import dev.reprise.formats.ReadRequest;
import dev.reprise.formats.ReplacedFile;
import dev.reprise.language.SourceFile;
import dev.reprise.language.SourceResolver;
import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.Key;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One script with its arguments and options, and doing again what an earlier run of it did, without
 * a session. Stateless.
 */
public final class RunRepetition {
  private final SessionConfig config;
  private final Key key;
  private final RecordedSources sources;
  private final String text;
  private final Map<String, String> arguments;

  private RunRepetition(
      SessionConfig config,
      Key key,
      RecordedSources sources,
      String text,
      Map<String, String> arguments) {
    this.config = config;
    this.key = key;
    this.sources = sources;
    this.text = text;
    this.arguments = arguments;
  }

  /**
   * What is repeated when a script is; null when runs with these options are executed each time.
   *
   * @param files finds what the script sources
   */
  public static RunRepetition of(
      SessionConfig config, SourceFile source, SourceResolver files, CompileOptions options) {
    boolean possible =
        options.inputs().isEmpty()
            && options.outputs().isEmpty()
            && config.library().isEmpty()
            && config.traceFile() == null
            && config.metrics() == null
            && config.verifyReuse() == 0
            && !config.estimate();
    if (!possible) {
      return null;
    }
    return new RunRepetition(
        config,
        key(config, source, options),
        new RecordedSources(files),
        source.text(),
        options.arguments());
  }

  /** What stands for a script with its arguments and options. */
  public static Key key(SessionConfig config, SourceFile source, CompileOptions options) {
    StringBuilder text = new StringBuilder("run");
    add(source.name(), text);
    add(source.text(), text);
    add(config.reuse().name(), text);
    add(config.numerics().name(), text);
    add(config.precision().name(), text);
    add(config.products().name(), text);
    add(config.seed().isPresent() ? "" + config.seed().getAsLong() : "drawn", text);
    // What a script with warm starts does depends on whether it may.
    add("" + (config.store() != null && config.store().warmStart()), text);
    add("" + options.optimized() + config.dedup() + config.fusion(), text);
    for (Map.Entry<String, String> argument : new TreeMap<>(options.arguments()).entrySet()) {
      add(argument.getKey(), text);
      add(argument.getValue(), text);
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_16LE);
    return ContentHash.of(bytes);
  }

  private static void add(String part, StringBuilder text) {
    text.append(part.length()).append(':').append(part);
  }

  /** What earlier runs of it lie under, besides the build. */
  public Key key() {
    return key;
  }

  /** What a run was given, for people. */
  public String parameters() {
    return RunParameters.text(config, arguments);
  }

  /** Finds what the script sources, and notes it. */
  public RecordedSources sources() {
    return sources;
  }

  /** True when everything that a run took from the world is the same now. */
  public boolean isSame(RecalledRun run, DataFiles files) {
    return RecordedSources.areSame(run.sources(), sources)
        && run.reads().stream().allMatch(read -> isSame(read, files));
  }

  /** By what the file system says where that is known, else by the content. */
  private boolean isSame(RecalledRun.Read read, DataFiles files) {
    Path folder = config.workingDirectory();
    return isKnown(read, files) || ReadItem.isUnchanged(files, folder, read.item());
  }

  private boolean isKnown(RecalledRun.Read read, DataFiles files) {
    return !read.stamp().isEmpty() && read.stamp().equals(files.stamp(request(read)));
  }

  private ReadRequest request(RecalledRun.Read read) {
    return ReadItem.request(config.workingDirectory(), read.item().operation(), read.note());
  }

  /** True when the file system says of all that a run read what it said then. */
  boolean isStamped(RecalledRun run, DataFiles files) {
    return run.reads().stream().allMatch(read -> isKnown(read, files));
  }

  /** The run with what the file system says now of files that still have the content they had. */
  public RecalledRun stamped(RecalledRun run, DataFiles files) {
    return run.withReads(run.reads().stream().map(read -> stamped(read, files)).toList());
  }

  private RecalledRun.Read stamped(RecalledRun.Read read, DataFiles files) {
    String before = files.stamp(request(read));
    boolean holds =
        before != null
            && ReadItem.isUnchanged(files, config.workingDirectory(), read.item())
            && before.equals(files.stamp(request(read)));
    return read.withStamp(holds ? before : "");
  }

  /** True when a run wrote nothing but what a repetition may write. */
  public boolean mayRepeat(RecalledRun run) {
    return run.files().keySet().stream().allMatch(this::isNamed);
  }

  /**
   * Writes what a run wrote, then prints what it printed.
   *
   * @return false when not all can be written, or a run would now read what it writes
   */
  public boolean repeat(RecalledRun run, DataFiles files) {
    try {
      if (readsWhatItWrites(run, files)) {
        return false;
      }
      writeAll(targets(run));
    } catch (IOException | RuntimeException e) {
      // The run itself says better what is wrong.
      return false;
    }
    config.err().print(run.warnings());
    config.out().print(run.printed());
    config.out().flush();
    return true;
  }

  /**
   * True when links lead from a file that a run read to one that it wrote, which they need not have
   * done when it was noted.
   */
  private boolean readsWhatItWrites(RecalledRun run, DataFiles files) {
    if (run.files().isEmpty()) {
      return false;
    }
    FilesOfRun used = new FilesOfRun();
    for (String file : run.files().keySet()) {
      used.add(FileUse.writes(DataFiles.resolve(file, config.workingDirectory())));
    }
    boolean overlaps = false;
    for (RecalledRun.Read read : run.reads()) {
      overlaps |= used.add(FileUse.reads(request(read), files));
    }
    return overlaps;
  }

  /**
   * Where the files of a run go, all looked at before one is written.
   *
   * @throws IOException when one is not for this to write
   */
  private Map<Path, byte[]> targets(RecalledRun run) throws IOException {
    Map<Path, byte[]> targets = new LinkedHashMap<>();
    for (Map.Entry<String, byte[]> file : run.files().entrySet()) {
      Path target = DataFiles.resolve(file.getKey(), config.workingDirectory());
      // What is written through, as pipes and links are, is for the run itself.
      if (!isNamed(file.getKey())
          || DataFiles.isSpecial(target)
          || Files.isSymbolicLink(target)
          || Files.isDirectory(target)) {
        throw new IOException("not to be written here: " + target);
      }
      targets.put(target, file.getValue());
    }
    return targets;
  }

  /**
   * True for a file that this very script names, or an argument does: whoever can put a record into
   * the store must not choose what a run of somebody else writes.
   */
  private boolean isNamed(String file) {
    String name = file;
    for (String suffix : List.of(RecalledRun.TRACE, ".mtd")) {
      if (name.endsWith(suffix)) {
        name = name.substring(0, name.length() - suffix.length());
        break;
      }
    }
    return arguments.containsValue(name)
        || text.contains('"' + name + '"')
        || text.contains("'" + name + "'");
  }

  private static void writeAll(Map<Path, byte[]> targets) throws IOException {
    for (Map.Entry<Path, byte[]> each : targets.entrySet()) {
      write(each.getKey(), each.getValue());
    }
  }

  private static void write(Path target, byte[] content) throws IOException {
    if (target.getParent() != null) {
      Files.createDirectories(target.getParent());
    }
    // Not a temporary file of the JDK, which only its owner could read after the rename.
    Path draft =
        target.resolveSibling(
            "." + target.getFileName() + "." + TraceFile.uniqueName() + ".recalled.tmp");
    // Fails when it is another's, which must stay then.
    Files.createFile(draft);
    try {
      Files.write(draft, content);
      ReplacedFile.move(draft, target);
    } finally {
      Files.deleteIfExists(draft);
    }
  }
}
