package dev.reprise;

import dev.reprise.memory.AbsentValueException;
import dev.reprise.runtime.FrameValue;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Values of a script as those Java values that {@link Inputs} takes. */
final class ResultForm {
  private ResultForm() {}

  static Columns columns(FrameValue frame) {
    while (true) {
      try {
        return Columns.of(frame.frame());
      } catch (AbsentValueException e) {
        e.make();
      }
    }
  }

  static List<Object> elements(ListValue list, String place, Session session) {
    List<Object> elements = new ArrayList<>();
    for (Value element : list.elements()) {
      elements.add(of(element, InputForm.at(place, elements.size()), session));
    }
    return Collections.unmodifiableList(elements);
  }

  /**
   * A list whose elements have a name each.
   *
   * @throws IllegalArgumentException when they have not; the message has the place
   */
  static Map<String, Object> map(ListValue list, String place, Session session) {
    if (!isMap(list)) {
      throw new IllegalArgumentException(
          "the elements of list '"
              + place
              + "' do not have a name each of their own; read them with list");
    }
    Map<String, Object> named = new LinkedHashMap<>();
    for (int i = 0; i < list.size(); i++) {
      String name = list.names().get(i);
      named.put(name, of(list.elements().get(i), InputForm.at(place, name), session));
    }
    return Collections.unmodifiableMap(named);
  }

  private static boolean isMap(ListValue list) {
    return list.size() == list.names().size()
        && !list.names().contains("")
        && Set.copyOf(list.names()).size() == list.size();
  }

  private static Object of(Value value, String place, Session session) {
    return switch (value) {
      case Scalar scalar -> of(scalar);
      case MatrixValue matrix -> {
        matrix.retain();
        try (Matrix handle = new Matrix(matrix, null, session)) {
          yield handle.toArray();
        }
      }
      case FrameValue frame -> columns(frame);
      case ListValue list ->
          list.size() > 0 && isMap(list)
              ? map(list, place, session)
              : elements(list, place, session);
      default -> throw new IllegalStateException(place + " is a " + value.type().label());
    };
  }

  private static Object of(Scalar scalar) {
    return switch (scalar.type()) {
      case BOOLEAN -> scalar.asBoolean();
      case INTEGER -> scalar.asLong();
      case STRING -> scalar.asString();
      default -> scalar.asDouble();
    };
  }
}
