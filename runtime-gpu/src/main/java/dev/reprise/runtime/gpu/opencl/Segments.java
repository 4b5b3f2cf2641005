package dev.reprise.runtime.gpu.opencl;

import java.lang.foreign.MemorySegment;
import org.jocl.Pointer;

/** Host memory as JOCL takes it: byte buffers, hence in pieces below 2 GiB. */
final class Segments {
  static final long PIECE = 1L << 30;

  private Segments() {}

  static Pointer pointer(MemorySegment segment, long from, long bytes) {
    return Pointer.to(segment.asSlice(from, bytes).asByteBuffer());
  }
}
