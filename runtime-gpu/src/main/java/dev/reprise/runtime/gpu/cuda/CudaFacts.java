package dev.reprise.runtime.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuDeviceGetAttribute;
import static jcuda.driver.JCudaDriver.cuDeviceGetName;
import static jcuda.driver.JCudaDriver.cuDeviceTotalMem;

import dev.reprise.runtime.accelerator.AcceleratorInfo;
import java.nio.charset.StandardCharsets;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;

/** What a CUDA device says of itself. */
final class CudaFacts {
  private final String name;
  private final CUdevice device;
  private final String driver;
  private final AcceleratorInfo info;
  private final int capability;
  private final int version;

  /**
   * @param driver the driver's versions, for people
   * @param version of CUDA that the driver runs: 1000 for the major number, 10 for the minor one
   */
  CudaFacts(String name, CUdevice device, String driver, int version) {
    this.name = name;
    this.device = device;
    this.driver = driver;
    this.version = version;
    this.capability =
        10 * attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
            + attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    long[] bytes = new long[1];
    CudaStatus.check(name, cuDeviceTotalMem(bytes, device));
    this.info =
        new AcceleratorInfo(
            name,
            product(),
            driver + ", compute capability " + capability / 10 + "." + capability % 10,
            bytes[0],
            bytes[0],
            attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
            false,
            true);
  }

  CUdevice device() {
    return device;
  }

  AcceleratorInfo info() {
    return info;
  }

  /** The facts, with what is known of the library for products. */
  AcceleratorInfo infoWith(String library) {
    return new AcceleratorInfo(
        name,
        info.product(),
        info.driver() + ", " + library,
        info.memoryBytes(),
        info.largestBuffer(),
        info.computeUnits(),
        info.isProcessor(),
        info.hasDoubles());
  }

  /** Ten times the major number and the minor one. */
  int capability() {
    return capability;
  }

  /**
   * Whether the driver has all that graphs take. The bindings look a function up when it is first
   * called, and the process ends when an older driver lacks it.
   */
  boolean hasGraphs() {
    return version >= 12000;
  }

  private int attribute(int what) {
    int[] value = new int[1];
    CudaStatus.check(name, cuDeviceGetAttribute(value, what, device));
    return value[0];
  }

  private String product() {
    byte[] bytes = new byte[256];
    CudaStatus.check(name, cuDeviceGetName(bytes, bytes.length, device));
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8).strip();
  }

  @Override
  public String toString() {
    return info.product() + " (" + driver + ")";
  }
}
