package dev.reprise.runtime.accelerator;

import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.operation.Operation;
import java.lang.foreign.MemorySegment;

/**
 * A device with memory of its own: a CUDA GPU, an OpenCL device.
 *
 * <p><b>Order.</b> Launches run one after the other in the order of the calls. Uploads run beside
 * earlier launches and before later ones. A buffer that was released may be handed out again while
 * earlier launches still use it; the accelerator sees to it that nothing is overwritten too early.
 *
 * <p><b>Threads.</b> {@link #launch}, {@link #mark} and {@link #upload} by one thread at a time,
 * its worker's; everything else by any thread.
 */
public interface Accelerator extends AutoCloseable {

  AcceleratorInfo info();

  default String name() {
    return info().name();
  }

  /** What bits of results depend on besides operation and operands. */
  default String deviceClass() {
    return info().product() + ", " + info().driver();
  }

  /**
   * True when there is a kernel for an operation on such operands.
   *
   * @param described scalars as they are, and matrices and numbers in its memory, with or without
   *     their cells; numbers only of an accelerator that computes in fp64
   */
  boolean supports(Operation operation, DeviceOperand[] described);

  /**
   * Starts one operation and returns without waiting for its end, unless the shape of the result
   * depends on cells.
   *
   * @param inputs scalars, and matrices and numbers (one cell of fp64 each) in this accelerator's
   *     memory; they must stay until a later mark is reached
   * @param allocator memory for results and scratch; nothing stays allocated after an exception
   * @return one operand per output, owned by the caller: matrices in this accelerator's memory,
   *     whose cells are complete when a later mark is reached. A scalar result is a scalar, or a
   *     matrix of one cell that becomes one
   * @throws dev.reprise.runtime.OperandException for values that the operation does not accept
   * @throws dev.reprise.runtime.ResourceException when memory runs out
   * @throws DeviceException when the launch fails
   */
  DeviceOperand[] launch(Operation operation, DeviceOperand[] inputs, DeviceAllocator allocator);

  /**
   * True when a tree of element-wise operations can be computed in one kernel.
   *
   * @param described leaves, described as in {@link #supports(Operation, DeviceOperand[])}
   * @param rows rows of the tree's root, below an aggregate
   * @param cols columns of it
   */
  default boolean supports(
      CellExpression expression,
      Precision precision,
      DeviceOperand[] described,
      long rows,
      long cols) {
    return false;
  }

  /**
   * Starts a tree of element-wise operations as one kernel, as {@link #launch(Operation,
   * DeviceOperand[], DeviceAllocator)} does one operation. Without an aggregate the cells have the
   * bits that the operations one by one would give them; sums agree as sums on one device do.
   */
  default DeviceOperand[] launch(
      CellExpression expression,
      Precision precision,
      DeviceOperand[] leaves,
      long rows,
      long cols,
      DeviceAllocator allocator) {
    throw new UnsupportedOperationException(name() + " fuses no operations");
  }

  /** A mark behind everything launched so far. */
  Mark mark();

  /**
   * Starts to copy from host memory; launches that follow wait for it.
   *
   * @param from must stay as it is until a later mark is reached
   */
  void upload(MemorySegment from, DeviceBuffer to, long bytes);

  /**
   * Copies to host memory and waits for the end of it. The cells must be complete: a mark behind
   * the launch that made them has been reached.
   */
  void download(DeviceBuffer from, MemorySegment to, long bytes);

  /**
   * How fast cells come from another accelerator without memory of the host being taken for them,
   * in bytes per nanosecond; 0 when they cannot. Any thread.
   */
  default double peerRate(Accelerator peer) {
    return 0;
  }

  /**
   * Starts to copy from another accelerator's memory; launches that follow wait for it. By this
   * accelerator's worker; only where {@link #peerRate} is positive.
   *
   * @param from complete cells; must stay until a later mark of this accelerator is reached
   * @throws DeviceException when either device fails at it
   */
  default void copyFromPeer(Accelerator peer, DeviceBuffer from, DeviceBuffer to, long bytes) {
    throw new UnsupportedOperationException(name() + " copies nothing from " + peer.name());
  }

  /**
   * Memory with undefined content, without regard to any budget but the device's own size.
   *
   * @throws dev.reprise.runtime.ResourceException when there is none
   */
  DeviceBuffer allocate(long bytes);

  /** Where parts of buffers may begin, in bytes; 0 when there are no parts here. Any thread. */
  default long partAlignment() {
    return 0;
  }

  /**
   * A part of a buffer, for launches to read: no memory of its own. Released before the buffer,
   * once a mark behind its last launch has been reached. By the worker.
   *
   * @param firstByte a multiple of {@link #partAlignment}
   * @throws dev.reprise.runtime.ResourceException when the device is short of what that takes
   */
  default DeviceBuffer part(DeviceBuffer whole, long firstByte, long bytes) {
    throw new UnsupportedOperationException(name() + " knows no parts of buffers");
  }

  /**
   * A loop begins an iteration. What its iterations launch again and again may be held back from
   * now on until the next iteration begins, and be issued at once; marks behind such launches are
   * reached when they all have ended. By the worker, which calls {@link #issueHeld} before it waits
   * for anything but a mark of this accelerator, and when nothing more comes.
   *
   * @param loop compared by identity
   * @param ended whether an iteration of the same loop ends here
   * @return false for a loop that is left alone, since its iterations launch so little: they are
   *     parts of those of the loop around it
   */
  default boolean repeats(Object loop, boolean ended) {
    return true;
  }

  /** True while launches that come may be held back. By the worker. */
  default boolean mayHold() {
    return false;
  }

  /** True while launches are held back. By the worker. */
  default boolean isHolding() {
    return false;
  }

  /** True when another thread waits for launches that are held back. By the worker. */
  default boolean isDemanded() {
    return false;
  }

  /**
   * Issues what is held back. By the worker.
   *
   * @param again whether later iterations are likely to come to the same: when that happens too
   *     often, nothing of the loop is held back any more
   */
  default void issueHeld(boolean again) {}

  /** A buffer that is kept for this allocation of a repeated iteration, or null. By the worker. */
  default DeviceBuffer kept(long bytes) {
    return null;
  }

  /** Gives up the memory that is kept for such iterations; false when none is. By the worker. */
  default boolean forgetRepeated() {
    return false;
  }

  /** Iterations that were issued at once. Any thread. */
  default long replays() {
    return 0;
  }

  /**
   * Kernels, library calls and copies within the device that were started so far; 0 where nobody
   * counts. Any thread.
   */
  default long launches() {
    return 0;
  }

  /** Buffers handed out and not released; for tests and reports. */
  long liveBuffers();

  /** Bytes of the buffers that are handed out, rounded up to what the device aligns them to. */
  long usedBytes();

  /** Bytes taken from the device, in use or lying free in the pool. */
  long mappedBytes();

  /** Gives pooled memory that nobody uses back to the device. */
  void trim();

  /** Sets how many bytes may be taken from the device, but for a few percent more. */
  default void limit(long bytes) {}

  /** Waits for what was launched and gives everything back. */
  @Override
  void close();
}
