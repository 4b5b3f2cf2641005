package dev.reprise.runtime.gpu.cuda;

import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;
import static jcuda.driver.JCudaDriver.cuMemAllocHost;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;

import java.lang.foreign.MemorySegment;
import jcuda.driver.CUevent;
import jcuda.driver.CUstream;

/**
 * Pieces of pinned host memory, used in turn, through which copies of any size go: only from pinned
 * memory does the device copy by itself, while the host fills or empties the next piece. Confined
 * to one thread at a time.
 */
final class PinnedPieces {
  private final CudaContext context;
  private final CUstream stream;
  private final long pieceBytes;
  private final HostAddress[] addresses;
  private final MemorySegment[] pieces;
  private final CUevent[] copied;
  private int next;

  /**
   * @param stream where the copies run
   */
  PinnedPieces(
      CudaContext context, CudaEvents events, CUstream stream, int pieces, long pieceBytes) {
    this.context = context;
    this.stream = stream;
    this.pieceBytes = pieceBytes;
    this.addresses = new HostAddress[pieces];
    this.pieces = new MemorySegment[pieces];
    this.copied = new CUevent[pieces];
    try {
      for (int i = 0; i < pieces; i++) {
        HostAddress address = new HostAddress();
        context.check(cuMemAllocHost(address, pieceBytes));
        addresses[i] = address;
        this.pieces[i] = address.segment(pieceBytes);
        copied[i] = events.record(stream);
      }
    } catch (RuntimeException e) {
      close(events);
      throw e;
    }
  }

  /** Starts a copy to the device; returns when the source may change. */
  void upload(MemorySegment from, DeviceAddress to, long bytes) {
    for (long done = 0; done < bytes; done += pieceBytes) {
      long size = Math.min(pieceBytes, bytes - done);
      int piece = turn();
      context.check(cuEventSynchronize(copied[piece]));
      MemorySegment.copy(from, done, pieces[piece], 0, size);
      context.check(cuMemcpyHtoDAsync(to.withByteOffset(done), addresses[piece], size, stream));
      context.check(cuEventRecord(copied[piece], stream));
    }
  }

  /** Copies from the device; returns when all is there. */
  void download(DeviceAddress from, MemorySegment to, long bytes) {
    long ahead = 0;
    for (long done = 0; done < bytes; done += pieceBytes) {
      while (ahead < bytes && ahead < done + pieces.length * pieceBytes) {
        int piece = (int) (ahead / pieceBytes % pieces.length);
        long size = Math.min(pieceBytes, bytes - ahead);
        context.check(
            cuMemcpyDtoHAsync(addresses[piece], from.withByteOffset(ahead), size, stream));
        context.check(cuEventRecord(copied[piece], stream));
        ahead += size;
      }
      int piece = (int) (done / pieceBytes % pieces.length);
      context.check(cuEventSynchronize(copied[piece]));
      MemorySegment.copy(pieces[piece], 0, to, done, Math.min(pieceBytes, bytes - done));
    }
  }

  private int turn() {
    int turn = next;
    next = (next + 1) % pieces.length;
    return turn;
  }

  /** After everything on the device has ended. */
  void close(CudaEvents events) {
    for (int i = 0; i < pieces.length && addresses[i] != null; i++) {
      if (copied[i] != null) {
        events.give(copied[i]);
      }
      cuMemFreeHost(addresses[i]);
    }
  }
}
