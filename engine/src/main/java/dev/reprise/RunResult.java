package dev.reprise;

import dev.reprise.engine.value.Describe;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.Trace;
import dev.reprise.lineage.TraceText;
import dev.reprise.lineage.TraceWriter;
import dev.reprise.runtime.FrameValue;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;

/** What a run left in the variables that were compiled as outputs. Close it to give memory back. */
public final class RunResult implements AutoCloseable {
  private final Map<String, Value> values;
  private final Map<String, LineageItem> items;
  private final RunStatistics statistics;
  private final Session session;
  private boolean closed; // guarded by this

  /** Takes over the references to the values; items may be missing when nothing was traced. */
  RunResult(
      Map<String, Value> values,
      Map<String, LineageItem> items,
      RunStatistics statistics,
      Session session) {
    this.values = Map.copyOf(values);
    this.items = Map.copyOf(items);
    this.statistics = statistics;
    this.session = session;
  }

  /** {@return what the run did; also when this result is closed} */
  public RunStatistics statistics() {
    return statistics;
  }

  /**
   * A matrix output, copied.
   *
   * @param name of the output
   * @return rows of cells, of fp32 widened
   * @throws IllegalArgumentException when there is no such output, or it is no matrix
   * @throws IllegalStateException when the result or its session is closed
   */
  public double[][] matrix(String name) {
    return session.whileOpen(
        "RunResult.matrix",
        () -> {
          try (Matrix matrix = handle(name)) {
            return matrix.toArray();
          }
        });
  }

  /**
   * A matrix output that outlives this result and can be bound to another run with its lineage.
   *
   * @param name of the output
   * @return the matrix, which the caller closes
   * @throws IllegalArgumentException when there is no such output, or it is no matrix
   * @throws IllegalStateException when the result or its session is closed
   */
  public Matrix handle(String name) {
    session.requireOpen("RunResult.handle");
    synchronized (this) {
      if (!(value(name) instanceof MatrixValue matrix)) {
        throw notA(name, "matrix");
      }
      matrix.retain();
      return new Matrix(matrix, items.get(name), session);
    }
  }

  /**
   * A scalar output.
   *
   * @param name of the output
   * @return the scalar
   * @throws IllegalArgumentException when there is no such output, or it is no scalar
   * @throws IllegalStateException when the result is closed
   */
  public Scalar scalar(String name) {
    if (!(value(name) instanceof Scalar scalar)) {
      throw notA(name, "scalar");
    }
    return scalar;
  }

  /**
   * A frame output.
   *
   * @param name of the output
   * @return the frame, which shares nothing with the result, and may be bound to another run
   * @throws IllegalArgumentException when there is no such output, or it is no frame
   * @throws IllegalStateException when the result is closed
   */
  public Columns frame(String name) {
    return read("RunResult.frame", name, FrameValue.class, ResultForm::columns);
  }

  /**
   * A list output: matrices as {@code double[][]}, numbers as {@code Double} or {@code Long}, truth
   * values as {@code Boolean}, texts as {@code String}, frames as {@link Columns}, lists as {@code
   * List}, those with names as {@code Map}. All of it is copied, and may be bound to another run.
   *
   * @param name of the output
   * @return its elements in order, without their names; unmodifiable
   * @throws IllegalArgumentException when there is no such output, or it is no list
   * @throws IllegalStateException when the result is closed
   */
  public List<Object> list(String name) {
    return read(
        "RunResult.list", name, ListValue.class, list -> ResultForm.elements(list, name, session));
  }

  /**
   * A list output with names; elements are as in {@link #list}.
   *
   * @param name of the output
   * @return its elements by name, in order; unmodifiable. Empty for an empty list
   * @throws IllegalArgumentException when there is no such output, it is no list, or its elements
   *     do not have a name each of their own
   * @throws IllegalStateException when the result is closed
   */
  public Map<String, Object> map(String name) {
    return read(
        "RunResult.map", name, ListValue.class, list -> ResultForm.map(list, name, session));
  }

  /** What a reader makes of an output, which meanwhile lives whoever closes the result. */
  private <V extends Value, T> T read(
      String call, String name, Class<V> type, Function<V, T> reader) {
    return session.whileOpen(call, () -> readOpen(name, type, reader));
  }

  private <V extends Value, T> T readOpen(String name, Class<V> type, Function<V, T> reader) {
    V held;
    synchronized (this) {
      if (!type.isInstance(value(name))) {
        throw notA(name, type == ListValue.class ? "list" : "frame");
      }
      held = type.cast(value(name));
      held.retain();
    }
    try {
      return reader.apply(held);
    } finally {
      held.release();
    }
  }

  private IllegalArgumentException notA(String name, String kind) {
    return new IllegalArgumentException(
        "output '" + name + "' is " + Describe.one(value(name)) + ", not a " + kind);
  }

  /**
   * An output of any type.
   *
   * @param name of the output
   * @return the value, borrowed until this result is closed
   * @throws IllegalArgumentException when there is no such output
   * @throws IllegalStateException when the result is closed
   */
  public synchronized Value value(String name) {
    requireOutput(name);
    if (closed) {
      throw new IllegalStateException(
          "the result is closed; read '" + name + "' before, or take a handle");
    }
    return values.get(name);
  }

  /**
   * The trace of an output as text, all iterations of loops one after the other.
   *
   * @param name of the output
   * @return a line for each item
   * @throws IllegalArgumentException when there is no such output
   * @throws IllegalStateException when the session does not trace
   */
  public String lineage(String name) {
    return TraceText.of(traced(name));
  }

  /**
   * The trace of an output as {@code write} leaves it in {@code f.lineage}: a file of this text can
   * be replayed, asked and compared. Loops are stored once.
   *
   * @param name of the output
   * @return the text of the file
   * @throws IllegalArgumentException when there is no such output
   * @throws IllegalStateException when the session does not trace
   */
  public String lineageFile(String name) {
    StringBuilder text = new StringBuilder();
    try {
      TraceWriter.write(Map.of(Trace.UNNAMED, traced(name)), text);
    } catch (IOException e) {
      throw new UncheckedIOException("a StringBuilder does not fail", e);
    }
    return text.toString();
  }

  private LineageItem traced(String name) {
    requireOutput(name);
    LineageItem item = items.get(name);
    if (item == null) {
      throw new IllegalStateException("output '" + name + "' was not traced");
    }
    return item;
  }

  private void requireOutput(String name) {
    Objects.requireNonNull(name, "name");
    if (!values.containsKey(name)) {
      throw new IllegalArgumentException(
          "'"
              + name
              + "' was not compiled as an output; outputs are "
              + String.join(", ", new TreeSet<>(values.keySet())));
    }
  }

  /** Gives the memory of the outputs back; closing twice does nothing. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      values.values().forEach(Value::release);
    }
  }
}
