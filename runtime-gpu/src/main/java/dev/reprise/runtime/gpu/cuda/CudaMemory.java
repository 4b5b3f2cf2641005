package dev.reprise.runtime.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;

import dev.reprise.runtime.gpu.BufferPool;
import jcuda.driver.CUresult;

/** The pool of a CUDA device's buffers: plain allocations, never managed memory. */
final class CudaMemory extends BufferPool<CudaBuffer> {
  private final CudaContext context;

  CudaMemory(CudaContext context) {
    super(context.device());
    this.context = context;
  }

  @Override
  protected CudaBuffer create(long bytes) {
    context.makeCurrent();
    DeviceAddress address = new DeviceAddress();
    int status = cuMemAlloc(address, bytes);
    if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      return null;
    }
    context.check(status);
    return new CudaBuffer(this, address, bytes);
  }

  /** The driver lets nobody free what kernels may use, so everything launched ends first. */
  @Override
  protected void settle() {
    context.makeCurrent();
    context.settle();
  }

  @Override
  protected void destroy(CudaBuffer buffer) {
    context.check(cuMemFree(buffer.address()));
  }
}
