package dev.reprise.cache;

import dev.reprise.runtime.Value;
import dev.reprise.runtime.ValueType;
import java.util.concurrent.atomic.AtomicInteger;

/** A value of any claimed size that counts its references and refuses misuse. */
class CountedValue implements Value {
  private final AtomicInteger references = new AtomicInteger(1);
  private final long bytes;

  CountedValue(long bytes) {
    this.bytes = bytes;
  }

  int references() {
    return references.get();
  }

  @Override
  public ValueType type() {
    return ValueType.MATRIX;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public void retain() {
    if (!tryRetain()) {
      throw new IllegalStateException("retained a dead value");
    }
  }

  @Override
  public boolean tryRetain() {
    return references.getAndUpdate(n -> n == 0 ? 0 : n + 1) != 0;
  }

  @Override
  public void release() {
    if (references.getAndUpdate(n -> n == 0 ? 0 : n - 1) == 0) {
      throw new IllegalStateException("released a dead value");
    }
  }

  @Override
  public boolean isExclusive() {
    return references.get() == 1;
  }
}
