package dev.reprise.runtime.gpu.opencl;

import static org.jocl.CL.CL_DEVICE_TYPE_ALL;
import static org.jocl.CL.clGetDeviceIDs;
import static org.jocl.CL.clGetPlatformIDs;

import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.AcceleratorInfo;
import dev.reprise.runtime.accelerator.AcceleratorProvider;
import dev.reprise.runtime.accelerator.DeviceException;
import dev.reprise.runtime.gpu.KernelAccelerator;
import dev.reprise.runtime.gpu.NativeFolder;
import dev.reprise.runtime.gpu.StandardKernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/** Finds OpenCL devices through the installed client drivers. */
public final class OpenClProvider implements AcceleratorProvider {
  @Override
  public String kind() {
    return "opencl";
  }

  @Override
  public boolean mayFindGpu() {
    return !Files.isDirectory(Path.of("/sys"))
        || Files.isDirectory(Path.of("/etc/OpenCL/vendors"))
            && (Files.exists(Path.of("/dev/dri"))
                || Files.exists(Path.of("/dev/kfd"))
                || Files.exists(Path.of("/dev/nvidia0"))
                || Files.exists(Path.of("/dev/dxg")));
  }

  /**
   * One thread of the process at a time: PoCL sets its devices up when they are first asked for,
   * and sessions that begin at once met devices that were half set up, which ended the JVM. It
   * calls nothing of ours that waits.
   */
  @Override
  public Discovery discover(Path natives) {
    synchronized (OpenClProvider.class) {
      return discoverAlone(natives);
    }
  }

  private static Discovery discoverAlone(Path natives) {
    List<Candidate> found = new ArrayList<>();
    List<String> absences = new ArrayList<>();
    try {
      NativeFolder.during(natives, () -> CL.setExceptionsEnabled(true));
      for (cl_platform_id platform : platforms()) {
        addDevices(platform, found, absences);
      }
      if (found.isEmpty() && absences.isEmpty()) {
        absences.add(
            "opencl: no device is installed (Debian: apt-get install pocl-opencl-icd, or the"
                + " driver of the GPU)");
      }
    } catch (LinkageError e) {
      absences.add(
          "opencl: the loader libOpenCL.so is missing (Debian: apt-get install"
              + " ocl-icd-libopencl1): "
              + e.getMessage());
    } catch (CLException e) {
      absences.add("opencl: no platform is installed (" + e.getMessage() + ")");
    }
    return new Discovery(List.copyOf(found), List.copyOf(absences));
  }

  private static cl_platform_id[] platforms() {
    int[] count = new int[1];
    clGetPlatformIDs(0, null, count);
    cl_platform_id[] platforms = new cl_platform_id[count[0]];
    clGetPlatformIDs(platforms.length, platforms, null);
    return platforms;
  }

  private static void addDevices(
      cl_platform_id platform, List<Candidate> found, List<String> absences) {
    int[] count = new int[1];
    try {
      clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, null, count);
    } catch (CLException e) {
      absences.add(withoutDevices(DeviceFacts.platformName(platform)));
      return;
    }
    cl_device_id[] devices = new cl_device_id[count[0]];
    clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, devices.length, devices, null);
    for (cl_device_id device : devices) {
      DeviceFacts facts = new DeviceFacts(platform, device, "opencl:" + found.size());
      String obstacle = obstacle(facts);
      if (obstacle == null) {
        found.add(new Found(facts));
      } else {
        absences.add("opencl (" + facts.info().product() + "): " + obstacle);
      }
    }
  }

  private static String withoutDevices(String platform) {
    return "opencl ("
        + platform
        + "): the driver is installed and finds no device"
        + (DeviceFacts.isPortable(platform)
            ? "; PoCL needs a folder that it may write for what it compiles: set POCL_CACHE_DIR, or"
                + " HOME"
            : "");
  }

  /** Why a device must not be used, or null. */
  private static String obstacle(DeviceFacts facts) {
    if (!facts.isLittleEndian()) {
      return "its byte order is not this machine's";
    }
    if (facts.isPortable() && !isSignalChaining()) {
      return "PoCL's compiler disturbs a JVM that was started without LD_PRELOAD=libjsig.so (the"
          + " launcher ./reprise sets it)";
    }
    return null;
  }

  /** True when libjsig lies between the JVM's signal handlers and everybody else's. */
  private static boolean isSignalChaining() {
    Path maps = Path.of("/proc/self/maps");
    if (!Files.isReadable(maps)) {
      return true;
    }
    try (var lines = Files.lines(maps)) {
      return lines.anyMatch(line -> line.endsWith("libjsig.so"));
    } catch (IOException e) {
      return true;
    }
  }

  /** A device that may be opened. */
  record Found(DeviceFacts facts) implements Candidate {
    @Override
    public AcceleratorInfo info() {
      return facts.info();
    }

    @Override
    public Accelerator open() {
      try {
        OpenClBackend backend = new OpenClBackend(facts, DeviceContexts.ofProcess());
        return new KernelAccelerator(backend, StandardKernels.table());
      } catch (CLException e) {
        throw new DeviceException(info().name() + " cannot be opened: " + e.getMessage(), true);
      }
    }
  }
}
