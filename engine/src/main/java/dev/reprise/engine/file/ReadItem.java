package dev.reprise.engine.file;

import dev.reprise.engine.value.Describe;
import dev.reprise.formats.DataFiles;
import dev.reprise.formats.ReadOptions;
import dev.reprise.formats.ReadRequest;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.Parameter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The item of a {@code read}: the fingerprint of the content and the options. The path is a note
 * that never enters the key.
 *
 * <pre>
 *   read("X.csv", header=TRUE)  -&gt;  read{fingerprint=.., option.header=TRUE} @ "X.csv"
 * </pre>
 */
public final class ReadItem {
  private static final String FINGERPRINT = "fingerprint";
  private static final String OPTION_PREFIX = "option.";

  private ReadItem() {}

  /** Every given option is part of the item, the path is not. */
  public static LineageItem of(
      Operation operation, Value[] inputs, String fingerprint, String path) {
    Map<String, String> attributes = new TreeMap<>();
    attributes.put(FINGERPRINT, fingerprint);
    List<Parameter> parameters = operation.opcode().parameters();
    for (int i = 1; i < inputs.length; i++) {
      if (inputs[i] instanceof Scalar scalar && scalar.isAbsent()) {
        continue;
      }
      attributes.put(OPTION_PREFIX + parameters.get(i).name(), optionText(inputs[i]));
    }
    Operation described = new Operation(operation.opcode(), Attributes.of(attributes));
    Operation placed = described.withPrecision(operation.precision()).at(operation.place());
    return LineageItem.leaf(placed, path);
  }

  private static String optionText(Value value) {
    if (!(value instanceof ListValue list)) {
      return ((Scalar) value).asString();
    }
    StringBuilder text = new StringBuilder("[");
    for (Value element : list.elements()) {
      String entry = ((Scalar) element).asString();
      text.append(entry.length()).append(':').append(entry);
    }
    return text.append(']').toString();
  }

  /** What a script asks for. */
  public static ReadRequest request(Path workingDirectory, Value[] inputs) {
    List<String> naStrings = new ArrayList<>();
    Operand[] operands = new Operand[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      switch (inputs[i]) {
        case Scalar scalar -> operands[i] = scalar;
        case ListValue list ->
            list.elements().forEach(element -> naStrings.add(((Scalar) element).asString()));
        default ->
            throw new OperandException(
                "'read' takes a file name and options, but got " + Describe.one(inputs[i]));
      }
    }
    return new ReadRequest(
        ((Scalar) inputs[0]).asString(), workingDirectory, ReadOptions.of(operands, naStrings));
  }

  /** Of the content that was read. */
  public static String fingerprint(Operation read) {
    return read.attributes().get(FINGERPRINT);
  }

  /** Whether the file that an item of a read names has the content that it had then. */
  public static boolean isUnchanged(DataFiles files, Path workingDirectory, LineageItem read) {
    Operation operation = read.operation();
    try {
      return files
          .fingerprint(request(workingDirectory, operation, read.note()))
          .equals(fingerprint(operation));
    } catch (RuntimeException e) {
      // Gone, or no longer readable.
      return false;
    }
  }

  /** The read that an item of a trace describes, of a path. */
  public static ReadRequest request(Path workingDirectory, Operation operation, String path) {
    Value[] inputs = new Value[operation.opcode().parameters().size()];
    inputs[0] = Scalar.of(path);
    for (int i = 1; i < inputs.length; i++) {
      String name = operation.opcode().parameters().get(i).name();
      inputs[i] = option(operation.attributes().get(OPTION_PREFIX + name));
    }
    return request(workingDirectory, inputs);
  }

  private static Value option(String text) {
    if (text == null) {
      return Scalar.absent();
    }
    if (!text.startsWith("[")) {
      return Scalar.of(text);
    }
    List<Value> elements = new ArrayList<>();
    int at = 1;
    while (text.charAt(at) != ']') {
      int colon = text.indexOf(':', at);
      int end = colon + 1 + Integer.parseInt(text.substring(at, colon));
      elements.add(Scalar.of(text.substring(colon + 1, end)));
      at = end;
    }
    return new ListValue(List.of(), elements);
  }
}
