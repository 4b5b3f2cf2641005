package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.PooledBuffer;

/** A buffer of a CUDA device. */
final class CudaBuffer extends PooledBuffer {
  private final DeviceAddress address;

  CudaBuffer(CudaMemory pool, DeviceAddress address, long bytes) {
    super(pool, bytes);
    this.address = address;
  }

  DeviceAddress address() {
    return address;
  }
}
