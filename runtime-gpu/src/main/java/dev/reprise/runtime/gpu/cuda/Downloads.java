package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.accelerator.DeviceException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Copies to the host, by any thread, each on a lane of its own: a stream and pinned pieces. Who
 * finds no lane free waits for one; who has a lane waits for the device alone.
 */
final class Downloads {
  private final String device;
  private final BlockingQueue<PinnedPieces> free;

  /**
   * @param lanes not owned
   */
  Downloads(CudaContext context, List<PinnedPieces> lanes) {
    device = context.device();
    free = new ArrayBlockingQueue<>(lanes.size(), true, lanes);
  }

  void download(DeviceAddress from, MemorySegment to, long bytes) {
    PinnedPieces lane = lane();
    try {
      lane.download(from, to, bytes);
    } finally {
      free.add(lane);
    }
  }

  private PinnedPieces lane() {
    try {
      return free.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DeviceException(device + ": a copy to the host was interrupted", false);
    }
  }
}
