package dev.reprise.memory;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Memory of the C library: {@code malloc} and {@code free}, aligned by hand so that the same two
 * functions serve every platform. Loaded at the first allocation, not before.
 *
 * <p>Why not arenas: {@code Arena.ofShared} fills with zeros, and closing one stops all threads.
 */
final class NativeMemory {
  private static final MethodHandle MALLOC =
      function("malloc", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
  private static final MethodHandle FREE =
      function("free", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG));

  private NativeMemory() {}

  /** A piece of memory: what to give back, and the aligned part to use. */
  record Region(long base, MemorySegment segment) {

    void free() {
      try {
        FREE.invokeExact(base);
      } catch (Throwable e) {
        throw new IllegalStateException("free failed", e);
      }
    }
  }

  /**
   * Asks the system for memory, not zeroed.
   *
   * @param alignment a power of two
   * @return null when the system has none
   */
  static Region allocate(long bytes, long alignment) {
    long base;
    try {
      base = (long) MALLOC.invokeExact(bytes + alignment);
    } catch (Throwable e) {
      throw new IllegalStateException("malloc failed", e);
    }
    if (base == 0) {
      return null;
    }
    long aligned = (base + alignment - 1) & -alignment;
    return new Region(base, MemorySegment.ofAddress(aligned).reinterpret(bytes));
  }

  private static MethodHandle function(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    SymbolLookup lookup = linker.defaultLookup();
    return linker.downcallHandle(lookup.findOrThrow(name), descriptor);
  }
}
