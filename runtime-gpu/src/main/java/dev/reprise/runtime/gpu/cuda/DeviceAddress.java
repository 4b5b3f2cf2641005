package dev.reprise.runtime.gpu.cuda;

import jcuda.driver.CUdeviceptr;

/** A pointer into a device's memory that tells its address. */
final class DeviceAddress extends CUdeviceptr {
  DeviceAddress() {}

  private DeviceAddress(DeviceAddress base, long offset) {
    super(base, offset);
  }

  DeviceAddress plus(long offset) {
    return new DeviceAddress(this, offset);
  }

  long value() {
    return getNativePointer() + getByteOffset();
  }
}
