package dev.reprise.engine;

import dev.reprise.cache.LineageCache;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Value;
import java.util.ArrayList;
import java.util.List;

/** Gathers the values that a composite names: all of them with references, or none. */
final class LevelValues {
  private final LineageCache cache;
  private final Activation activation;
  private final Region region;

  LevelValues(LineageCache cache, Activation activation, Region region) {
    this.cache = cache;
    this.activation = activation;
    this.region = region;
  }

  /**
   * Fills in values, each with a reference for the caller, and items of the first parts; null for
   * parts without a value.
   *
   * @return false, and no reference is held, when a value is not in the cache
   */
  boolean take(Composite.Part[] parts, Value[] values, LineageItem[] items) {
    for (int i = 0; i < values.length; i++) {
      if (parts[i] instanceof Composite.NoValue) {
        continue;
      }
      values[i] = take(parts[i]);
      if (values[i] == null) {
        for (int taken = 0; taken < i; taken++) {
          if (values[taken] != null) {
            values[taken].release();
          }
        }
        return false;
      }
      items[i] = item(parts[i]);
    }
    return true;
  }

  private LineageItem item(Composite.Part part) {
    return switch (part) {
      case Composite.Inline inline -> inline.item();
      case Composite.Cached cached -> cached.item();
      case Composite.Elements list -> list.item();
      case Composite.Input input -> activation.items[region.inputs[input.position()]];
      case Composite.NoValue _ -> null;
    };
  }

  private Value take(Composite.Part part) {
    return switch (part) {
      case Composite.Inline inline -> inline.value();
      case Composite.Cached cached -> cache.take(cached.key());
      case Composite.Elements list -> list(list);
      case Composite.Input input -> {
        Value value = activation.values[region.inputs[input.position()]];
        value.retain();
        yield value;
      }
      case Composite.NoValue _ -> throw new IllegalStateException("no element is without a value");
    };
  }

  /** The value itself, which kernels see in a list; null while it is still to come. */
  private static Value finished(Value taken) {
    if (!(taken instanceof Handle handle)) {
      return taken;
    }
    Value value = handle.valueOrNull();
    if (value != null) {
      value.retain();
    }
    handle.release();
    return value;
  }

  /** The list takes over the references to its elements. */
  private Value list(Composite.Elements list) {
    List<Value> elements = new ArrayList<>(list.elements().length);
    for (Composite.Part part : list.elements()) {
      Value element = finished(take(part));
      if (element == null) {
        elements.forEach(Value::release);
        return null;
      }
      elements.add(element);
    }
    return new ListValue(list.names(), elements);
  }
}
