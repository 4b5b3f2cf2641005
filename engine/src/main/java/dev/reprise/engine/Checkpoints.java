package dev.reprise.engine;

import dev.reprise.engine.stored.ShortTrace;
import dev.reprise.formats.CheckpointInput;
import dev.reprise.formats.CheckpointOutput;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.TraceFormatException;
import dev.reprise.lineage.TraceReader;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.cpu.CpuDevice;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code checkpoint} and {@code resume} of scripts. A checkpoint holds values, the trace of the
 * list, the place in the loops that draw seeds, and the origin of the values: numerics, precision
 * and device class.
 *
 * <p>A value keeps the key of its trace only where the cache would have given it for that key, too:
 * in a session of the same origin. Everywhere else it is known by its content. Thread-safe.
 */
final class Checkpoints {
  private static final String TRACE = "lineage";
  private static final String SEEDS = "seeds";
  private static final String ORIGIN = "origin";

  private final HostMemory memory;
  private final CpuDevice device;
  private final ExecutionContext kernel;
  private final String origin;

  /**
   * @param origin what the last bits of values depend on besides their lineage
   */
  Checkpoints(HostMemory memory, int threads, CpuDevice device, String origin) {
    this.memory = memory;
    this.device = device;
    this.kernel = new ExecutionContext(memory, threads);
    this.origin = origin;
  }

  // ---- checkpoint

  /**
   * Writes a checkpoint.
   *
   * @param item of the list; null when nothing is traced
   */
  void save(ControlContext context, Value value, LineageItem item, String path) {
    if (!(value instanceof ListValue list)) {
      throw new OperandException(
          "'checkpoint' needs a list, but got a "
              + Describe.value(value)
              + "; write checkpoint(list(W=W, epoch=e), file)");
    }
    Map<String, String> notes = new TreeMap<>();
    notes.put(ORIGIN, origin);
    notes.put(SEEDS, SeedPlaceText.of(context.trail.place(context.seeds)));
    String trace = item == null ? null : ShortTrace.of(item, Integer.MAX_VALUE);
    if (trace != null) {
      notes.put(TRACE, trace);
    }
    Path folder = context.run.workingDirectory();
    try (CheckpointOutput output = CheckpointOutput.open(path, folder, notes)) {
      write(output, list);
      output.publish();
    }
  }

  private void write(CheckpointOutput output, Value value) {
    switch (value) {
      case ListValue list -> {
        output.list(list.names(), list.size());
        list.elements().forEach(element -> write(output, element));
      }
      case Scalar scalar -> output.scalar(scalar);
      case Frame frame -> output.frame(frame);
      case MatrixValue matrix -> {
        MatrixOperand cells = memory.run(matrix::pinHost);
        try {
          output.matrix(cells);
        } finally {
          matrix.unpin();
        }
      }
      default -> throw new OperandException("'checkpoint' cannot write a " + Describe.value(value));
    }
  }

  // ---- resume

  /** Reads a checkpoint, and lets the thread draw the seeds that came next where it was written. */
  FileAccess.Loaded resume(
      ControlContext context, LinkedOperation operation, String path, boolean traced) {
    long start = System.nanoTime();
    try (CheckpointInput input = CheckpointInput.open(path, context.run.workingDirectory())) {
      Operation plain = operation.operation();
      LineageItem item = traced ? storedItem(input, path) : null;
      SavedContent.Element all = content(input, plain, path, traced && item == null).read();
      if (!(all.value() instanceof ListValue)) {
        all.value().release();
        throw damaged(path, "it holds no list");
      }
      try {
        context.trail.resume(SeedPlaceText.parse(input.notes().get(SEEDS)), context.seeds);
      } catch (IllegalArgumentException e) {
        all.value().release();
        throw damaged(path, "its seeds are missing");
      }
      context.counters.executed(operation.index(), plain, start, System.nanoTime() - start);
      return new FileAccess.Loaded(all.value(), item == null ? all.item() : item);
    }
  }

  /** The item that the list had when it was written, or null when it must not be trusted. */
  private LineageItem storedItem(CheckpointInput input, String path) {
    String trace = input.notes().get(TRACE);
    if (trace == null || !origin.equals(input.notes().get(ORIGIN))) {
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

  private SavedContent content(
      CheckpointInput input, Operation operation, String path, boolean items) {
    return new SavedContent(
        input, part -> matrix(input, part, operation.precision()), operation, path, items);
  }

  private MatrixValue matrix(CheckpointInput input, CheckpointInput.MatrixPart part, Precision as) {
    return memory.run(
        () -> ManagedMatrix.adopt(device.stored(input.cells(part, memory), as, kernel)));
  }

  /** Brings back for a replay what an item of a trace describes. */
  Value again(Path folder, Operation operation, String path) {
    String wanted = operation.attributes().get(SavedContent.FINGERPRINT);
    try (CheckpointInput input = CheckpointInput.open(path, folder)) {
      SavedContent content = content(input, operation, path, true);
      Value all = content.read().value();
      try {
        for (SavedContent.Element leaf : content.leaves()) {
          Operation found = leaf.item().operation();
          if (wanted.equals(found.attributes().get(SavedContent.FINGERPRINT))) {
            leaf.value().retain();
            return leaf.value();
          }
        }
      } finally {
        all.release();
      }
    }
    throw new OperandException("the checkpoint " + path + " has changed since it was resumed");
  }
}
