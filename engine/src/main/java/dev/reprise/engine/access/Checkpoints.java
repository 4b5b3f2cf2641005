package dev.reprise.engine.access;

import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.file.FileOrder;
import dev.reprise.engine.file.FileUse;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.report.SessionMetrics;
import dev.reprise.engine.resource.Resources;
import dev.reprise.engine.seed.SeedPlaceText;
import dev.reprise.engine.seed.SeedTrail;
import dev.reprise.engine.stored.ShortTrace;
import dev.reprise.engine.value.SavedContent;
import dev.reprise.formats.Checkpoint;
import dev.reprise.formats.DataFiles;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.TraceFormatException;
import dev.reprise.lineage.TraceReader;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.FrameValue;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * {@code checkpoint} and {@code resume} of scripts. A checkpoint holds values, the trace of the
 * list, the place in the loops that draw seeds, metrics of a parfor iteration that nobody has seen
 * yet, and the origin of the values: numerics, precision and device class.
 *
 * <p>A value keeps the key of its trace only where the cache would have given it for that key, too:
 * in a session of the same origin. Everywhere else it is known by its content. Thread-safe.
 */
public final class Checkpoints {
  private static final String TRACE = "lineage";
  private static final String SEEDS = "seeds";
  private static final String ORIGIN = "origin";
  private static final String METRICS = "metrics";

  private final HostMemory memory;
  private final CpuDevice device;
  private final ExecutionContext kernel;

  // What the last bits of values depend on besides their lineage. Asked for by checkpoints only: to
  // know the device class loads the library of products.
  private final Supplier<String> origin;

  private final SessionMetrics metrics;

  public Checkpoints(Resources resources) {
    this.memory = resources.memory();
    this.device = resources.device();
    this.kernel = new ExecutionContext(memory, resources.config().threads());
    this.origin = resources.origin()::text;
    this.metrics = resources.metrics();
  }

  // ---- checkpoint

  /**
   * Writes a checkpoint.
   *
   * @param item of the list; null when nothing is traced
   */
  public void save(ControlContext context, ListValue list, LineageItem item, String path) {
    Map<String, String> notes = new TreeMap<>();
    notes.put(ORIGIN, origin.get());
    notes.put(SEEDS, SeedPlaceText.of(context.trail.place(context.seeds)));
    String waiting = context.metrics.waiting();
    if (!waiting.isEmpty()) {
      notes.put(METRICS, waiting);
    }
    String trace = item == null ? null : ShortTrace.of(item, Integer.MAX_VALUE);
    if (trace != null) {
      notes.put(TRACE, trace);
    }
    bringFrames(list);
    new Checkpoint(notes, list)
        .write(path, context.run.workingDirectory(), matrix -> memory.run(matrix::pinHost));
  }

  /** Matrices come when they are pinned, one after the other. */
  private void bringFrames(ListValue list) {
    for (Value element : list.elements()) {
      switch (element) {
        case FrameValue frame -> memory.run(frame::frame);
        case ListValue inner -> bringFrames(inner);
        default -> {}
      }
    }
  }

  // ---- resume

  /** Reads a checkpoint, and lets the thread draw the seeds that came next where it was written. */
  public FileAccess.Loaded resume(
      ControlContext context, LinkedOperation operation, String path, boolean traced) {
    return FileOrder.read(
        context.place,
        FileUse.looks(DataFiles.resolve(path, context.run.workingDirectory())),
        () -> resumeInOrder(context, operation, path, traced),
        loaded -> loaded.value().release());
  }

  private FileAccess.Loaded resumeInOrder(
      ControlContext context, LinkedOperation operation, String path, boolean traced) {
    long start = System.nanoTime();
    Operation plain = operation.operation();
    Checkpoint read = read(path, context.run.workingDirectory(), plain.precision());
    try {
      LineageItem item = traced ? item(read, plain, path) : null;
      SeedTrail.Place place = place(read, path);
      resumeMetrics(context, read, place, path);
      context.trail.resume(place, context.seeds);
      context.counters.executed(operation.index(), plain, start, System.nanoTime() - start);
      return new FileAccess.Loaded(read.value(), item);
    } catch (RuntimeException | Error e) {
      read.value().release();
      throw e;
    }
  }

  private Checkpoint read(String path, Path folder, Precision as) {
    return memory.run(() ->
        Checkpoint.read(
            path, folder, memory, cells -> ManagedMatrix.adopt(device.stored(cells, as, kernel))));
  }

  private LineageItem item(Checkpoint read, Operation plain, String path) {
    LineageItem stored = storedItem(read, path);
    return stored == null ? content(plain, path).itemOf(read.value()) : stored;
  }

  private static SeedTrail.Place place(Checkpoint read, String path) {
    try {
      return SeedPlaceText.parse(read.notes().get(SEEDS));
    } catch (IllegalArgumentException e) {
      throw damaged(path, "its seeds are missing");
    }
  }

  /** The same iteration tells again what was lost when its process ended. */
  private void resumeMetrics(
      ControlContext context, Checkpoint read, SeedTrail.Place place, String path) {
    metrics.resume();
    String waited = read.notes().get(METRICS);
    if (waited == null || !context.trail.isAround(place)) {
      return;
    }
    try {
      context.metrics.resume(waited);
    } catch (IllegalArgumentException e) {
      throw damaged(path, "its metrics: " + e.getMessage());
    }
  }

  /** The item that the list had when it was written, or null when it must not be trusted. */
  private LineageItem storedItem(Checkpoint read, String path) {
    String trace = read.notes().get(TRACE);
    if (trace == null || !origin.get().equals(read.notes().get(ORIGIN))) {
      return null;
    }
    try {
      return TraceReader.read(new StringReader(trace), OperationTable.standard()).output();
    } catch (TraceFormatException | IOException e) {
      throw damaged(path, "its lineage: " + e.getMessage());
    }
  }

  private static OperandException damaged(String path, String what) {
    return new OperandException(
        path + ": the checkpoint cannot be resumed: " + what + "; use an earlier one");
  }

  private SavedContent content(Operation operation, String path) {
    return new SavedContent(matrix -> memory.run(matrix::pinHost), operation, path);
  }

  /** Brings back for a replay what an item of a trace describes. */
  public Value again(Path folder, Operation operation, String path) {
    String wanted = operation.attributes().get(SavedContent.FINGERPRINT);
    Value all = read(path, folder, operation.precision()).value();
    try {
      Value found = content(operation, path).find(wanted, all);
      if (found == null) {
        throw new OperandException("the checkpoint " + path + " has changed since it was resumed");
      }
      found.retain();
      return found;
    } finally {
      all.release();
    }
  }
}
