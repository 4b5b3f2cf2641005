package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.accelerator.DeviceException;
import jcuda.driver.CUresult;

/** The driver's answers in the house's terms. */
final class CudaStatus {
  private CudaStatus() {}

  /** Throws for anything but success. */
  static void check(String device, int status) {
    if (status != CUresult.CUDA_SUCCESS) {
      throw failure(device, status);
    }
  }

  static ResourceException failure(String device, int status) {
    String name = CUresult.stringFor(status);
    if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      return new ResourceException("not enough memory on " + device + " (" + name + ")");
    }
    return isLost(status)
        ? new DeviceException(device + " is lost: " + name, true)
        : new DeviceException(device + " failed: " + name, false);
  }

  /** What the bindings do not know yet: a failure of the hardware, or of another GPU's memory. */
  private static final int CONTAINED = 226;

  /** Likewise: a kernel left memory of tensor units behind. */
  private static final int TENSOR_MEMORY_LEAK = 721;

  /** Errors after which the driver refuses everything in the context. */
  private static boolean isLost(int status) {
    return switch (status) {
      case CUresult.CUDA_ERROR_DEINITIALIZED,
          CUresult.CUDA_ERROR_NOT_INITIALIZED,
          CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE,
          CUresult.CUDA_ERROR_NO_DEVICE,
          CUresult.CUDA_ERROR_INVALID_DEVICE,
          CUresult.CUDA_ERROR_INVALID_CONTEXT,
          CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED,
          CUresult.CUDA_ERROR_ECC_UNCORRECTABLE,
          CUresult.CUDA_ERROR_NVLINK_UNCORRECTABLE,
          CONTAINED,
          CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
          CUresult.CUDA_ERROR_LAUNCH_TIMEOUT,
          CUresult.CUDA_ERROR_ASSERT,
          CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
          CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
          CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
          CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
          CUresult.CUDA_ERROR_INVALID_PC,
          CUresult.CUDA_ERROR_LAUNCH_FAILED,
          TENSOR_MEMORY_LEAK,
          CUresult.CUDA_ERROR_MPS_CLIENT_TERMINATED,
          CUresult.CUDA_ERROR_EXTERNAL_DEVICE,
          CUresult.CUDA_ERROR_SYSTEM_NOT_READY,
          CUresult.CUDA_ERROR_UNKNOWN ->
          true;
      default -> false;
    };
  }
}
