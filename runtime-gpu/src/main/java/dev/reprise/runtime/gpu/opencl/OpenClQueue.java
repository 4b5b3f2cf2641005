package dev.reprise.runtime.gpu.opencl;

import static org.jocl.CL.CL_QUEUE_PROFILING_ENABLE;
import static org.jocl.CL.CL_QUEUE_PROPERTIES;
import static org.jocl.CL.clCreateCommandQueueWithProperties;
import static org.jocl.CL.clEnqueueBarrierWithWaitList;
import static org.jocl.CL.clEnqueueMarkerWithWaitList;
import static org.jocl.CL.clFinish;
import static org.jocl.CL.clFlush;
import static org.jocl.CL.clReleaseCommandQueue;

import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_event;
import org.jocl.cl_queue_properties;

/** Commands that the device runs in order, with their times. Failures are the driver's own. */
final class OpenClQueue {
  private final cl_command_queue queue;

  OpenClQueue(cl_context context, cl_device_id device) {
    cl_queue_properties properties = new cl_queue_properties();
    properties.addProperty(CL_QUEUE_PROPERTIES, CL_QUEUE_PROFILING_ENABLE);
    this(clCreateCommandQueueWithProperties(context, device, properties, null));
  }

  /** Takes a queue of the driver's over. */
  OpenClQueue(cl_command_queue queue) {
    this.queue = queue;
  }

  cl_command_queue queue() {
    return queue;
  }

  /** An event behind all commands so far, which are on their way to the device; the caller's. */
  cl_event marker() {
    cl_event event = new cl_event();
    clEnqueueMarkerWithWaitList(queue, 0, null, event);
    clFlush(queue);
    return event;
  }

  /** Commands from now on run after an event of another queue; the event stays the caller's. */
  void runAfter(cl_event event) {
    clEnqueueBarrierWithWaitList(queue, 1, new cl_event[] {event}, null);
  }

  /** Sends commands to the device without waiting. */
  void flush() {
    clFlush(queue);
  }

  /** Waits for all commands. */
  void finish() {
    clFinish(queue);
  }

  void close() {
    clReleaseCommandQueue(queue);
  }
}
