package dev.reprise.runtime.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuCtxEnablePeerAccess;
import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuDeviceCanAccessPeer;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;

/**
 * The primary context of a device. The driver keeps a current context for each thread.
 *
 * <p>All sessions of a process share it, each with streams of its own. While a stream of one of
 * them writes launches down, nobody may wait for the whole device, by whatever thread: that fails,
 * and spoils what is being written. Many calls wait without a word: those that make and destroy
 * handles of libraries, take memory or give it back, load and unload modules and their kernels,
 * make graphs ready to run or give them up. So they come {@link #alone}.
 *
 * <p>The mode in which launches are written down ({@code THREAD_LOCAL}) forbids such calls to the
 * thread that writes alone. But it says nothing of waiting for the whole device, which spoils it in
 * every mode; and CUDA's guide says of lazy loading that loading a kernel may do that.
 */
final class CudaContext {
  private final String name;
  private final CUdevice device;
  private final CUcontext context = new CUcontext();
  private final ReentrantReadWriteLock lock;

  /** Retains the context and makes it the calling thread's. */
  CudaContext(String name, CUdevice device) {
    this.name = name;
    this.device = device;
    check(cuDevicePrimaryCtxRetain(context, device));
    this.lock = DriverContexts.lockOf(context);
    int status = tryMakeCurrent();
    if (status != CUresult.CUDA_SUCCESS) {
      release();
    }
    check(status);
  }

  String device() {
    return name;
  }

  /** Before any call of the driver, on every thread: who calls may never have called before. */
  void makeCurrent() {
    check(tryMakeCurrent());
  }

  /** The driver's answer, which may be an error of an earlier launch. */
  int tryMakeCurrent() {
    return cuCtxSetCurrent(context);
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
    int status = alone(() -> cuCtxEnablePeerAccess(peer.context, 0));
    return status == CUresult.CUDA_SUCCESS
        || status == CUresult.CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED;
  }

  void check(int status) {
    CudaStatus.check(name, status);
  }

  /** Calls that may wait for the whole device, while no session writes launches down. */
  <T> T alone(Supplier<T> calls) {
    if (lock.getReadHoldCount() > 0) {
      throw new IllegalStateException("not while launches are written down");
    }
    return locked(lock.writeLock(), calls);
  }

  /** Writes launches down. */
  <T> T writing(Supplier<T> calls) {
    return locked(lock.readLock(), calls);
  }

  private static <T> T locked(Lock lock, Supplier<T> calls) {
    lock.lock();
    try {
      return calls.get();
    } finally {
      lock.unlock();
    }
  }

  void release() {
    cuDevicePrimaryCtxRelease(device);
  }
}
