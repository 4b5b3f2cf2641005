package dev.reprise.engine.replay;

import dev.reprise.Numerics;
import dev.reprise.ReplayRequest;
import dev.reprise.ReplayRequest.Comparison;
import dev.reprise.ReplayResult;
import dev.reprise.engine.access.TextForm;
import dev.reprise.engine.check.Kernels;
import dev.reprise.engine.check.Tolerance;
import dev.reprise.engine.check.ValueComparison;
import dev.reprise.engine.stored.StoredHistory;
import dev.reprise.engine.stored.StoredValues;
import dev.reprise.engine.thread.Cancellation;
import dev.reprise.engine.thread.OpenRuns;
import dev.reprise.engine.timeline.Timeline;
import dev.reprise.formats.FileFormat;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.ProgramReplay;
import dev.reprise.lineage.ReplayPlan;
import dev.reprise.lineage.Trace;
import dev.reprise.lineage.TraceCut;
import dev.reprise.lineage.TraceFormatException;
import dev.reprise.lineage.TraceProgram;
import dev.reprise.lineage.TraceReader;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.FrameValue;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Evaluation;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Recomputes what a trace describes, without the script that made it: every item once, in
 * topological order, freeing values after their last use. For one replay.
 */
public final class Replayer {
  private final Sources sources;
  private final Kernels kernels;
  private final Map<Key, Path> replacements = new HashMap<>();

  /** What the store gives of a value's history that is not known; null for a trace of a file. */
  private StoredHistory history;

  /** Of the replay that closing its session stops; of other evaluations nobody's. */
  private Cancellation cancellation = new Cancellation(null);

  public Replayer(Sources sources) {
    this(sources, sources.resources().kernels()::run);
  }

  /**
   * @param kernels runs operations on complete inputs
   */
  public Replayer(Sources sources, Kernels kernels) {
    this.sources = sources;
    this.kernels = kernels;
  }

  /**
   * Replays an item of a trace file, or a value of the session's experiment store.
   *
   * @throws OperandException when the trace is damaged, the request names what is not in it, or an
   *     input cannot be brought back
   * @throws IllegalStateException when the session is closed
   * @throws java.util.concurrent.CancellationException when it is being closed meanwhile
   */
  public ReplayResult replay(ReplayRequest request) throws IOException {
    try (OpenRuns.Entry open = sources.resources().runs().begin("Session.replay")) {
      cancellation = open.cancellation();
      return replayed(request);
    }
  }

  private ReplayResult replayed(ReplayRequest request) throws IOException {
    Trace whole = request.trace() == null ? stored(request.lineage()) : read(request.trace());
    TraceNames names = new TraceNames(whole);
    replacements.putAll(names.replacements(request.replacements()));
    Trace trace = request.until() == null ? whole : Trace.of(names.until(request.until()));
    Value value = evaluate(trace);
    try {
      Path folder = sources.resources().config().workingDirectory();
      if (request.output() != null) {
        sources.files().writes().writeReplayed(folder, request.output(), request.format(), value);
      }
      ReplayResult.Comparison comparison =
          switch (request.comparison()) {
            case Comparison.None() -> null;
            case Comparison.WithFile(Path file) -> compare(trace, value, file);
            case Comparison.WithKept() -> compare(Tolerance.of(trace), value, kept(trace.output()));
          };
      boolean isShown = request.output() == null && comparison == null;
      return new ReplayResult(isShown ? text(value) : null, comparison);
    } finally {
      value.release();
    }
  }

  private Trace stored(String lineage) {
    StoredValues values = sources.resources().stored();
    if (values == null) {
      throw new OperandException(
          "the value of a lineage is replayed by a session with an experiment store");
    }
    history = values.history(lineage);
    return Trace.of(history.item());
  }

  /** What the store keeps of a value; the caller owns a reference. */
  private Value kept(LineageItem item) {
    if (history == null) {
      throw new OperandException(
          "only a value of an experiment store is compared with what it has");
    }
    return history.kept(item);
  }

  private static Trace read(Path file) throws IOException {
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      return TraceReader.read(reader, OperationTable.standard());
    } catch (TraceFormatException e) {
      throw new OperandException(file + ": " + e.getMessage());
    }
  }

  private ReplayResult.Comparison compare(Trace trace, Value value, Path file) {
    LineageItem output = trace.output();
    Precision precision = output.isLiteral() ? Precision.FP64 : output.operation().precision();
    Path folder = sources.resources().config().workingDirectory();
    FileFormat format =
        value instanceof ListValue ? sources.files().listFormat(folder, file) : null;
    if (format == null) {
      ReplayResult.Comparison comparison =
          compare(Tolerance.of(trace), value, sources.files().stored(folder, file, precision));
      return comparison.isEqual() || !(value instanceof FrameValue frame)
          ? comparison
          : compareKept(Tolerance.of(trace), frame, file, precision);
    }
    double rounding = format == FileFormat.ONNX ? Tolerance.FP32 : 0;
    Value kept = sources.files().kept((ListValue) value, format, precision);
    try {
      return compare(
          Math.max(Tolerance.of(trace), rounding),
          kept,
          sources.files().stored(folder, file, precision));
    } finally {
      kept.release();
    }
  }

  /** Compares what the file would keep of a frame: csv loses what an empty text was. */
  private ReplayResult.Comparison compareKept(
      double tolerance, FrameValue frame, Path file, Precision precision) {
    Path folder = sources.resources().config().workingDirectory();
    Value kept = sources.files().kept(frame, folder, file, precision);
    try {
      return compare(tolerance, kept, sources.files().stored(folder, file, precision));
    } finally {
      kept.release();
    }
  }

  /**
   * @param tolerance unless bits are compared
   * @param stored released here
   */
  private ReplayResult.Comparison compare(double tolerance, Value value, Value stored) {
    try {
      ValueComparison.Deviation deviation = ValueComparison.between(value, stored);
      double allowed = sources.resources().config().numerics() == Numerics.EXACT ? 0 : tolerance;
      return new ReplayResult.Comparison(
          deviation.isWithin(allowed), deviation.deviation(), allowed, deviation.place());
    } finally {
      stored.release();
    }
  }

  /** The value of the trace's first output; the caller owns one reference. */
  Value evaluate(Trace trace) {
    TraceProgram program = TraceProgram.of(trace.outputs());
    return program.hasLoops() ? ProgramReplay.first(program, new Machine()) : evaluatePlan(trace);
  }

  /** Executes loops without making their items. */
  private final class Machine implements ProgramReplay.Machine<Value> {
    @Override
    public Value leaf(LineageItem item) {
      return Replayer.this.evaluate(item, new Value[0]);
    }

    @Override
    public Value evaluate(Operation operation, Value[] inputs) {
      return Replayer.this.evaluate(operation, inputs);
    }

    @Override
    public void retain(Value value) {
      value.retain();
    }

    @Override
    public void release(Value value) {
      value.release();
    }

    @Override
    public Value[] array(int length) {
      return new Value[length];
    }
  }

  private Value evaluatePlan(Trace trace) {
    ReplayPlan plan = ReplayPlan.of(trace);
    int[] usesLeft = plan.copyOfUses();
    Value[] values = new Value[plan.size()];
    try {
      for (int step = 0; step < values.length; step++) {
        Value[] inputs = new Value[plan.inputCount(step)];
        for (int i = 0; i < inputs.length; i++) {
          inputs[i] = values[plan.input(step, i)];
        }
        values[step] = evaluate(plan.item(step), inputs);
        for (int i = 0; i < inputs.length; i++) {
          int used = plan.input(step, i);
          if (--usesLeft[used] == 0) {
            values[used].release();
            values[used] = null;
          }
        }
      }
      Value result = values[plan.stepOf(trace.output())];
      result.retain();
      return result;
    } finally {
      for (Value value : values) {
        if (value != null) {
          value.release();
        }
      }
    }
  }

  /** The value of one item; the caller owns one reference. */
  Value evaluate(LineageItem item, Value[] inputs) {
    cancellation.check();
    if (item.isLiteral()) {
      return item.literalOrNull();
    }
    if (item.operation().opcode().evaluation() != Evaluation.SOURCE) {
      return evaluate(item.operation(), inputs);
    }
    try {
      return source(item);
    } catch (OperandException e) {
      throw failure(item.operation(), e);
    }
  }

  private Value evaluate(Operation operation, Value[] inputs) {
    cancellation.check();
    try {
      return switch (operation.opcode().evaluation()) {
        case STRUCTURE -> sources.resources().structures().evaluate(operation, inputs);
        case KERNEL -> kernel(operation, inputs);
        case SOURCE, EFFECT ->
            throw new OperandException("'" + operation.name() + "' cannot be replayed");
      };
    } catch (OperandException e) {
      throw failure(operation, e);
    }
  }

  private static OperandException failure(Operation operation, OperandException e) {
    return new OperandException("replaying '" + operation.name() + "': " + e.getMessage());
  }

  private Value source(LineageItem item) {
    if (history != null && TraceCut.isCut(item)) {
      return history.content(item);
    }
    Path folder = sources.resources().config().workingDirectory();
    Path instead = replacements.get(item.key());
    if (instead == null && item.note() == null && !TraceCut.isCut(item)) {
      throw new OperandException("the trace is damaged: it does not say what was read");
    }
    if (instead == null && item.operation().name().equals("resume")) {
      return sources.checkpoints().again(folder, item.operation(), item.note());
    }
    return instead == null
        ? sources.files().reread(folder, item.operation(), item.note())
        : sources.files().readInstead(folder, item.operation(), instead);
  }

  private Value kernel(Operation operation, Value[] inputs) {
    ExecutionContext context =
        new ExecutionContext(sources.resources().memory(), sources.resources().config().threads());
    if (operation.name().equals("toString") && inputs[0] instanceof ListValue list) {
      return Scalar.of(TextForm.list(list, v -> text(v, context)));
    }
    return recorded(operation, inputs, context);
  }

  private Value recorded(Operation operation, Value[] inputs, ExecutionContext context) {
    Timeline timeline = sources.resources().timeline();
    if (timeline == null) {
      return kernels.run(operation, inputs, context);
    }
    long start = System.nanoTime();
    Value value = kernels.run(operation, inputs, context);
    timeline.track().executed(operation, start, System.nanoTime() - start);
    return value;
  }

  /** The value as {@code print} shows it. */
  private String text(Value value) {
    ExecutionContext context =
        new ExecutionContext(sources.resources().memory(), sources.resources().config().threads());
    return switch (value) {
      case Scalar scalar -> scalar.asString();
      case ListValue list -> TextForm.list(list, v -> text(v, context));
      default -> text(value, context);
    };
  }

  private String text(Value value, ExecutionContext context) {
    return ((Scalar)
            sources
                .resources()
                .kernels()
                .run(TextForm.TO_STRING, TextForm.defaults(value), context))
        .asString();
  }
}
