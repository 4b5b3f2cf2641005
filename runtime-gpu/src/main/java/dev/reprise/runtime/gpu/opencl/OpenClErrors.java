package dev.reprise.runtime.gpu.opencl;

import static org.jocl.CL.CL_DEVICE_NOT_AVAILABLE;
import static org.jocl.CL.CL_INVALID_CONTEXT;
import static org.jocl.CL.CL_INVALID_DEVICE;
import static org.jocl.CL.CL_MEM_OBJECT_ALLOCATION_FAILURE;
import static org.jocl.CL.CL_OUT_OF_HOST_MEMORY;
import static org.jocl.CL.CL_OUT_OF_RESOURCES;

import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.accelerator.DeviceException;
import org.jocl.CLException;

/** The driver's failures in the house's terms. */
final class OpenClErrors {
  private OpenClErrors() {}

  static ResourceException translated(String device, CLException e) {
    return switch (e.getStatus()) {
      case CL_MEM_OBJECT_ALLOCATION_FAILURE, CL_OUT_OF_RESOURCES, CL_OUT_OF_HOST_MEMORY ->
          new ResourceException("not enough memory on " + device + " (" + e.getMessage() + ")");
      case CL_DEVICE_NOT_AVAILABLE, CL_INVALID_DEVICE, CL_INVALID_CONTEXT ->
          new DeviceException(device + " is lost: " + e.getMessage(), true);
      default -> new DeviceException(device + " failed: " + e.getMessage(), false);
    };
  }
}
