package dev.reprise.runtime.gpu.cuda;

import jcuda.driver.CUdeviceptr;

/** A pointer into a device's memory that tells its address. */
final class DeviceAddress extends CUdeviceptr {
  long value() {
    return getNativePointer() + getByteOffset();
  }
}
