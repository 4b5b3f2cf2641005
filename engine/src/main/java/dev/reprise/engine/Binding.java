package dev.reprise.engine;

import dev.reprise.engine.value.ElementNames;
import dev.reprise.engine.value.SavedContent;
import dev.reprise.formats.ValueContent;
import dev.reprise.lineage.ContentHash;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Turns Java values into script values with a lineage of their own. */
public final class Binding {
  private Binding() {}

  /**
   * A value with one reference for the receiver, and its item (null when nothing is traced).
   *
   * @param value null when it is no matrix
   * @param other null when it is a matrix
   * @param elements those of a list, whose references are the list's
   */
  public record Bound(MatrixValue value, Value other, LineageItem item, List<Bound> elements) {

    private Bound(MatrixValue value, Value other, LineageItem item) {
      this(value, other, item, List.of());
    }

    Value any() {
      return value == null ? other : value;
    }

    /** Gives up the reference. */
    public void release() {
      any().release();
    }

    /** Does something with each matrix, also those in lists, and its item. */
    void forEachMatrix(BiConsumer<MatrixValue, LineageItem> action) {
      if (value != null) {
        action.accept(value, item);
      }
      elements.forEach(element -> element.forEachMatrix(action));
    }
  }

  /** A scalar: a truth value, a number or a text. */
  public static Bound scalar(SessionServices services, Object value) {
    Scalar scalar =
        switch (value) {
          case Boolean flag -> Scalar.of((boolean) flag);
          case Integer whole -> Scalar.of((long) whole);
          case Long whole -> Scalar.of((long) whole);
          case Short whole -> Scalar.of((long) whole);
          case Byte whole -> Scalar.of((long) whole);
          case Number number -> Scalar.of(number.doubleValue());
          default -> Scalar.of(value.toString());
        };
    return new Bound(null, scalar, traces(services) ? LineageItem.literal(scalar) : null);
  }

  private static boolean traces(SessionServices services) {
    return services.config().reuse().traces();
  }

  /** A frame that nobody changes any more, keyed by its content. */
  public static Bound frame(SessionServices services, Frame frame) {
    // A frame has no matrices to pin.
    return new Bound(
        null,
        frame,
        traces(services)
            ? leaf(
                services.config().precision(),
                Attributes.of(
                    SavedContent.FINGERPRINT, ValueContent.fingerprint(frame, null).digits()),
                frame.shape().toString())
            : null);
  }

  /**
   * A list, traced as one that a script makes of such elements.
   *
   * @param names one for each element, or none at all
   * @param elements whose references are taken over
   */
  public static Bound list(SessionServices services, List<String> names, List<Bound> elements) {
    ListValue list = new ListValue(names, elements.stream().map(Bound::any).toList());
    if (!traces(services)) {
      return new Bound(null, list, null, elements);
    }
    Operation making =
        new Operation(OperationTable.standard().get("list"), ElementNames.attributes(names));
    LineageItem[] items = elements.stream().map(Bound::item).toArray(LineageItem[]::new);
    return new Bound(null, list, LineageItem.of(making, items), elements);
  }

  /** Gives up values that nobody receives. */
  public static void release(Map<String, Bound> bound) {
    bound.values().forEach(Bound::release);
  }

  /** A value that somebody else keeps, with one more reference taken. */
  public static Bound borrowed(MatrixValue value, LineageItem item) {
    value.retain();
    return new Bound(value, null, item);
  }

  /** Copies rows into host memory; the item is keyed by the version or else by the content. */
  public static Bound matrix(SessionServices services, double[][] rows, String version) {
    int cols = requireRows(rows);
    return services.memory().run(() -> copied(services, rows, cols, version));
  }

  /** Copies rows of that many cells, also none, into host memory, keyed by the content. */
  public static Bound content(SessionServices services, double[][] rows, int cols) {
    return services.memory().run(() -> copied(services, rows, cols, null));
  }

  private static Bound copied(SessionServices services, double[][] rows, int cols, String version) {
    DenseMatrix matrix = DenseMatrix.allocate(services.memory(), rows.length, cols);
    for (int i = 0; i < rows.length; i++) {
      MemorySegment.copy(
          rows[i],
          0,
          matrix.segment(),
          ValueLayout.JAVA_DOUBLE,
          (long) i * cols * Double.BYTES,
          cols);
    }
    LineageItem item =
        traces(services)
            // A store outlives the program that chose the name: only the content says what it is.
            ? item(
                matrix, services.config().precision(), services.stored() == null ? version : null)
            : null;
    Precision precision = services.config().precision();
    ExecutionContext context = new ExecutionContext(services.memory(), services.config().threads());
    return new Bound(
        ManagedMatrix.adopt(services.device().stored(matrix, precision, context)), null, item);
  }

  /** The number of columns of rows that make a matrix; others are refused. */
  private static int requireRows(double[][] rows) {
    if (rows == null) {
      throw new IllegalArgumentException("a matrix is made of rows, but got null");
    }
    int cols = 0;
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] == null) {
        throw new IllegalArgumentException("row " + i + " is null");
      }
      if (i == 0) {
        cols = rows[0].length;
      } else if (rows[i].length != cols) {
        throw new IllegalArgumentException(
            "row " + i + " has " + rows[i].length + " cells, but row 0 has " + cols);
      }
    }
    return cols;
  }

  private static LineageItem item(DenseMatrix matrix, Precision precision, String version) {
    // A buffer may be longer than the cells, with whatever was there before.
    MemorySegment cells = matrix.segment().asSlice(0, matrix.bytes());
    Attributes identity =
        version != null
            ? Attributes.of("version", version)
            : Attributes.of(
                SavedContent.FINGERPRINT,
                ContentHash.ofMatrix(cells, matrix.rows(), matrix.cols()).toString());
    return leaf(precision, identity, version == null ? matrix.shape().toString() : version);
  }

  private static LineageItem leaf(Precision precision, Attributes identity, String note) {
    return LineageItem.leaf(
        new Operation(OperationTable.standard().get("bound"), identity).withPrecision(precision),
        note);
  }
}
