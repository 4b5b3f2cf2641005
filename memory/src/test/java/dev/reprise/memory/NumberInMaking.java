package dev.reprise.memory;

import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;

/** A number as an element of lists, of which tests change what they need. */
class NumberInMaking implements Value {
  @Override
  public ValueType type() {
    return ValueType.DOUBLE;
  }

  @Override
  public long bytes() {
    return Double.BYTES;
  }
}
