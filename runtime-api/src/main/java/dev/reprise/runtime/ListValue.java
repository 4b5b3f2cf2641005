package dev.reprise.runtime;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * An ordered list of values, optionally named. Holds one reference to each element for as long as
 * it lives itself.
 *
 * <p>An element may still be being computed when the list is made: it is shown as the value that it
 * has become as soon as that is there. Only who keeps variables meets such lists; whoever else is
 * given one is given it when all has come.
 *
 * <p>Threads: the count is atomic; the release that reaches zero releases the elements.
 */
public final class ListValue implements Value {
  private final List<String> names;
  private final List<Value> elements;

  /** Whether an element is what a value was promised by, come or not. */
  private final boolean hasPromises;

  // The elements as they are once all have come; null before. Any thread may find that out.
  private volatile List<Value> settled;

  private final ReferenceCount references = new ReferenceCount();

  /**
   * Takes over the caller's reference to each element.
   *
   * @param names one name per element, or an empty list when the list is positional; an unnamed
   *     element of a named list has the empty name
   */
  public ListValue(List<String> names, List<Value> elements) {
    if (!names.isEmpty() && names.size() != elements.size()) {
      throw new IllegalArgumentException(names.size() + " names, " + elements.size() + " elements");
    }
    this.names = List.copyOf(names);
    this.elements = List.copyOf(elements);
    // Asked in this order: what is pending now may have come a moment later.
    this.hasPromises =
        this.elements.stream()
            .anyMatch(element -> element.isPending() || element.settled() != element);
  }

  public int size() {
    return elements.size();
  }

  public boolean isNamed() {
    return !names.isEmpty();
  }

  /** Names in order; empty when the list is positional. */
  public List<String> names() {
    return names;
  }

  /** The elements as far as they have come, without handing over references. */
  public List<Value> elements() {
    if (!hasPromises) {
      return elements;
    }
    List<Value> known = settled;
    return known != null ? known : settle();
  }

  private List<Value> settle() {
    List<Value> now = new ArrayList<>(elements.size());
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
    return hasPromises && elements().stream().anyMatch(Value::isPending);
  }

  /** Zero-based position of a name, or -1. */
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

  /** True when the list has one holder, and each element no holder but the list. */
  @Override
  public boolean isExclusive() {
    return references.isExclusive() && elements.stream().allMatch(Value::isExclusive);
  }
}
