package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.BufferPool;
import dev.reprise.runtime.gpu.PooledBuffer;

/** A buffer of a CUDA device. */
final class CudaBuffer extends PooledBuffer implements CudaPlace {
  private final DeviceAddress address;

  CudaBuffer(CudaMemory pool, BufferPool.Place<DeviceAddress> place, DeviceAddress address) {
    super(pool, place);
    this.address = address;
  }

  @Override
  public DeviceAddress address() {
    return address;
  }
}
