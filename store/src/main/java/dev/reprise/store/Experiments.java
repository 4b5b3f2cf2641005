package dev.reprise.store;

import dev.reprise.lineage.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Questions that people ask a store: what ran, what is kept, where a value came from. */
public final class Experiments {
  private final ExperimentSource source;

  public Experiments(ExperimentStore store) {
    this(new FolderExperiments(store));
  }

  public Experiments(ExperimentSource source) {
    this.source = source;
  }

  /**
   * One execution.
   *
   * @param id its number in the store
   * @param seconds negative while it runs, or when it was killed
   * @param status how it ended; null likewise
   * @param scores what it said of its models, in alphabetical order of their names
   */
  public record RunEntry(
      long id, RunFacts facts, double seconds, String status, List<Score> scores) {}

  /**
   * @param key of the model, null when it has no lineage
   */
  public record Score(String name, Key key, double value) {}

  /**
   * A kept value.
   *
   * @param operation that made it, empty when the graph does not have it
   * @param run that added it
   * @param uses how often later runs loaded it
   */
  public record ArtifactEntry(
      Key key, Key lineage, String operation, long bytes, long costNanos, long run, long uses) {}

  /**
   * What the store holds, in numbers.
   *
   * @param artifactBytes contents, each counted once
   */
  public record Totals(
      long runs, long vertices, long edges, long artifacts, long artifactBytes, long regions) {}

  /**
   * What was measured on a class of devices.
   *
   * @param values of which the cost there is known
   * @param count measurements
   * @param nanos that all of them took, by their means
   */
  public record DeviceTotal(String device, long values, long count, long nanos) {}

  /** Lineage that a run wrote beside a file, or that it kept. */
  public record TraceEntry(String name, Key key) {}

  /** The same of some run. */
  public record RunTrace(long run, String name, Key key) {}

  public Totals totals() {
    return source.totals();
  }

  /** The latest runs, the last one first. */
  public List<RunEntry> runs(int limit) {
    return source.runs(limit);
  }

  /**
   * @throws UnknownNameException when there is no such run
   */
  public RunEntry run(long id) {
    RunEntry found = source.run(id);
    if (found == null) {
      throw new UnknownNameException(
          "the experiment store "
              + source.name()
              + " has no run "
              + id
              + "; 'reprise experiments list' shows which there are");
    }
    return found;
  }

  /**
   * Kept values, those first that took longest to compute.
   *
   * @param run only what this run added; 0 for all
   */
  public List<ArtifactEntry> artifacts(long run, int limit) {
    return source.artifacts(run, limit);
  }

  /** What is known of the costs of values by their lineage keys; those unknown are left out. */
  public Map<Key, MeasuredCosts> costsOf(Collection<Key> vertices) {
    return source.costsOf(vertices);
  }

  /** What was measured on each class of devices, in alphabetical order. */
  public List<DeviceTotal> devices() {
    return source.devices();
  }

  /**
   * The lineage that begins with some digits.
   *
   * @param digits 4 to 32 hexadecimal ones, in lower case
   * @throws UnknownNameException when there is none, or more than one
   */
  public Key lineage(String digits) {
    List<Key> found = source.lineages(digits);
    if (found.isEmpty()) {
      throw new UnknownNameException(
          "the experiment store "
              + source.name()
              + " knows no value whose lineage begins with "
              + digits
              + "; 'reprise experiments artifacts' and 'show' list lineages");
    }
    if (found.size() > 1) {
      throw new UnknownNameException(
          "several values have a lineage that begins with " + digits + "; give more digits");
    }
    return found.getFirst();
  }

  /**
   * Where a value came from, and what was made of it.
   *
   * @param digits with which its lineage begins, as for {@link #lineage}
   * @param most values on each side of it
   * @throws UnknownNameException when there is none, or more than one
   */
  public Provenance provenance(String digits, int most) {
    Key lineage = lineage(digits);
    Provenance found = source.provenance(lineage, most);
    if (found == null) {
      throw new UnknownNameException(
          "the graph of the experiment store "
              + source.name()
              + " does not have the value of lineage "
              + lineage
              + ", only a trace or an artifact does; 'reprise experiments replay "
              + lineage
              + "' may have it all the same");
    }
    return found;
  }

  /** As {@link ExperimentSource#history}. */
  public GraphTables.Looked history(List<Key> lineages) {
    return source.history(lineages);
  }

  /** As {@link ExperimentSource#artifactsOf}. */
  public List<ArtifactEntry> artifactsOf(Collection<Key> lineages) {
    return source.artifactsOf(lineages);
  }

  /** As {@link ExperimentSource#tracesOf}. */
  public List<RunTrace> tracesOf(Collection<Key> lineages, int limit) {
    return source.tracesOf(lineages, limit);
  }

  /** Where it is, for people. */
  public String name() {
    return source.name();
  }

  /** The traces that a run left, by name. */
  public List<TraceEntry> traces(long run) {
    return source.traces(run);
  }

  /**
   * The text of a trace as the run left it.
   *
   * @throws UnknownNameException when there is none of that name
   */
  public String trace(long run, String name) {
    byte[] compressed = source.compressedTrace(run, name);
    if (compressed == null) {
      throw new UnknownNameException(
          "run "
              + run
              + " of "
              + source.name()
              + " has left no trace named '"
              + name
              + "'; 'reprise experiments show "
              + run
              + "' lists them");
    }
    try {
      return TraceBytes.text(compressed);
    } catch (IOException e) {
      throw new StoreException("the trace '" + name + "' of run " + run + " is damaged", e);
    }
  }

  /** Something that reads a file. */
  public interface TraceUse {
    void read(Path trace) throws IOException;
  }

  /** Hands a trace to something that reads files; the file is gone afterwards. */
  public void withTraceFile(long run, String name, TraceUse use) throws IOException {
    String text = trace(run, name);
    Path file = Files.createTempFile("reprise-trace", ".lineage");
    try {
      Files.writeString(file, text);
      use.read(file);
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
