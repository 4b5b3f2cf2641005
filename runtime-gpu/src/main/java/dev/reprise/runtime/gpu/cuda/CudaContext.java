package dev.reprise.runtime.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuCtxEnablePeerAccess;
import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuDeviceCanAccessPeer;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;

import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;

/** The primary context of a device. The driver keeps a current context for each thread. */
final class CudaContext {
  private final String name;
  private final CUdevice device;
  private final CUcontext context = new CUcontext();

  /** Retains the context and makes it the calling thread's. */
  CudaContext(String name, CUdevice device) {
    this.name = name;
    this.device = device;
    check(cuDevicePrimaryCtxRetain(context, device));
    makeCurrent();
  }

  String device() {
    return name;
  }

  /** Before any call of the driver, on every thread: who calls may never have called before. */
  void makeCurrent() {
    check(cuCtxSetCurrent(context));
  }

  CUcontext context() {
    return context;
  }

  /** Lets kernels and copies of this device reach another one's memory; false when they cannot. */
  boolean reach(CudaContext peer) {
    int[] can = new int[1];
    check(cuDeviceCanAccessPeer(can, device, peer.device));
    if (can[0] == 0) {
      return false;
    }
    makeCurrent();
    int status = cuCtxEnablePeerAccess(peer.context, 0);
    return status == CUresult.CUDA_SUCCESS
        || status == CUresult.CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED;
  }

  void check(int status) {
    CudaStatus.check(name, status);
  }

  /** Waits for everything on the device. */
  void settle() {
    check(cuCtxSynchronize());
  }

  void release() {
    cuDevicePrimaryCtxRelease(device);
  }
}
