package dev.reprise.engine.region;

import dev.reprise.language.program.Procedure.Parameter;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * What an execution of a region left behind: its outputs by key, never by value, and what else it
 * depended on. Immutable.
 *
 * @param parts one per output of the region
 * @param calls functions that were called, callers first
 * @param work estimated nanoseconds of the execution
 * @param seeds how many system-generated seeds were drawn although none was used: a parfor draws
 *     one for its iterations
 * @param costNanos measured time of the execution
 */
public record Composite(Part[] parts, List<Called> calls, long work, long seeds, long costNanos) {

  /**
   * A function by the name under which it was asked for, and what it did.
   *
   * @param parameters their names: a list of arguments is bound by them while the program runs
   */
  public record Called(String name, Key fingerprint, List<Parameter> parameters) {

    static Called of(Callee function) {
      return new Called(
          function.calledAs(), function.region().fingerprint(), function.procedure().parameters());
    }

    boolean isSame(Callee function) {
      return function.region().fingerprint().equals(fingerprint)
          && hasNames(function.procedure().parameters());
    }

    private boolean hasNames(List<Parameter> others) {
      for (int i = 0; i < parameters.size(); i++) {
        if (!parameters.get(i).name().equals(others.get(i).name())) {
          return false;
        }
      }
      return true;
    }
  }

  /** One output. */
  public sealed interface Part {}

  /** A scalar, kept here. */
  public record Inline(Scalar value, LineageItem item) implements Part {}

  /** What an input of the region held, by position. */
  public record Input(int position) implements Part {
    /**
     * The position of the input that has an item, or -1; a literal only if it is counted alike.
     *
     * @param inputs of the region, null where one has no value
     */
    public static int positionOf(LineageItem item, LineageItem[] inputs) {
      for (int i = 0; i < inputs.length; i++) {
        if (inputs[i] != null
            && inputs[i].sameAs(item)
            && inputs[i].isCounted() == item.isCounted()) {
          return i;
        }
      }
      return -1;
    }
  }

  /**
   * A value that the lineage cache may have under the key of its item.
   *
   * @param facts what a matrix looks like; null for other values
   */
  public record Cached(Key key, LineageItem item, MatrixFacts facts) implements Part {}

  /** What is known of a matrix without its cells. */
  public record MatrixFacts(Shape shape, Precision precision) {
    /** Null unless the value is a matrix. */
    public static MatrixFacts of(Value value) {
      return value instanceof MatrixValue matrix
          ? new MatrixFacts(matrix.shape(), matrix.precision())
          : null;
    }
  }

  /**
   * A list, element by element.
   *
   * @param names empty for a positional list
   */
  public record Elements(List<String> names, Part[] elements, LineageItem item) implements Part {
    public Elements {
      // Those of a list may end with it.
      names = List.copyOf(names);
    }
  }

  /** A slot that had no value afterwards, or one that stayed as it was. */
  public enum NoValue implements Part {
    CLEARED,
    UNCHANGED,
    /** It had no value before either, and is not read: nothing is known of one that has a value. */
    ABSENT
  }

  /** The called functions as notes of an execution. */
  public static List<Called> calls(Set<Callee> functions) {
    return functions.stream().map(Called::of).toList();
  }

  /**
   * Adds the called functions to the footprint of what is executed now.
   *
   * @param functions finds a function of this program by its name, or null
   * @return false when a name means another function, or none, in this program
   */
  public boolean isOf(Function<String, ? extends Callee> functions, Footprint footprint) {
    for (Called call : calls) {
      Callee now = functions.apply(call.name);
      if (now == null || !call.isSame(now)) {
        return false;
      }
      footprint.calls(now);
    }
    return true;
  }

  /** Keys of the values that the first parts need in the cache. */
  public List<Key> cachedKeys(int count) {
    List<Key> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      collectKeys(parts[i], keys);
    }
    return keys;
  }

  private static void collectKeys(Part part, List<Key> keys) {
    if (part instanceof Cached cached) {
      keys.add(cached.key);
    } else if (part instanceof Elements list) {
      for (Part element : list.elements) {
        collectKeys(element, keys);
      }
    }
  }

  Composite atLeast(long nanos) {
    return nanos <= costNanos ? this : new Composite(parts, calls, work, seeds, nanos);
  }
}
