package dev.reprise.engine.value;

import dev.reprise.formats.ValueContent;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Items of values that are known by their content alone: scalars are literals, matrices and frames
 * are leaves with the fingerprint of their cells, lists are lists of these. Which file they came
 * from is a note.
 */
public final class SavedContent {
  /** The attribute of a leaf that says which content it stands for. */
  public static final String FINGERPRINT = "fingerprint";

  private final Function<MatrixValue, MatrixOperand> pinning;
  private final Operation operation;
  private final String path;

  /**
   * @param pinning pins a matrix in host memory
   * @param operation the {@code resume} that reads
   * @param path the note of the items
   */
  public SavedContent(
      Function<MatrixValue, MatrixOperand> pinning, Operation operation, String path) {
    this.pinning = pinning;
    this.operation = operation;
    this.path = path;
  }

  /** The item of a value; takes as long as to look at all of its bytes. */
  public LineageItem itemOf(Value value) {
    return switch (value) {
      case Scalar scalar -> LineageItem.literal(scalar);
      case ListValue list -> itemOfList(list);
      default -> {
        Operation read =
            new Operation(operation.opcode(), Attributes.of(FINGERPRINT, fingerprint(value)));
        yield LineageItem.leaf(
            read.withPrecision(operation.precision()).at(operation.place()), path);
      }
    };
  }

  private LineageItem itemOfList(ListValue list) {
    Map<String, String> names = new TreeMap<>();
    for (int i = 0; i < list.names().size(); i++) {
      if (!list.names().get(i).isEmpty()) {
        names.put("name." + i, list.names().get(i));
      }
    }
    Operation made =
        new Operation(OperationTable.standard().get("list"), Attributes.of(names))
            .at(operation.place());
    return LineageItem.of(
        made, list.elements().stream().map(this::itemOf).toArray(LineageItem[]::new));
  }

  private String fingerprint(Value value) {
    return ValueContent.fingerprint(value, pinning).digits();
  }

  /** The first matrix or frame in a value that has that fingerprint, borrowed; or null. */
  public Value find(String fingerprint, Value value) {
    return switch (value) {
      case Scalar _ -> null;
      case ListValue list -> {
        for (Value element : list.elements()) {
          Value found = find(fingerprint, element);
          if (found != null) {
            yield found;
          }
        }
        yield null;
      }
      default -> fingerprint.equals(fingerprint(value)) ? value : null;
    };
  }
}
