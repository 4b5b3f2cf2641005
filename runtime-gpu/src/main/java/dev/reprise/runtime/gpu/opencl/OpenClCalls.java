package dev.reprise.runtime.gpu.opencl;

import static org.jocl.CL.CL_DEVICE_NOT_AVAILABLE;
import static org.jocl.CL.CL_INVALID_COMMAND_QUEUE;
import static org.jocl.CL.CL_INVALID_CONTEXT;
import static org.jocl.CL.CL_INVALID_DEVICE;
import static org.jocl.CL.CL_MEM_OBJECT_ALLOCATION_FAILURE;
import static org.jocl.CL.CL_OUT_OF_HOST_MEMORY;
import static org.jocl.CL.CL_OUT_OF_RESOURCES;

import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.accelerator.DeviceException;
import java.util.function.Supplier;
import org.jocl.CLException;

/**
 * Calls of the driver for one device, whose failures come in the house's terms.
 *
 * @param device its name, for messages
 * @param whenLost by whatever thread sees that the driver refuses everything from now on
 */
record OpenClCalls(String device, Runnable whenLost) {

  /** What the calls return. */
  <T> T get(Supplier<T> calls) {
    try {
      return calls.get();
    } catch (CLException e) {
      throw translated(e);
    }
  }

  void run(Runnable calls) {
    try {
      calls.run();
    } catch (CLException e) {
      throw translated(e);
    }
  }

  ResourceException translated(CLException e) {
    return switch (e.getStatus()) {
      case CL_MEM_OBJECT_ALLOCATION_FAILURE, CL_OUT_OF_RESOURCES, CL_OUT_OF_HOST_MEMORY ->
          new ResourceException("not enough memory on " + device + " (" + e.getMessage() + ")");
      // All queues are ours and open: one that is refused has gone with its context, as when a
      // kernel failed.
      case CL_DEVICE_NOT_AVAILABLE,
          CL_INVALID_DEVICE,
          CL_INVALID_CONTEXT,
          CL_INVALID_COMMAND_QUEUE -> {
        whenLost.run();
        yield new DeviceException(device + " is lost: " + e.getMessage(), true);
      }
      default -> new DeviceException(device + " failed: " + e.getMessage(), false);
    };
  }
}
