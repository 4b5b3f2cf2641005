package dev.reprise.runtime.gpu.cuda;

import java.lang.foreign.MemorySegment;
import jcuda.Pointer;

/** A pointer to host memory outside the heap, which its arena keeps. */
final class HostAddress extends Pointer {
  HostAddress() {}

  HostAddress(MemorySegment segment) {
    super(segment.address());
  }

  /** The memory that a call of the driver made the pointer point to. */
  MemorySegment segment(long bytes) {
    return MemorySegment.ofAddress(getNativePointer()).reinterpret(bytes);
  }
}
