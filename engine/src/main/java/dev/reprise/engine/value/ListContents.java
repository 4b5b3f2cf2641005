package dev.reprise.engine.value;

import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.StringScalar;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Evaluation;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The items of a list's elements as they were before they went in, and their names: what a trace
 * says of a list that was built in place and then changed ({@code args = list(X = X); args["lr"] =
 * 0.1}, {@code append}, {@code remove}, ranges). It follows from the trace alone, never from
 * values, so that all runs of a program find the same. Not safe for use by several threads.
 */
final class ListContents {
  /**
   * Lists in lists whose trace is looked at to tell a list of one, which stands for its element.
   */
  private static final int LISTS_DEEP = 4;

  /** Of the operations on structures those that give a number. */
  private static final Set<String> NUMBERS = Set.of("nrow", "ncol", "length");

  /** An element that is put in, with the name that it brings; null for none. */
  private record Element(LineageItem item, String name) {}

  private static final Operation LIST = new Operation(OperationTable.standard().get("list"));

  /** Of the list as it was made. */
  private final Operation making;

  private final List<LineageItem> items;

  // One for each element, or none at all.
  private final List<String> names = new ArrayList<>();
  // False when an element was appended that may have brought a name; then there are none here.
  private boolean namesKnown = true;

  private ListContents(LineageItem made) {
    this.making = made.operation();
    this.items = new ArrayList<>(made.inputCount());
    for (int i = 0; i < made.inputCount(); i++) {
      items.add(made.input(i));
    }
    names.addAll(namesOf(making, items.size()));
  }

  private static List<String> namesOf(Operation making, int count) {
    List<String> given = ElementNames.of(making.attributes(), count);
    return given.stream().allMatch(Objects::isNull)
        ? List.of()
        : given.stream().map(name -> name == null ? "" : name).toList();
  }

  /** Of texts. */
  private ListContents(List<String> texts) {
    this.making = LIST;
    this.items = new ArrayList<>(texts.size());
    for (String text : texts) {
      items.add(LineageItem.literal(new StringScalar(text)));
    }
  }

  /** How many changes may still be looked at, in lists that were put into lists too. */
  private static final class Patience {
    private int left;

    Patience(int changes) {
      this.left = changes;
    }

    boolean isAtEnd() {
      return left-- <= 0;
    }
  }

  /**
   * What the trace says, or null when it begins with something else than a list built in place, or
   * with too many changes since.
   *
   * @param changes how many to look at
   */
  static ListContents ofOrNull(LineageItem list, int changes) {
    return ofOrNull(list, new Patience(changes), LISTS_DEEP);
  }

  private static ListContents ofOrNull(LineageItem list, Patience patience, int deep) {
    Deque<LineageItem> changes = new ArrayDeque<>();
    LineageItem at = list;
    for (LineageItem before = changed(at); before != null; before = changed(at)) {
      if (patience.isAtEnd()) {
        return null;
      }
      changes.push(at);
      at = before;
    }
    ListContents contents = madeOrNull(at, patience, deep);
    if (contents == null) {
      return null;
    }
    for (LineageItem change : changes) {
      if (!contents.apply(change, patience, deep)) {
        return null;
      }
    }
    return contents;
  }

  /** A list built in place, or the names of such a list, which are texts. */
  private static ListContents madeOrNull(LineageItem at, Patience patience, int deep) {
    if (at.isLiteral()) {
      return null;
    }
    return switch (at.name()) {
      case "list" -> new ListContents(at);
      case "names" -> {
        ListContents of = deep == 0 ? null : ofOrNull(at.input(0), patience, deep - 1);
        yield of == null || !of.namesKnown ? null : new ListContents(of.names);
      }
      default -> null;
    };
  }

  /** True for the item of a list that was changed, whatever it was before. */
  static boolean isChange(LineageItem item) {
    return changed(item) != null;
  }

  /** The list that an item of a list is a change of, or null. */
  private static LineageItem changed(LineageItem item) {
    if (item.isLiteral()) {
      return null;
    }
    return switch (item.name()) {
      case "listAppend", "listAssign", "listIndex" -> item.input(0);
      case "output" -> isRest(item) ? item.input(0).input(0) : null;
      default -> null;
    };
  }

  /** What {@code remove} leaves is its first output. */
  private static boolean isRest(LineageItem output) {
    LineageItem removal = output.input(0);
    return !removal.isLiteral()
        && removal.name().equals("listRemove")
        && output.operation().attributes().getLong("index", -1) == 0;
  }

  /**
   * The zero-based position in a list built in place that an assignment to one place changes;
   * negative when it adds an element, or the trace does not say.
   */
  static int place(LineageItem list, LineageItem[] assignment) {
    Scalar last = assignment[3].literalOrNull();
    if (last == null || !last.isAbsent()) {
      return -1;
    }
    if (isLength(assignment[2], assignment[0])) {
      return list.inputCount() - 1;
    }
    Scalar place = assignment[2].literalOrNull();
    if (place == null || place.isAbsent()) {
      return -1;
    }
    if (place.type() == ValueType.STRING) {
      return new ListContents(list).names.indexOf(place.asString());
    }
    long at = place.asLong() - 1;
    return at >= 0 && at < list.inputCount() ? (int) at : -1;
  }

  /** True for {@code length(L)} of that very list. */
  private static boolean isLength(LineageItem number, LineageItem list) {
    // By value: an item that a run holds is another object each time that it is looked at.
    return !number.isLiteral() && number.name().equals("length") && number.input(0).sameAs(list);
  }

  /** What a value is as an element of a list; null when the trace does not say. */
  static LineageItem asElementOrNull(LineageItem value) {
    Element element = elementOrNull(value, new Patience(LISTS_DEEP), LISTS_DEEP);
    return element == null ? null : element.item();
  }

  /**
   * The item of a list that was made of these elements, with their names. Null when the trace does
   * not say the names, when all are empty, which such a list would have none for, or when two
   * elements have one, of which it would keep the last alone.
   */
  LineageItem asMadeOrNull() {
    List<String> given = names.stream().filter(name -> !name.isEmpty()).toList();
    if (!namesKnown
        || given.isEmpty() && !names.isEmpty()
        || Set.copyOf(given).size() < given.size()) {
      return null;
    }
    return LineageItem.of(making(), items.toArray(LineageItem[]::new));
  }

  private Operation making() {
    return names.equals(namesOf(making, items.size()))
        ? making
        : new Operation(making.opcode(), ElementNames.attributes(names)).at(making.place());
  }

  int size() {
    return items.size();
  }

  LineageItem get(int index) {
    return items.get(index);
  }

  List<LineageItem> items() {
    return items;
  }

  /** As the operations of {@link Lists}; false when the trace does not say what is left. */
  private boolean apply(LineageItem change, Patience patience, int deep) {
    return switch (change.name()) {
      case "listAppend" -> append(change, elementOrNull(change.input(1), patience, deep));
      case "listAssign" -> assign(change, patience, deep);
      case "listIndex" -> select(change);
      default -> remove(change.input(0));
    };
  }

  private boolean append(LineageItem change, Element element) {
    String name = change.operation().attributes().get("name");
    if (element == null && name == null) {
      // It may be a list of one with a name.
      namesKnown = false;
      names.clear();
    } else if (name == null) {
      name = element.name();
    }
    if (namesKnown && (name != null || !names.isEmpty())) {
      addName(name == null ? "" : name);
    }
    return items.add(element == null ? ElementItems.opaque(change, items.size()) : element.item());
  }

  private boolean assign(LineageItem change, Patience patience, int deep) {
    LineageItem source = change.input(1);
    Scalar place = change.input(2).literalOrNull();
    if (place != null && isNew(place)) {
      addName(place.asString());
      Element element = elementOrNull(source, patience, deep);
      return items.add(
          element == null ? ElementItems.opaque(change, items.size()) : element.item());
    }
    int from =
        isLength(change.input(2), change.input(0)) ? items.size() - 1 : position(change.input(2));
    int to = lastPosition(change, 3, from);
    if (from < 0 || to < from) {
      return false;
    }
    if (from == to) {
      Element element = elementOrNull(source, patience, deep);
      items.set(from, element == null ? ElementItems.opaque(change, from) : element.item());
      return true;
    }
    ListContents part = deep == 0 ? null : ofOrNull(source, patience, deep - 1);
    for (int i = from; i <= to; i++) {
      boolean known = part != null && part.size() == to - from + 1;
      items.set(i, known ? part.get(i - from) : ElementItems.opaque(change, i));
    }
    return true;
  }

  private boolean isNew(Scalar place) {
    return namesKnown
        && !place.isAbsent()
        && place.type() == ValueType.STRING
        && !names.contains(place.asString());
  }

  private boolean select(LineageItem change) {
    int from = position(change.input(1));
    int to = lastPosition(change, 2, from);
    if (from < 0 || to < from) {
      return false;
    }
    keep(items, from, to);
    if (!names.isEmpty()) {
      keep(names, from, to);
    }
    return true;
  }

  private static void keep(List<?> list, int from, int to) {
    list.subList(to + 1, list.size()).clear();
    list.subList(0, from).clear();
  }

  private boolean remove(LineageItem removal) {
    int at = position(removal.input(1));
    if (at < 0) {
      return false;
    }
    items.remove(at);
    if (!names.isEmpty()) {
      names.remove(at);
    }
    return true;
  }

  /** The zero-based position that an operand names; negative when the trace does not say. */
  private int position(LineageItem operand) {
    Scalar place = operand.literalOrNull();
    if (place == null || place.isAbsent()) {
      return -1;
    }
    if (place.type() == ValueType.STRING) {
      return names.indexOf(place.asString());
    }
    long at = place.asLong() - 1;
    return at >= 0 && at < items.size() ? (int) at : -1;
  }

  /** The end of a range; its beginning when it is left out. */
  private int lastPosition(LineageItem change, int operand, int from) {
    if (change.inputCount() <= operand) {
      return from;
    }
    Scalar last = change.input(operand).literalOrNull();
    return last != null && last.isAbsent() ? from : position(change.input(operand));
  }

  /** Of an element that is added next. */
  private void addName(String name) {
    while (names.size() < items.size()) {
      names.add("");
    }
    names.add(name);
  }

  /**
   * What a value is as an element: a list of one stands for its element. Null when the trace does
   * not say whether it is one.
   */
  private static Element elementOrNull(LineageItem value, Patience patience, int deep) {
    if (isNoList(value)) {
      return new Element(value, null);
    }
    ListContents contents = deep == 0 ? null : ofOrNull(value, patience, deep - 1);
    if (contents == null || contents.size() == 1 && !contents.namesKnown) {
      return null;
    }
    if (contents.size() != 1) {
      return new Element(value, null);
    }
    String name = contents.names.isEmpty() ? null : contents.names.getFirst();
    return new Element(contents.get(0), name);
  }

  private static boolean isNoList(LineageItem value) {
    if (value.isLiteral()) {
      return true;
    }
    Operation operation = value.operation();
    return switch (operation.name()) {
      case "output" -> {
        LineageItem bundle = value.input(0);
        yield !bundle.isLiteral() && bundle.operation().opcode().evaluation() == Evaluation.KERNEL;
      }
      case "bound" -> true;
      default ->
          operation.opcode().evaluation() == Evaluation.KERNEL
              || NUMBERS.contains(operation.name());
    };
  }
}
