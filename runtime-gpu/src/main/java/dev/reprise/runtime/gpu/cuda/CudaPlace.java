package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.accelerator.DeviceBuffer;

/** Memory of a CUDA device: a buffer, or a part of one. */
sealed interface CudaPlace extends DeviceBuffer permits CudaBuffer, CudaPlace.Part {
  DeviceAddress address();

  /**
   * Cells within a buffer that somebody else owns. No record: arguments of launches are compared,
   * and the bindings take pointers for equal that differ in their offset alone.
   */
  final class Part implements CudaPlace {
    private final DeviceAddress address;
    private final long bytes;

    Part(DeviceAddress address, long bytes) {
      this.address = address;
      this.bytes = bytes;
    }

    @Override
    public DeviceAddress address() {
      return address;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public void release() {}
  }
}
