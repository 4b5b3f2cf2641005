package dev.reprise.engine;

import dev.reprise.formats.CheckpointInput;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The values of a checkpoint with items of their content: scalars are literals, matrices and frames
 * are leaves with the fingerprint of their cells, lists are lists of these. Which file they came
 * from is a note.
 */
final class SavedContent {
  static final String FINGERPRINT = "fingerprint";

  /**
   * A value with one reference for the receiver.
   *
   * @param item null when no items are made
   */
  record Element(Value value, LineageItem item) {}

  private final CheckpointInput input;
  private final Function<CheckpointInput.MatrixPart, MatrixValue> matrices;
  private final Operation operation;
  private final String path;
  private final boolean items;
  private final List<Element> leaves = new ArrayList<>();

  /**
   * @param matrices brings a matrix into memory
   * @param operation the {@code resume} that reads
   * @param path the note of the items
   * @param items whether items are made
   */
  SavedContent(
      CheckpointInput input,
      Function<CheckpointInput.MatrixPart, MatrixValue> matrices,
      Operation operation,
      String path,
      boolean items) {
    this.input = input;
    this.matrices = matrices;
    this.operation = operation;
    this.path = path;
    this.items = items;
  }

  /** Matrices and frames that were read so far, without references of their own. */
  List<Element> leaves() {
    return leaves;
  }

  /** Reads the next value; gives up what it has read when a later part fails. */
  Element read() {
    CheckpointInput.Part part = input.next();
    return switch (part) {
      case CheckpointInput.ListPart list -> list(list);
      case CheckpointInput.ScalarPart scalar ->
          new Element(scalar.value(), items ? LineageItem.literal(scalar.value()) : null);
      case CheckpointInput.FramePart frame -> leaf(frame.value());
      case CheckpointInput.MatrixPart matrix -> leaf(matrices.apply(matrix));
    };
  }

  private Element leaf(Value value) {
    LineageItem item = null;
    if (items) {
      Attributes content = Attributes.of(FINGERPRINT, input.fingerprint());
      Operation described = new Operation(operation.opcode(), content);
      item =
          LineageItem.leaf(
              described.withPrecision(operation.precision()).at(operation.place()), path);
    }
    Element element = new Element(value, item);
    leaves.add(element);
    return element;
  }

  private Element list(CheckpointInput.ListPart part) {
    List<Value> values = new ArrayList<>();
    List<LineageItem> inputs = new ArrayList<>();
    Map<String, String> names = new TreeMap<>();
    try {
      for (int i = 0; i < part.elements(); i++) {
        Element element = read();
        values.add(element.value());
        inputs.add(element.item());
        if (!part.names().isEmpty() && !part.names().get(i).isEmpty()) {
          names.put("name." + i, part.names().get(i));
        }
      }
    } catch (RuntimeException | Error e) {
      values.forEach(Value::release);
      throw e;
    }
    ListValue list = new ListValue(part.names(), values);
    if (!items) {
      return new Element(list, null);
    }
    Operation made =
        new Operation(OperationTable.standard().get("list"), Attributes.of(names))
            .at(operation.place());
    return new Element(list, LineageItem.of(made, inputs.toArray(LineageItem[]::new)));
  }
}
