package dev.reprise.lineage;

import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.io.IOException;
import java.io.Reader;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A part of a trace as text: the history of some values down to given ones, which whoever reads it
 * supplies with items of his own. Loops stay loops, as in whole traces:
 *
 * <pre>
 *   history of the inputs  |  what is written: %1 = bound{input=0} @ "input 0", a loop, its results
 *                      cut here
 * </pre>
 *
 * <p>The reader gets the keys that the writer had if his inputs have equal keys; he compares them.
 */
public final class TraceFragment {
  private static final String INPUT = "input";

  private TraceFragment() {}

  /**
   * Writes a fragment. Literal inputs are written as they are: loops take numbers from them.
   *
   * @param inputs below which nothing is written; entries may be null
   * @return false when the text would not be worth its name: it would have to be written item by
   *     item, or would name a file that the reader may know by another name; files that inputs hold
   *     in lists are the reader's own when he reads them
   */
  public static boolean write(
      Map<String, LineageItem> outputs, LineageItem[] inputs, Appendable out) throws IOException {
    Map<LineageItem, LineageItem> instead = new HashMap<>();
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i] != null && !inputs[i].isLiteral()) {
        instead.putIfAbsent(inputs[i], standIn(i));
      }
    }
    TraceProgram program = TraceProgram.of(outputs, instead);
    if (program.isTangled() || namesOthers(program, instead.values(), inputs)) {
      return false;
    }
    new ProgramWriter(program, out).write();
    return true;
  }

  /**
   * True when there is content from outside that no input holds, so the reader has no name of it.
   */
  private static boolean namesOthers(
      TraceProgram program, Collection<LineageItem> standIns, LineageItem[] inputs) {
    List<LineageItem> noted = program.noted();
    noted.removeAll(standIns);
    if (noted.isEmpty()) {
      return false;
    }
    GivenSources sources = new GivenSources(inputs);
    return noted.stream().anyMatch(item -> sources.of(item.operation()) == null);
  }

  private static LineageItem standIn(int number) {
    Operation bound =
        new Operation(
            OperationTable.standard().get("bound"), Attributes.of(INPUT, Integer.toString(number)));
    return LineageItem.leaf(bound, "input " + number);
  }

  /** Which input an operation stands for, or -1. */
  static int numberOf(Operation operation) {
    return operation.name().equals("bound") ? (int) operation.attributes().getLong(INPUT, -1) : -1;
  }

  /**
   * Reads a fragment.
   *
   * @param inputs in the order in which they were given to {@link #write}
   */
  public static Map<String, LineageItem> read(Reader in, LineageItem[] inputs, OperationTable table)
      throws IOException, TraceFormatException {
    return new TraceReader(in, table, inputs).readOutputs();
  }
}
