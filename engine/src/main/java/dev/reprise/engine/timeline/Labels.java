package dev.reprise.engine.timeline;

import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Numbers the names of events, so that an event is a few numbers. Thread-safe. */
final class Labels {
  /** Events of several labels that became one. */
  static final int SEVERAL = 0;

  /** What an event keeps a label in. */
  static final int BITS = 24;

  /**
   * A name of an event.
   *
   * @param place where the script has it, or null
   */
  record Label(String name, Place place) {}

  private final ConcurrentMap<Label, Integer> numbers = new ConcurrentHashMap<>();
  private final List<Label> all = new ArrayList<>(); // guarded by itself

  Labels() {
    number(new Label("several", null));
  }

  int of(String name, Place place) {
    Label label = new Label(name, place);
    Integer known = numbers.get(label);
    return known != null ? known : number(label);
  }

  private int number(Label label) {
    synchronized (all) {
      Integer known = numbers.get(label);
      if (known != null) {
        return known;
      }
      if (all.size() == 1 << BITS) {
        return SEVERAL;
      }
      all.add(label);
      numbers.put(label, all.size() - 1);
      return all.size() - 1;
    }
  }

  Label get(int number) {
    synchronized (all) {
      return all.get(number);
    }
  }

  /** A copy, by number. */
  List<Label> all() {
    synchronized (all) {
      return List.copyOf(all);
    }
  }

  /** The labels that one thread met last, by the identity of their operations. */
  static final class Recent {
    private static final int SIZE = 256;

    private final Operation[] operations = new Operation[SIZE];
    private final int[] known = new int[SIZE];
    private final Labels labels;
    private final String name;

    /**
     * @param name the label of all of them; null for the names of the operations
     */
    Recent(Labels labels, String name) {
      this.labels = labels;
      this.name = name;
    }

    int of(Operation operation) {
      int at = System.identityHashCode(operation) & SIZE - 1;
      if (operations[at] != operation) {
        known[at] = labels.of(name == null ? operation.name() : name, operation.place());
        operations[at] = operation;
      }
      return known[at];
    }
  }
}
