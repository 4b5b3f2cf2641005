package dev.reprise.engine.value;

import dev.reprise.runtime.operation.Attributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The names of variadic operands, which the compiler passes as attributes name.0, name.1, ... */
public final class ElementNames {
  private ElementNames() {}

  /** One entry per operand; null where it has no name. */
  public static List<String> of(Attributes attributes, int count) {
    List<String> names = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String name = attributes.get("name." + i);
      names.add(name == null || name.isEmpty() ? null : name);
    }
    return Collections.unmodifiableList(names);
  }

  /** The attributes of operands with these names, of which some may be empty; of none for none. */
  public static Attributes attributes(List<String> names) {
    Map<String, String> attributes = new TreeMap<>();
    for (int i = 0; i < names.size(); i++) {
      attributes.put("name." + i, names.get(i));
    }
    return Attributes.of(attributes);
  }
}
