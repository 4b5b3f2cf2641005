package dev.reprise.runtime.gpu.opencl;

import static org.jocl.CL.CL_CONTEXT_PLATFORM;
import static org.jocl.CL.clCreateContext;

import java.util.HashMap;
import java.util.Map;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;

/**
 * Contexts of devices, one for each, which all who have the device open share: the driver has each
 * device once in a process, though each session finds devices by itself. Queues and memory are each
 * session's own.
 *
 * <pre>
 *   open --- none there, or a lost one ---> made, for one user
 *      '---- there -----------------------> one user more
 *   close -------------------------------> one user less; the last one releases it
 * </pre>
 *
 * <p><b>Threads.</b> By any. What is open and by how many is guarded by this object. It is held
 * while the driver makes a context, since who opens the same device needs that one; the driver
 * waits for nobody of ours. It is not held while a context is released, which nobody can open any
 * more.
 */
final class DeviceContexts {
  private static final DeviceContexts OF_PROCESS = new DeviceContexts();

  private final Map<cl_device_id, DeviceContext> open = new HashMap<>();

  /** Those that all sessions of the process share. */
  static DeviceContexts ofProcess() {
    return OF_PROCESS;
  }

  /** The context of a device for one more user, who closes it. Failures are the driver's own. */
  synchronized DeviceContext open(DeviceFacts facts) {
    DeviceContext there = open.get(facts.device());
    if (there == null || there.isLost()) {
      there = new DeviceContext(this, facts.device(), made(facts));
      open.put(facts.device(), there);
    }
    there.users++;
    return there;
  }

  private static cl_context made(DeviceFacts facts) {
    cl_context_properties properties = new cl_context_properties();
    properties.addProperty(CL_CONTEXT_PLATFORM, facts.platform());
    cl_device_id[] devices = {facts.device()};
    return clCreateContext(properties, 1, devices, null, null, null);
  }

  /** Takes a user away; true when it was the last one. */
  synchronized boolean leave(DeviceContext context) {
    context.users--;
    if (context.users == 0) {
      // Not one that was made instead of a lost one.
      open.remove(context.device(), context);
    }
    return context.users == 0;
  }
}
