package dev.reprise.runtime.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;

import dev.reprise.runtime.gpu.BufferPool;
import jcuda.driver.CUresult;

/** The pool of a CUDA device's buffers: parts of plain allocations, never of managed memory. */
final class CudaMemory extends BufferPool<CudaBuffer, DeviceAddress> {
  /** What the driver's own allocations begin on. */
  private static final long ALIGNMENT = 256;

  private final CudaContext context;

  CudaMemory(CudaContext context) {
    super(context.device(), ALIGNMENT, Long.MAX_VALUE);
    this.context = context;
  }

  @Override
  protected DeviceAddress map(long bytes) {
    context.makeCurrent();
    DeviceAddress address = new DeviceAddress();
    int status = cuMemAlloc(address, bytes);
    if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      return null;
    }
    context.check(status);
    return address;
  }

  /** The driver lets nobody free what kernels may use, so everything launched ends first. */
  @Override
  protected void settle() {
    context.makeCurrent();
    context.settle();
  }

  @Override
  protected void unmap(DeviceAddress address) {
    context.check(cuMemFree(address));
  }

  @Override
  protected CudaBuffer buffer(Place<DeviceAddress> place) {
    return new CudaBuffer(this, place, place.memory().plus(place.offset()));
  }
}
