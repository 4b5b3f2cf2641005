package dev.reprise.runtime.gpu.opencl;

import static org.jocl.CL.clReleaseKernel;

import dev.reprise.runtime.gpu.Launch;
import dev.reprise.runtime.gpu.LaunchReplay;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jocl.cl_kernel;

/**
 * A sequence of launches with a kernel object for each, which keeps its arguments: only those that
 * differ from the last time are set. The bindings have no command buffers, which would be one call.
 * Confined to the worker.
 */
final class PreparedKernels implements LaunchReplay {
  private final OpenClBackend backend;
  private final List<cl_kernel> kernels = new ArrayList<>();

  // Arguments that the kernels have; null for what is no kernel and for those not set yet.
  private final List<Object[]> arguments = new ArrayList<>();

  PreparedKernels(OpenClBackend backend, List<Launch> pattern) {
    this.backend = backend;
    boolean complete = false;
    try {
      for (Launch launch : pattern) {
        kernels.add(launch.kernel() == null ? null : backend.newKernel(launch));
        arguments.add(null);
      }
      complete = true;
    } finally {
      if (!complete) {
        close();
      }
    }
  }

  @Override
  public void issue(List<Launch> launches) {
    setArguments(launches);
    for (int i = 0; i < launches.size(); i++) {
      if (kernels.get(i) == null) {
        launches.get(i).issue(backend);
      } else {
        backend.enqueue(kernels.get(i), launches.get(i));
      }
    }
  }

  /** Before anything is launched, so that a refusal leaves nothing half done. */
  private void setArguments(List<Launch> launches) {
    for (int i = 0; i < launches.size(); i++) {
      cl_kernel kernel = kernels.get(i);
      if (kernel != null) {
        Object[] wanted = launches.get(i).arguments();
        Object[] there = arguments.get(i);
        if (there == null || !Arrays.equals(there, wanted)) {
          // Unknown while they are being set.
          arguments.set(i, null);
          backend.setArguments(kernel, there, wanted);
          arguments.set(i, wanted);
        }
      }
    }
  }

  @Override
  public void close() {
    for (cl_kernel kernel : kernels) {
      if (kernel != null) {
        clReleaseKernel(kernel);
      }
    }
    kernels.clear();
  }
}
