package dev.reprise.runtime;

import java.util.List;

/**
 * An ordered list of values, optionally named. Holds one reference to each element for as long as
 * it lives itself.
 *
 * <p>Threads: the count is atomic; the release that reaches zero releases the elements.
 */
public final class ListValue implements Value {
  private final List<String> names;
  private final List<Value> elements;
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

  /** The elements, without handing over references. */
  public List<Value> elements() {
    return elements;
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
    return elements.stream().mapToLong(Value::bytes).sum();
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
