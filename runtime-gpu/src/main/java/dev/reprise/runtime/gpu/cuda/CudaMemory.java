package dev.reprise.runtime.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;

import dev.reprise.runtime.gpu.BufferPool;
import jcuda.driver.CUresult;

/** The pool of a CUDA device's buffers: parts of plain allocations, never of managed memory. */
final class CudaMemory extends BufferPool<CudaBuffer, DeviceAddress> {
  /** What the driver's own allocations begin on. */
  private static final long ALIGNMENT = 256;

  /** Kernels read 16 bytes at a time, and so does cuBLAS. */
  static final long ALIGNMENT_OF_PARTS = 64;

  private final CudaContext context;
  private final Runnable settle;

  /**
   * @param settle waits for everything launched here. Not for the whole context, which sessions of
   *     one process share: one of them may be writing launches into a graph, which that would break
   */
  CudaMemory(CudaContext context, Runnable settle) {
    super(context.device(), ALIGNMENT, Long.MAX_VALUE);
    this.context = context;
    this.settle = settle;
  }

  @Override
  protected DeviceAddress map(long bytes) {
    context.makeCurrent();
    DeviceAddress address = new DeviceAddress();
    int status = context.alone(() -> cuMemAlloc(address, bytes));
    if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      return null;
    }
    context.check(status);
    return address;
  }

  /**
   * The driver lets nobody free what kernels may use, so everything launched ends first. By any
   * thread, so the worker may be writing launches down: then that comes to its end before.
   */
  @Override
  protected void settle() {
    context.makeCurrent();
    context.alone(() -> {
      settle.run();
      return null;
    });
  }

  @Override
  protected void unmap(DeviceAddress address) {
    context.check(context.alone(() -> cuMemFree(address)));
  }

  @Override
  protected CudaBuffer buffer(Place<DeviceAddress> place) {
    return new CudaBuffer(this, place, place.memory().plus(place.offset()));
  }
}
