package dev.reprise.runtime.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuEventElapsedTime;
import static jcuda.driver.JCudaDriver.cuEventQuery;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;

import dev.reprise.runtime.accelerator.Mark;
import jcuda.driver.CUevent;
import jcuda.driver.CUresult;

/** An event behind launches. */
final class CudaMark implements Mark {
  private final CudaContext context;
  private final CudaEvents events;

  /** Before the first launch since the mark before; null when there was none. */
  private final CUevent first;

  private final CUevent last;

  // Becomes true once, when the driver has said so: then nobody asks it again.
  private volatile boolean reached;

  CudaMark(CudaContext context, CudaEvents events, CUevent first, CUevent last) {
    this.context = context;
    this.events = events;
    this.first = first;
    this.last = last;
  }

  /** A failure counts as reached; {@link #await} says what it was. */
  @Override
  public boolean isReached() {
    if (reached) {
      return true;
    }
    int status = context.tryMakeCurrent();
    if (status == CUresult.CUDA_SUCCESS) {
      status = cuEventQuery(last);
    }
    reached = status == CUresult.CUDA_SUCCESS;
    return status != CUresult.CUDA_ERROR_NOT_READY;
  }

  @Override
  public void await() {
    if (!reached) {
      context.makeCurrent();
      context.check(cuEventSynchronize(last));
      reached = true;
    }
  }

  @Override
  public long nanos() {
    if (first == null) {
      return 0;
    }
    context.makeCurrent();
    float[] millis = new float[1];
    context.check(cuEventElapsedTime(millis, first, last));
    return Math.max(0, (long) (millis[0] * 1e6));
  }

  @Override
  public void release() {
    if (first != null) {
      events.give(first);
    }
    events.give(last);
  }
}
