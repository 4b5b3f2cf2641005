package dev.reprise.engine.value;

import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import dev.reprise.runtime.operation.Operation;
import java.util.ArrayList;
import java.util.List;

/** List operations. Inputs are borrowed; results own a reference to each of their elements. */
final class Lists {
  private Lists() {}

  static Value make(Operation operation, Value[] inputs) {
    List<String> names = new ArrayList<>();
    boolean named = false;
    for (String name : ElementNames.of(operation.attributes(), inputs.length)) {
      names.add(name == null ? "" : name);
      named |= name != null;
    }
    return build(named ? names : List.of(), List.of(inputs));
  }

  /** A list of one or more elements; positions are one-based, names look up the first match. */
  static Value index(Operation operation, Value[] inputs) {
    ListValue list = list(operation, inputs[0]);
    int from = position(list, inputs[1]);
    int to = isAbsent(inputs[2]) ? from : position(list, inputs[2]);
    if (to < from) {
      throw new OperandException("list range " + (from + 1) + ":" + (to + 1) + " is empty");
    }
    return build(
        list.isNamed() ? list.names().subList(from, to + 1) : List.of(),
        list.elements().subList(from, to + 1));
  }

  /**
   * Replaces an element; a name that the list does not have is appended. A list of one stands for
   * its element.
   */
  static Value assign(Operation operation, Value[] inputs) {
    ListValue list = list(operation, inputs[0]);
    List<Value> elements = new ArrayList<>(list.elements());
    List<String> names = new ArrayList<>(list.names());
    if (isText(inputs[2]) && list.indexOf(((Scalar) inputs[2]).asString()) < 0) {
      while (names.size() < elements.size()) {
        names.add("");
      }
      names.add(((Scalar) inputs[2]).asString());
      elements.add(single(inputs[1]));
      return build(names, elements);
    }
    int from = position(list, inputs[2]);
    int to = isAbsent(inputs[3]) ? from : position(list, inputs[3]);
    if (from == to) {
      elements.set(from, single(inputs[1]));
    } else {
      ListValue source = list(operation, inputs[1]);
      if (source.size() != to - from + 1) {
        throw new OperandException(
            "a list of "
                + source.size()
                + " does not fit the range "
                + (from + 1)
                + ":"
                + (to + 1));
      }
      for (int i = from; i <= to; i++) {
        elements.set(i, source.elements().get(i - from));
      }
    }
    return build(names, elements);
  }

  /** Appends a value; a list of one stands for its element, name included. */
  static Value append(Operation operation, Value[] inputs) {
    ListValue list = list(operation, inputs[0]);
    List<Value> elements = new ArrayList<>(list.elements());
    List<String> names = new ArrayList<>(list.names());
    String name = appendedName(operation, inputs[1]);
    if (name != null || !names.isEmpty()) {
      while (names.size() < elements.size()) {
        names.add("");
      }
      names.add(name == null ? "" : name);
    }
    elements.add(single(inputs[1]));
    return build(names, elements);
  }

  private static String appendedName(Operation operation, Value value) {
    String name = operation.attributes().get("name");
    return name == null && value instanceof ListValue one && one.size() == 1 && one.isNamed()
        ? one.names().getFirst()
        : name;
  }

  /** As {@link #append}, to a list that the caller alone holds and gives away. */
  static ListValue appendTo(ListValue list, Operation operation, Value value) {
    Value element = single(value);
    element.retain();
    return list.appending(appendedName(operation, value), element);
  }

  /**
   * As {@link #assign}, to a list that the caller alone holds and gives away; null, with nothing
   * changed, for a range that the value does not fit.
   */
  static ListValue assignTo(ListValue list, Value[] inputs) {
    if (!isAbsent(inputs[3])) {
      return assignRangeTo(list, inputs);
    }
    Value element = single(inputs[1]);
    boolean isNew = isText(inputs[2]) && list.indexOf(((Scalar) inputs[2]).asString()) < 0;
    int at = isNew ? list.size() : position(list, inputs[2]);
    element.retain();
    return isNew
        ? list.appending(((Scalar) inputs[2]).asString(), element)
        : list.replacing(at, element);
  }

  private static ListValue assignRangeTo(ListValue list, Value[] inputs) {
    if (isText(inputs[2]) && list.indexOf(((Scalar) inputs[2]).asString()) < 0) {
      return null;
    }
    int from = position(list, inputs[2]);
    int to = position(list, inputs[3]);
    if (from != to && !(inputs[1] instanceof ListValue)) {
      return null;
    }
    List<Value> elements =
        from == to ? List.of(single(inputs[1])) : ((ListValue) inputs[1]).elements();
    if (elements.size() != to - from + 1) {
      return null;
    }
    ListValue changed = list;
    for (int i = from; i <= to; i++) {
      Value element = elements.get(i - from);
      element.retain();
      changed = changed.replacing(i, element);
    }
    return changed;
  }

  /** As {@link #remove}, from a list that the caller alone holds and gives away. */
  static Value removeFrom(ListValue list, Value[] inputs) {
    int at = position(list, inputs[1]);
    List<String> name = list.isNamed() ? List.of(list.names().get(at)) : List.of();
    Value taken = build(name, List.of(list.elements().get(at)));
    return new ListValue(List.of(), List.of(list.removing(at), taken));
  }

  /** The list without one element, and a list of that element. */
  static Value remove(Operation operation, Value[] inputs) {
    ListValue list = list(operation, inputs[0]);
    int at = position(list, inputs[1]);
    List<Value> elements = new ArrayList<>(list.elements());
    List<String> names = new ArrayList<>(list.names());
    Value removed = elements.remove(at);
    String name = names.isEmpty() ? null : names.remove(at);
    Value rest = build(names, elements);
    Value taken = build(name == null ? List.of() : List.of(name), List.of(removed));
    return new ListValue(List.of(), List.of(rest, taken));
  }

  static Value names(Operation operation, Value[] inputs) {
    ListValue list = list(operation, inputs[0]);
    List<Value> names = new ArrayList<>();
    for (String name : list.names()) {
      names.add(Scalar.of(name));
    }
    return build(List.of(), names);
  }

  /**
   * {@code as.list}: a list itself, the list that a list of one holds, else a list of the value.
   */
  static Value fromValue(Operation operation, Value[] inputs) {
    if (inputs[0] instanceof ListValue list) {
      Value found = single(list) instanceof ListValue inner ? inner : list;
      found.retain();
      return found;
    }
    return build(List.of(), List.of(inputs[0]));
  }

  /** One element of the bundle that an operation with several outputs returned. */
  static Value output(Operation operation, Value[] inputs) {
    ListValue list = list(operation, inputs[0]);
    Value element = list.elements().get((int) operation.attributes().getLong("index", 0));
    element.retain();
    return element;
  }

  private static ListValue build(List<String> names, List<Value> elements) {
    elements.forEach(Value::retain);
    return new ListValue(names, elements);
  }

  /** A list of one stands for its element where one element is asked for. */
  private static Value single(Value value) {
    return value instanceof ListValue list && list.size() == 1 ? list.elements().getFirst() : value;
  }

  private static ListValue list(Operation operation, Value value) {
    if (value instanceof ListValue list) {
      return list;
    }
    throw new OperandException(
        operation.scriptName().equals("[...]")
            ? "an index needs a matrix, a frame or a list, but got " + Describe.one(value)
            : "'" + operation.scriptName() + "' needs a list, but got " + Describe.one(value));
  }

  private static String namesOf(ListValue list) {
    if (list.size() == 0) {
      return "it is empty";
    }
    return list.names().isEmpty()
        ? "its elements have no names, take them by position"
        : "its names are " + list.names();
  }

  private static int position(ListValue list, Value index) {
    if (isText(index)) {
      String name = ((Scalar) index).asString();
      int at = list.indexOf(name);
      if (at < 0) {
        throw new OperandException(
            "the list has no element named '" + name + "'; " + namesOf(list));
      }
      return at;
    }
    if (!(index instanceof Scalar number)) {
      throw new OperandException("a list index must be a scalar, not " + Describe.one(index));
    }
    if (!number.fitsLong() && Double.isNaN(number.asDouble())) {
      throw new OperandException("a list index must be a whole number, not NaN");
    }
    long at = number.asLong();
    if (at < 1 || at > list.size()) {
      throw new OperandException(
          "list index " + at + " is out of range for a list of " + list.size());
    }
    return (int) at - 1;
  }

  private static boolean isText(Value value) {
    return value.type() == ValueType.STRING;
  }

  private static boolean isAbsent(Value value) {
    return value instanceof Scalar scalar && scalar.isAbsent();
  }
}
