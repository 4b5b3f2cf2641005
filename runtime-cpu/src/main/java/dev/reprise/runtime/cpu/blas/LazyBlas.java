package dev.reprise.runtime.cpu.blas;

/** OpenBLAS, loaded when the first kernel needs it. Thread-safe. */
public final class LazyBlas {
  private final NativeLocation location;

  public LazyBlas(NativeLocation location) {
    this.location = location;
  }

  public NativeLocation location() {
    return location;
  }
}
