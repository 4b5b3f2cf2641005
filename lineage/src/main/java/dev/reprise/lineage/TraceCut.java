package dev.reprise.lineage;

import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.runtime.operation.Place;
import java.util.Arrays;
import java.util.Map;

/**
 * Gives up how a value came to be, and keeps what it is: an item without inputs that has the key
 * and the height of the one that it stands for. So nothing that looks for values by key notices;
 * whoever wants to see, compare or execute what was below is told that the trace is cut.
 *
 * <p>The key of such an item is an attribute, not a hash of one.
 */
public final class TraceCut {
  /** The opcode of items that stand for a trace that was given up. */
  public static final String OPCODE = "cut";

  private static final String KEY = "key";
  private static final String HEIGHT = "height";

  /** Lists nested deeper are cut as a whole. */
  private static final int LISTS_DEEP = 4;

  private TraceCut() {}

  /**
   * The item without what it is made of; computes its key. Lists stay lists of cut elements, since
   * what is taken out of a list has the element's key. Literals and sources are returned as they
   * are.
   */
  public static LineageItem of(LineageItem item) {
    return of(item, LISTS_DEEP);
  }

  private static LineageItem of(LineageItem item, int deep) {
    if (item.isLiteral() || PatchMatcher.isSource(item)) {
      return item;
    }
    Operation operation = item.operation();
    if (deep > 0 && operation.name().equals("list")) {
      LineageItem[] elements = new LineageItem[item.inputCount()];
      Arrays.setAll(elements, i -> of(item.input(i), deep - 1));
      return LineageItem.of(operation, elements);
    }
    Attributes facts =
        Attributes.of(Map.of(KEY, item.key().toString(), HEIGHT, Integer.toString(item.height())));
    Operation cut = new Operation(OperationTable.standard().get(OPCODE), facts);
    Place place = operation.place();
    cut = cut.withPrecision(operation.precision());
    return read(place == null ? cut : cut.at(place));
  }

  /** An item that stands for one of which the key alone is known. */
  public static LineageItem of(Key key) {
    Attributes facts = Attributes.of(Map.of(KEY, key.toString(), HEIGHT, "0"));
    return read(new Operation(OperationTable.standard().get(OPCODE), facts));
  }

  /** True for an item that stands for a trace that was given up. */
  public static boolean isCut(LineageItem item) {
    Operation own = item.ownOperation();
    return own != null && own.name().equals(OPCODE);
  }

  /**
   * The item that an operation of this opcode describes.
   *
   * @throws IllegalArgumentException when it does not name a key and a height
   */
  static LineageItem read(Operation operation) {
    String digits = operation.attributes().get(KEY);
    String height = operation.attributes().get(HEIGHT);
    if (digits == null || height == null || !height.matches("[0-9]{1,10}")) {
      throw new IllegalArgumentException("'cut' needs the key and the height of what was cut");
    }
    Key key = Key.parse(digits);
    if (key.high() == 0 || key.low() == 0) {
      throw new IllegalArgumentException("no item has the key " + digits);
    }
    return LineageItem.cut(operation, key, (int) Long.parseLong(height));
  }
}
