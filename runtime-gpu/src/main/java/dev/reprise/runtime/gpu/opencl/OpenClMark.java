package dev.reprise.runtime.gpu.opencl;

import static org.jocl.CL.CL_COMPLETE;
import static org.jocl.CL.CL_EVENT_COMMAND_EXECUTION_STATUS;
import static org.jocl.CL.CL_PROFILING_COMMAND_END;
import static org.jocl.CL.CL_PROFILING_COMMAND_START;
import static org.jocl.CL.clGetEventInfo;
import static org.jocl.CL.clGetEventProfilingInfo;
import static org.jocl.CL.clReleaseEvent;
import static org.jocl.CL.clWaitForEvents;

import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.accelerator.Mark;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_event;

/** An event behind launches. */
final class OpenClMark implements Mark {
  private final OpenClCalls calls;

  /** The first launch since the mark before; null when there was none. */
  private final cl_event first;

  private final cl_event event;

  OpenClMark(OpenClCalls calls, cl_event first, cl_event event) {
    this.calls = calls;
    this.first = first;
    this.event = event;
  }

  @Override
  public boolean isReached() {
    return status() <= CL_COMPLETE;
  }

  private int status() {
    return calls.get(() -> {
      int[] status = new int[1];
      clGetEventInfo(
          event, CL_EVENT_COMMAND_EXECUTION_STATUS, Sizeof.cl_int, Pointer.to(status), null);
      return status[0];
    });
  }

  @Override
  public void await() {
    calls.run(() -> clWaitForEvents(1, new cl_event[] {event}));
    int status = status();
    if (status < 0) {
      throw new DeviceException(
          calls.device() + ": a kernel failed with the status " + status, false);
    }
  }

  @Override
  public long nanos() {
    return first == null
        ? 0
        : Math.max(
            0, time(event, CL_PROFILING_COMMAND_END) - time(first, CL_PROFILING_COMMAND_START));
  }

  private long time(cl_event of, int what) {
    return calls.get(() -> {
      long[] time = new long[1];
      clGetEventProfilingInfo(of, what, Sizeof.cl_ulong, Pointer.to(time), null);
      return time[0];
    });
  }

  @Override
  public void release() {
    if (first != null) {
      clReleaseEvent(first);
    }
    clReleaseEvent(event);
  }
}
