package dev.reprise.runtime;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * An ordered list of values, optionally named. Holds one reference to each element for as long as
 * it lives itself.
 *
 * <p>An element may still be being computed when the list is made: it is shown as the value that it
 * has become as soon as that is there. Only who keeps variables meets such lists; whoever else is
 * given one is given it when all has come.
 *
 * <p>A list that is longer by one may go on in the arrays of the one that it came from, whose only
 * holder gives that up ({@link #appending}), and one with another element, or with one less, may
 * have its array of elements ({@link #replacing}, {@link #removing}): what a list shows never
 * changes while somebody holds it.
 *
 * <pre>
 *   cells   [ a | b | c |   |   ]      of the list (a, b), which nobody holds any more,
 *             0       2   3            and of (a, b, c), which may go on in the fourth
 * </pre>
 *
 * <p>Threads: the count is atomic; the release that reaches zero releases the elements.
 */
public final class ListValue implements Value {
  private final ListNames names;

  private final Cells elements;

  /**
   * Positions of the elements that may have been promised, in the order in which they were put
   * there; null once there are none. Whoever changes the list takes them over with its arrays.
   */
  private final LinkedHashSet<Integer> promised;

  // The elements as they are once all have come; null before. Any thread may find that out.
  private volatile List<Value> settled;

  private final ReferenceCount references = new ReferenceCount();

  /** Elements of lists. */
  private static final class Cells extends FirstCells<Value> {
    Cells(Value[] cells, int size) {
      super(cells, size);
    }

    /** With one more, in the same array if there is room; for who will use this one no more. */
    Cells with(Value last) {
      return new Cells(cellsWith(last), size + 1);
    }

    /** With one less, in the same array; for who will use this one no more. */
    Cells without(int index) {
      System.arraycopy(cells, index + 1, cells, index, size - index - 1);
      cells[size - 1] = null;
      return new Cells(cells, size - 1);
    }
  }

  /**
   * Takes over the caller's reference to each element.
   *
   * @param names one name per element, or an empty list when the list is positional; an unnamed
   *     element of a named list has the empty name
   * @param elements in order
   * @throws IllegalArgumentException when the numbers of names and elements differ
   */
  public ListValue(List<String> names, List<Value> elements) {
    if (!names.isEmpty() && names.size() != elements.size()) {
      throw new IllegalArgumentException(names.size() + " names, " + elements.size() + " elements");
    }
    this.names = names.isEmpty() ? ListNames.NONE : new ListNames(names);
    this.elements = new Cells(elements.toArray(Value[]::new), elements.size());
    LinkedHashSet<Integer> open = null;
    for (int i = 0; i < elements.size(); i++) {
      open = noted(open, i, this.elements.cells[i]);
    }
    this.promised = open;
  }

  /** The list that goes on in the arrays of another one. */
  private ListValue(ListNames names, Cells elements, LinkedHashSet<Integer> promised) {
    this.names = names;
    this.elements = elements;
    this.promised = promised == null || promised.isEmpty() ? null : promised;
  }

  /** Positions of promises, with that of an element if it is one. */
  private static LinkedHashSet<Integer> noted(
      LinkedHashSet<Integer> promised, int index, Value element) {
    if (isThere(element)) {
      return promised;
    }
    LinkedHashSet<Integer> noted = promised == null ? new LinkedHashSet<>() : promised;
    noted.add(index);
    return noted;
  }

  /** Positions of promises when the element at a position is gone. */
  private static LinkedHashSet<Integer> moved(LinkedHashSet<Integer> promised, int index) {
    if (promised == null) {
      return null;
    }
    LinkedHashSet<Integer> moved = new LinkedHashSet<>();
    for (int at : promised) {
      if (at != index) {
        moved.add(at < index ? at : at - 1);
      }
    }
    return moved;
  }

  /** Whether a value is no promise. */
  private static boolean isThere(Value value) {
    // Asked in this order: what is pending now may have come a moment later.
    return !value.isPending() && value.settled() == value;
  }

  /**
   * The list with one element more, in constant time on average. This one must not be used any
   * more: its reference and its elements are the longer one's.
   *
   * @param name of the element; empty for none. Null keeps a list without names as it is.
   * @param element whose reference is taken over, too
   * @return the longer list
   * @throws IllegalStateException when the caller is not the only holder
   */
  public ListValue appending(String name, Value element) {
    if (!hasOneHolder()) {
      throw new IllegalStateException("others hold the list, too");
    }
    ListNames longerNames = names;
    if (name != null || isNamed()) {
      while (longerNames.size() < elements.size) {
        longerNames = longerNames.with("");
      }
      longerNames = longerNames.with(name == null ? "" : name);
    }
    replaceByWhatHasCome();
    Cells longer = elements.with(element);
    ListValue next = new ListValue(longerNames, longer, noted(promised, elements.size, element));
    // Not given up: the next one holds the elements.
    references.release(this);
    return next;
  }

  /**
   * The list with another element at a position, in constant time on average. This one must not be
   * used any more: its reference and its other elements are the new one's, in the same array, so
   * views of its elements end with it.
   *
   * @param index zero-based
   * @param element whose reference is taken over
   * @return the new list
   * @throws IndexOutOfBoundsException when there is no such position
   * @throws IllegalStateException when the caller is not the only holder
   */
  public ListValue replacing(int index, Value element) {
    if (!hasOneHolder()) {
      throw new IllegalStateException("others hold the list, too");
    }
    if (index < 0 || index >= elements.size) {
      throw new IndexOutOfBoundsException(index);
    }
    Value before = elements.cells[index];
    elements.cells[index] = element;
    if (promised != null) {
      // What is promised anew goes behind the others.
      promised.remove(index);
    }
    replaceByWhatHasCome();
    ListValue next = new ListValue(names, elements, noted(promised, index, element));
    references.release(this);
    before.release();
    return next;
  }

  /**
   * The list without the element at a position, in the same array: those behind it are moved, and
   * nothing is done about the others. Names are copied, unless the last one goes. This one must not
   * be used any more, as after {@link #replacing}; the removed element's reference is given up.
   *
   * @param index zero-based
   * @return the shorter list
   * @throws IndexOutOfBoundsException when there is no such position
   * @throws IllegalStateException when the caller is not the only holder
   */
  public ListValue removing(int index) {
    if (!hasOneHolder()) {
      throw new IllegalStateException("others hold the list, too");
    }
    if (index < 0 || index >= elements.size) {
      throw new IndexOutOfBoundsException(index);
    }
    replaceByWhatHasCome();
    Value removed = elements.cells[index];
    ListNames others = isNamed() ? names.without(index) : names;
    ListValue next = new ListValue(others, elements.without(index), moved(promised, index));
    references.release(this);
    removed.release();
    return next;
  }

  /**
   * Elements that were promised are held as what they have become, up to the first, in the order of
   * the promises, that has not come: each promise is passed once.
   */
  private void replaceByWhatHasCome() {
    if (promised == null) {
      return;
    }
    for (Iterator<Integer> each = promised.iterator(); each.hasNext(); ) {
      int at = each.next();
      Value held = elements.cells[at];
      Value now = held.isPending() ? held : held.settled();
      if (!isThere(now)) {
        return;
      }
      if (now != held) {
        now.retain();
        elements.cells[at] = now;
        held.release();
      }
      each.remove();
    }
  }

  /** {@return the number of elements} */
  public int size() {
    return elements.size;
  }

  /** {@return whether elements have names} */
  public boolean isNamed() {
    return names.size() > 0;
  }

  /**
   * Names in order. Whoever keeps them longer than the list copies them: its only holder may give
   * it up for another one that goes on in the same array.
   *
   * @return empty when the list is positional
   */
  public List<String> names() {
    return names;
  }

  /** {@return the elements as far as they have come, without handing over references} */
  public List<Value> elements() {
    if (promised == null) {
      return elements;
    }
    List<Value> known = settled;
    return known != null ? known : settle();
  }

  private List<Value> settle() {
    List<Value> now = new ArrayList<>(elements.size);
    boolean allThere = true;
    for (Value element : elements) {
      // Asked before it is looked at: what comes in between is seen the next time.
      allThere &= !element.isPending();
      now.add(element.settled());
    }
    List<Value> seen = Collections.unmodifiableList(now);
    if (allThere) {
      settled = seen;
    }
    return seen;
  }

  @Override
  public boolean isPending() {
    return promised != null && elements().stream().anyMatch(Value::isPending);
  }

  /**
   * The position of a name.
   *
   * @param name of an element
   * @return zero-based, of the first that has it; -1 when none has
   */
  public int indexOf(String name) {
    return names.indexOf(name);
  }

  @Override
  public ValueType type() {
    return ValueType.LIST;
  }

  @Override
  public long bytes() {
    return elements().stream().mapToLong(Value::bytes).sum();
  }

  @Override
  public void retain() {
    references.retain(this);
  }

  @Override
  public boolean tryRetain() {
    return references.tryRetain();
  }

  @Override
  public void release() {
    if (references.release(this)) {
      elements.forEach(Value::release);
    }
  }

  /**
   * Whether the caller's reference to the list is the only one, whoever holds its elements.
   *
   * @return true when it is
   */
  public boolean hasOneHolder() {
    return references.isExclusive();
  }

  /** True when the list has one holder, and each element no holder but the list. */
  @Override
  public boolean isExclusive() {
    return hasOneHolder() && elements.stream().allMatch(Value::isExclusive);
  }
}
