package dev.reprise.engine.value;

import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.ArrayList;
import java.util.List;

/**
 * The lineage of a list's elements. Where the list's own trace shows how an element came in, the
 * element keeps the item that it had before, so that passing a matrix through a list does not hide
 * it from reuse.
 *
 * <p>But a number that a loop has counted is none that is counted any more: that is no part of the
 * list's trace, nor of the key of a call that takes the list.
 */
public final class ElementItems {
  /**
   * A list that a loop has changed more often is looked at as a whole where one element is wanted.
   */
  private static final int MOST_CHANGES = 64;

  /** Elements of a list that is traced as one of these elements when one of them is changed. */
  private static final int MOST_ELEMENTS = 64;

  private static final Opcode OUTPUT = OperationTable.standard().get("output");

  private ElementItems() {}

  /** The item of the element at a zero-based position of the list that the item describes. */
  public static LineageItem at(LineageItem list, int index) {
    if (!list.isLiteral() && list.name().equals("list")) {
      return list.input(index).asUncounted();
    }
    ListContents contents = ListContents.ofOrNull(list, MOST_CHANGES);
    return contents != null && index < contents.size()
        ? contents.get(index).asUncounted()
        : opaque(list, index);
  }

  /**
   * The item of {@code L[place] = x}. Where the trace says all elements of L, which of them the
   * place is and what x is as an element, it is that of a list of these elements, as if it had been
   * made so: what is not assigned keeps its lineage however often the list is changed, and a loop
   * that goes on with the list goes on with its elements. So is an x that is a list which was
   * changed. A list that gets longer is not told so, or each iteration of a loop that fills one
   * would be another operation.
   *
   * @param assignment the operation that it is otherwise
   * @param operands of the assignment: the list, x, the place and the end of a range
   */
  public static LineageItem assigned(Operation assignment, LineageItem... operands) {
    LineageItem list = asMade(operands[0]);
    int count = list.isLiteral() || !list.name().equals("list") ? 0 : list.inputCount();
    if (count > 0 && count <= MOST_ELEMENTS) {
      int place = ListContents.place(list, operands);
      LineageItem element = place < 0 ? null : ListContents.asElementOrNull(operands[1]);
      if (element != null) {
        LineageItem[] elements = new LineageItem[count];
        for (int i = 0; i < count; i++) {
          elements[i] = i == place ? asMade(element) : list.input(i);
        }
        return LineageItem.of(list.operation(), elements);
      }
    }
    return LineageItem.of(assignment, operands);
  }

  /**
   * A list that was changed since it was made, as one that was made of what is in it; any other
   * item, and one of which the trace does not say that, as it is.
   */
  private static LineageItem asMade(LineageItem item) {
    if (!ListContents.isChange(item)) {
      return item;
    }
    ListContents contents = ListContents.ofOrNull(item, MOST_CHANGES);
    LineageItem made = contents == null ? null : contents.asMadeOrNull();
    return made == null || made.inputCount() > MOST_ELEMENTS ? item : made;
  }

  /** Those of all elements. */
  public static LineageItem[] all(LineageItem list, int size) {
    return all(list, size, MOST_CHANGES);
  }

  private static LineageItem[] all(LineageItem list, int size, int changes) {
    ListContents contents = ListContents.ofOrNull(list, changes);
    if (contents != null && contents.size() == size) {
      return contents.items().stream().map(LineageItem::asUncounted).toArray(LineageItem[]::new);
    }
    LineageItem[] items = new LineageItem[size];
    for (int i = 0; i < size; i++) {
      items[i] = opaque(list, i);
    }
    return items;
  }

  /**
   * One item per matrix that {@link ListOperands#flatten} finds in the list, in that order, also
   * where as many appends have filled it: folds keep their identity whichever of them are bound.
   */
  public static List<LineageItem> flattened(LineageItem item, ListValue list) {
    LineageItem[] items = all(item, list.size(), MOST_CHANGES + 2 * list.size());
    List<LineageItem> flat = new ArrayList<>();
    List<Value> elements = list.elements();
    for (int i = 0; i < items.length; i++) {
      if (elements.get(i) instanceof ListValue inner) {
        flat.addAll(flattened(items[i], inner));
      } else {
        flat.add(items[i]);
      }
    }
    return flat;
  }

  /** An element of which no more is known than the list that it lies in. */
  static LineageItem opaque(LineageItem list, int index) {
    return LineageItem.of(new Operation(OUTPUT, Attributes.of("index", "" + index)), list);
  }
}
