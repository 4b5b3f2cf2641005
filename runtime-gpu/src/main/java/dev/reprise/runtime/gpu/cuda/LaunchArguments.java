package dev.reprise.runtime.gpu.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jcuda.Pointer;

/**
 * The arguments of a launch as the driver takes them: an array of pointers to values. One for all
 * launches, since the driver copies the values before the launch returns. Confined to the worker.
 */
final class LaunchArguments {
  private static final int MOST = 64;
  private static final long SLOT = 8;

  private final MemorySegment values;
  private final HostAddress pointers;

  LaunchArguments(Arena arena) {
    values = arena.allocate(MOST * SLOT, 64);
    MemorySegment addresses = arena.allocate(MOST * SLOT, 64);
    for (int i = 0; i < MOST; i++) {
      addresses.setAtIndex(ValueLayout.JAVA_LONG, i, values.address() + i * SLOT);
    }
    pointers = new HostAddress(addresses);
  }

  Pointer set(Object[] arguments) {
    if (arguments.length > MOST) {
      throw new IllegalArgumentException(arguments.length + " arguments; a kernel takes " + MOST);
    }
    for (int i = 0; i < arguments.length; i++) {
      long at = i * SLOT;
      switch (arguments[i]) {
        case CudaPlace buffer -> values.set(ValueLayout.JAVA_LONG, at, buffer.address().value());
        case Long number -> values.set(ValueLayout.JAVA_LONG, at, number);
        case Integer number -> values.set(ValueLayout.JAVA_INT, at, number);
        case Double number -> values.set(ValueLayout.JAVA_DOUBLE, at, number);
        case Object other -> throw new IllegalArgumentException("no kernel takes " + other);
      }
    }
    return pointers;
  }
}
