package dev.reprise.runtime.gpu.opencl;

import static org.jocl.CL.CL_DEVICE_DOUBLE_FP_CONFIG;
import static org.jocl.CL.CL_DEVICE_ENDIAN_LITTLE;
import static org.jocl.CL.CL_DEVICE_GLOBAL_MEM_SIZE;
import static org.jocl.CL.CL_DEVICE_MAX_COMPUTE_UNITS;
import static org.jocl.CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE;
import static org.jocl.CL.CL_DEVICE_MEM_BASE_ADDR_ALIGN;
import static org.jocl.CL.CL_DEVICE_NAME;
import static org.jocl.CL.CL_DEVICE_TYPE;
import static org.jocl.CL.CL_DEVICE_TYPE_CPU;
import static org.jocl.CL.CL_DEVICE_VERSION;
import static org.jocl.CL.CL_DRIVER_VERSION;
import static org.jocl.CL.CL_PLATFORM_NAME;
import static org.jocl.CL.clGetDeviceInfo;
import static org.jocl.CL.clGetPlatformInfo;

import dev.reprise.runtime.accelerator.AcceleratorInfo;
import java.nio.charset.StandardCharsets;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/** What an OpenCL device says of itself. */
final class DeviceFacts {
  private final cl_platform_id platform;
  private final cl_device_id device;
  private final AcceleratorInfo info;

  private DeviceFacts(cl_platform_id platform, cl_device_id device, AcceleratorInfo info) {
    this.platform = platform;
    this.device = device;
    this.info = info;
  }

  DeviceFacts(cl_platform_id platform, cl_device_id device, String name) {
    this.platform = platform;
    this.device = device;
    this.info =
        new AcceleratorInfo(
            name,
            text(CL_DEVICE_NAME),
            platformName(platform)
                + ", "
                + text(CL_DEVICE_VERSION)
                + ", driver "
                + text(CL_DRIVER_VERSION),
            number(CL_DEVICE_GLOBAL_MEM_SIZE),
            number(CL_DEVICE_MAX_MEM_ALLOC_SIZE),
            (int) number(CL_DEVICE_MAX_COMPUTE_UNITS),
            (number(CL_DEVICE_TYPE) & CL_DEVICE_TYPE_CPU) != 0,
            number(CL_DEVICE_DOUBLE_FP_CONFIG) != 0);
  }

  cl_platform_id platform() {
    return platform;
  }

  cl_device_id device() {
    return device;
  }

  AcceleratorInfo info() {
    return info;
  }

  /**
   * The same device under the kernels that GPUs take, so that these can be tried where there is no
   * GPU.
   */
  DeviceFacts asGpu() {
    AcceleratorInfo gpu =
        new AcceleratorInfo(
            info.name(),
            info.product(),
            info.driver(),
            info.memoryBytes(),
            info.largestBuffer(),
            info.computeUnits(),
            false,
            info.hasDoubles());
    return new DeviceFacts(platform, device, gpu);
  }

  boolean isLittleEndian() {
    return number(CL_DEVICE_ENDIAN_LITTLE) != 0;
  }

  /** True for the portable implementation, PoCL. */
  boolean isPortable() {
    return isPortable(platformName(platform));
  }

  /** Bytes on which parts of a buffer must begin. */
  long alignment() {
    return Math.max(64, number(CL_DEVICE_MEM_BASE_ADDR_ALIGN) / 8);
  }

  static boolean isPortable(String platform) {
    return platform.contains("Portable Computing Language");
  }

  static String platformName(cl_platform_id platform) {
    long[] size = new long[1];
    clGetPlatformInfo(platform, CL_PLATFORM_NAME, 0, null, size);
    byte[] bytes = new byte[(int) size[0]];
    clGetPlatformInfo(platform, CL_PLATFORM_NAME, bytes.length, Pointer.to(bytes), null);
    return text(bytes);
  }

  private String text(int what) {
    long[] size = new long[1];
    clGetDeviceInfo(device, what, 0, null, size);
    byte[] bytes = new byte[(int) size[0]];
    clGetDeviceInfo(device, what, bytes.length, Pointer.to(bytes), null);
    return text(bytes);
  }

  private static String text(byte[] bytes) {
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] == 0) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8).strip();
  }

  /** Numbers of 32 and of 64 bits alike: the machine is little-endian. */
  private long number(int what) {
    long[] value = new long[1];
    clGetDeviceInfo(device, what, Sizeof.cl_long, Pointer.to(value), null);
    return value[0];
  }
}
