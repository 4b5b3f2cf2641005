package dev.reprise.runtime.gpu.opencl;

import static org.jocl.CL.clReleaseContext;
import static org.jocl.CL.clReleaseProgram;

import org.jocl.cl_context;
import org.jocl.cl_device_id;

/** The context of a device, and the programs that were built in it, for all who have it open. */
final class DeviceContext implements AutoCloseable {
  private final DeviceContexts contexts;
  private final cl_device_id device;
  private final cl_context context;
  private final SharedPrograms programs = new SharedPrograms(program -> clReleaseProgram(program));

  // Guarded by the contexts.
  int users;

  // Publishes, to whoever opens the device next, that a user has seen it fail for good.
  private volatile boolean isLost;

  DeviceContext(DeviceContexts contexts, cl_device_id device, cl_context context) {
    this.contexts = contexts;
    this.device = device;
    this.context = context;
  }

  cl_device_id device() {
    return device;
  }

  cl_context context() {
    return context;
  }

  SharedPrograms programs() {
    return programs;
  }

  /** Says that the driver refuses everything from now on: who opens the device gets another one. */
  void lose() {
    isLost = true;
  }

  boolean isLost() {
    return isLost;
  }

  /**
   * By each user once, when he has nothing of it left but programs. Failures are the driver's own.
   */
  @Override
  public void close() {
    if (contexts.leave(this)) {
      try {
        programs.close();
      } finally {
        clReleaseContext(context);
      }
    }
  }
}
