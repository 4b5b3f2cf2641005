package dev.reprise.runtime.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuStreamWaitEvent;

import java.util.concurrent.ConcurrentLinkedQueue;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;

/** Events of one context, used again and again: marks take two each. Any thread. */
final class CudaEvents {
  private final CudaContext context;
  private final ConcurrentLinkedQueue<CUevent> free = new ConcurrentLinkedQueue<>();

  CudaEvents(CudaContext context) {
    this.context = context;
  }

  /** An event behind everything in the stream so far; the caller gives it back. */
  CUevent record(CUstream stream) {
    CUevent event = free.poll();
    if (event == null) {
      event = new CUevent();
      context.check(cuEventCreate(event, CUevent_flags.CU_EVENT_DEFAULT));
    }
    int status = cuEventRecord(event, stream);
    if (status != 0) {
      free.add(event);
    }
    context.check(status);
    return event;
  }

  void give(CUevent event) {
    free.add(event);
  }

  /** What the second stream gets from now on waits for everything in the first so far. */
  void order(CUstream before, CUstream after) {
    CUevent event = record(before);
    // The wait is for this recording; the event may be recorded anew at once.
    int status = cuStreamWaitEvent(after, event, 0);
    give(event);
    context.check(status);
  }

  void close() {
    for (CUevent event = free.poll(); event != null; event = free.poll()) {
      cuEventDestroy(event);
    }
  }
}
