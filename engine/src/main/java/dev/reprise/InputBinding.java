package dev.reprise;

import dev.reprise.engine.Binding;
import dev.reprise.engine.SessionServices;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes values of a script of the inputs of a run. Thread-safe. */
final class InputBinding {
  private final Session session;
  private final SessionServices services;

  InputBinding(Session session, SessionServices services) {
    this.session = session;
    this.services = services;
  }

  /**
   * Values with references for a run; none when one of them cannot be bound.
   *
   * @throws IllegalArgumentException when rows make no matrix; the message names the input
   */
  Map<String, Binding.Bound> bind(Inputs inputs) {
    Map<String, Binding.Bound> bound = new LinkedHashMap<>();
    try {
      inputs.values().forEach((name, value) -> bound.put(name, bind(name, value)));
      return bound;
    } catch (RuntimeException | Error e) {
      Binding.release(bound);
      throw e;
    }
  }

  private Binding.Bound bind(String place, Object value) {
    return switch (value) {
      case Matrix matrix -> bind(matrix);
      case double[][] rows -> rows(place, rows);
      case Columns columns -> Binding.frame(services, columns.frame());
      case List<?> elements -> list(elements, place);
      case Map<?, ?> named -> list(named, place);
      default -> Binding.scalar(services, value);
    };
  }

  private Binding.Bound rows(String place, double[][] rows) {
    try {
      return Binding.matrix(services, rows, null);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("input '" + place + "': " + e.getMessage(), e);
    }
  }

  /**
   * A matrix of another session is copied and goes by its content: that session may not trace, or
   * may have computed the cells in a way that the options of this one rule out, and its key would
   * have this one's cache hand them out.
   */
  private Binding.Bound bind(Matrix matrix) {
    return matrix.session() == session
        ? Binding.borrowed(matrix.value(), matrix.item())
        : Binding.content(services, matrix.toArray(), Math.toIntExact(matrix.cols()));
  }

  private Binding.Bound list(List<?> elements, String place) {
    List<Binding.Bound> bound = new ArrayList<>();
    try {
      for (Object element : elements) {
        bound.add(bind(InputForm.at(place, bound.size()), element));
      }
      return Binding.list(services, List.of(), bound);
    } catch (RuntimeException | Error e) {
      bound.forEach(Binding.Bound::release);
      throw e;
    }
  }

  private Binding.Bound list(Map<?, ?> named, String place) {
    List<String> names = new ArrayList<>();
    List<Binding.Bound> bound = new ArrayList<>();
    try {
      named.forEach((name, element) -> {
        names.add((String) name);
        bound.add(bind(InputForm.at(place, (String) name), element));
      });
      return Binding.list(services, names, bound);
    } catch (RuntimeException | Error e) {
      bound.forEach(Binding.Bound::release);
      throw e;
    }
  }
}
