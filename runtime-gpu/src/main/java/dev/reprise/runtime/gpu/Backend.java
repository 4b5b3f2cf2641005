package dev.reprise.runtime.gpu;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.accelerator.AcceleratorInfo;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.Mark;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What families of kernels need of a device: launches in one sequence, copies, memory. Threads as
 * {@link dev.reprise.runtime.accelerator.Accelerator} says; launches, device copies and {@link
 * #read} by its worker alone.
 *
 * <p>A kernel is named {@code file/name}, say {@code cells/add}. Arguments are {@link
 * DeviceBuffer}, {@link Long}, {@link Integer} and {@link Double}; the kernel declares them as
 * pointer, {@code LONG}, {@code int} and {@code WIDE}, whatever the precision of its cells: {@code
 * double} where the device has it, else {@code float}.
 */
public interface Backend extends AutoCloseable {

  AcceleratorInfo info();

  /**
   * Starts a kernel that loops over its items itself, from {@code FIRST} in steps of {@code STEP}.
   *
   * @param items how many there are; the backend chooses the number of threads
   */
  void run(String kernel, Precision precision, long items, Object... arguments);

  /**
   * Starts a kernel whose threads work together in groups.
   *
   * @param groups number of groups
   * @param groupSize threads of each, a power of two of at most 256
   */
  void runGroups(
      String kernel, Precision precision, long groups, int groupSize, Object... arguments);

  /** What kernels may be made from at run time, or null when all are made before. */
  default GeneratedKernels.Language language() {
    return null;
  }

  /** As {@link #run}, with a kernel that was made at run time. */
  default void run(
      GeneratedKernels kernels, String name, Precision precision, long items, Object... arguments) {
    throw new UnsupportedOperationException(info().name() + " compiles no text");
  }

  /** As {@link #runGroups}, with a kernel that was made at run time. */
  default void runGroups(
      GeneratedKernels kernels,
      String name,
      Precision precision,
      long groups,
      int groupSize,
      Object... arguments) {
    throw new UnsupportedOperationException(info().name() + " compiles no text");
  }

  /** Copies within the device, in sequence with the launches. */
  void copy(DeviceBuffer from, long fromByte, DeviceBuffer to, long toByte, long bytes);

  /** Sets bytes to zero, in sequence with the launches. */
  void zero(DeviceBuffer buffer, long bytes);

  /** Waits for everything launched and copies to the host. */
  void read(DeviceBuffer from, MemorySegment to, long bytes);

  /** True when {@link #replay} makes sequences of launches ready. */
  default boolean replays() {
    return false;
  }

  /**
   * Makes launches ready that come again and again, each time in this sequence. They have been
   * issued once, so their kernels are loaded.
   *
   * @return null when the backend issues them one by one
   */
  default LaunchReplay replay(List<Launch> launches) {
    return null;
  }

  /**
   * True when so many bytes are better copied by a kernel than by {@link #copy}: the launch may
   * come again with other addresses, and those of a kernel are set anew in a sequence that is
   * ready, while everything else is written down anew.
   */
  default boolean prefersKernels(long bytes) {
    return false;
  }

  /**
   * True when, for the same reason, an operand of so many bytes is better copied first than read
   * where it lies by a product of the library: it is a {@link #part}, and the next one lies
   * elsewhere.
   */
  default boolean prefersCopy(DeviceBuffer operand, long bytes) {
    return false;
  }

  /** See {@link dev.reprise.runtime.accelerator.Accelerator#launches}. */
  default long launches() {
    return 0;
  }

  /** The library for products that the device's maker gives, or null: then kernels of ours. */
  default Products products() {
    return null;
  }

  /** Likewise the library for products of compressed matrices, or null. */
  default CompressedProducts compressedProducts() {
    return null;
  }

  Mark mark();

  void upload(MemorySegment from, DeviceBuffer to, long bytes);

  void download(DeviceBuffer from, MemorySegment to, long bytes);

  /** See {@link dev.reprise.runtime.accelerator.Accelerator#peerRate}. */
  default double peerRate(Backend peer) {
    return 0;
  }

  /** See {@link dev.reprise.runtime.accelerator.Accelerator#copyFromPeer}. */
  default void copyFromPeer(Backend peer, DeviceBuffer from, DeviceBuffer to, long bytes) {
    throw new UnsupportedOperationException(info().name() + " copies nothing from its peers");
  }

  /** The pool that buffers come from: what it has, and its limit. */
  BufferPool<?, ?> memory();

  /** See {@link dev.reprise.runtime.accelerator.Accelerator#allocate}. */
  default DeviceBuffer allocate(long bytes) {
    if (bytes > info().largestBuffer()) {
      throw new ResourceException(
          info().name()
              + " takes no buffer of "
              + bytes
              + " bytes; its largest has "
              + info().largestBuffer());
    }
    return memory().allocate(bytes);
  }

  /** See {@link dev.reprise.runtime.accelerator.Accelerator#partAlignment}. */
  default long partAlignment() {
    return 0;
  }

  /** See {@link dev.reprise.runtime.accelerator.Accelerator#part}. */
  default DeviceBuffer part(DeviceBuffer whole, long firstByte, long bytes) {
    throw new UnsupportedOperationException(info().name() + " knows no parts of buffers");
  }

  @Override
  void close();
}
