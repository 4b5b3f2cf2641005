package dev.reprise.runtime.gpu.cuda;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import jcuda.driver.CUcontext;

/**
 * The contexts of the driver, which there is once in a process: it gives the same primary context
 * of a device to every session, though each finds devices by itself. So the lock of a context
 * belongs to what the driver knows it by. Thread-safe.
 */
final class DriverContexts {
  private static final DriverContexts OF_PROCESS = new DriverContexts();

  private final Map<CUcontext, ReentrantReadWriteLock> locks = new ConcurrentHashMap<>();

  private DriverContexts() {}

  /** The lock of a retained context: shared by those who write launches down, of all sessions. */
  static ReentrantReadWriteLock lockOf(CUcontext context) {
    return OF_PROCESS.locks.computeIfAbsent(context, _ -> new ReentrantReadWriteLock());
  }
}
