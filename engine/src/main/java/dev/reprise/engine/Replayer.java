package dev.reprise.engine;

import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.ReplayPlan;
import dev.reprise.lineage.Trace;
import dev.reprise.lineage.TraceFormatException;
import dev.reprise.lineage.TraceReader;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.OperandException;
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

/**
 * Recomputes what a trace describes, without the script that made it: every item once, in
 * topological order, freeing values after their last use.
 */
public final class Replayer {
  private final SessionServices services;

  public Replayer(SessionServices services) {
    this.services = services;
  }

  /**
   * Replays the first output of a trace file and writes it.
   *
   * @param format file format, or null for that of the output's extension
   * @throws OperandException when an input cannot be brought back, or has another content
   */
  public void replay(Path traceFile, Path output, String format) throws IOException {
    Trace trace;
    try (Reader reader = Files.newBufferedReader(traceFile, StandardCharsets.UTF_8)) {
      trace = TraceReader.read(reader, OperationTable.standard());
    } catch (TraceFormatException e) {
      throw new OperandException(traceFile + ": " + e.getMessage());
    }
    Value value = evaluate(trace);
    try {
      services.files().writeReplayed(services.config().workingDirectory(), output, format, value);
    } finally {
      value.release();
    }
  }

  /** The value of the trace's first output; the caller owns one reference. */
  Value evaluate(Trace trace) {
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

  private Value evaluate(LineageItem item, Value[] inputs) {
    if (item.isLiteral()) {
      return item.literalOrNull();
    }
    Operation operation = item.operation();
    Evaluation evaluation = operation.opcode().evaluation();
    try {
      return switch (evaluation) {
        case STRUCTURE -> services.structures().evaluate(operation, inputs);
        case SOURCE ->
            services.files().reread(services.config().workingDirectory(), operation, item.note());
        case KERNEL -> kernel(operation, inputs);
        case EFFECT -> throw new OperandException("'" + operation.name() + "' cannot be replayed");
      };
    } catch (OperandException e) {
      throw new OperandException("replaying '" + operation.name() + "': " + e.getMessage());
    }
  }

  private Value kernel(Operation operation, Value[] inputs) {
    ExecutionContext context = new ExecutionContext(services.memory(), services.config().threads());
    if (operation.name().equals("toString")
        && inputs[0] instanceof dev.reprise.runtime.ListValue list) {
      return Scalar.of(TextForm.list(list, v -> text(v, context)));
    }
    return services.pipeline().kernels().run(operation, inputs, context);
  }

  private String text(Value value, ExecutionContext context) {
    return ((Scalar)
            services
                .pipeline()
                .kernels()
                .run(TextForm.TO_STRING, TextForm.defaults(value), context))
        .asString();
  }
}
