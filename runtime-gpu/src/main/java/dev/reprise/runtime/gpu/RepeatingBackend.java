package dev.reprise.runtime.gpu;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.AcceleratorInfo;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.Mark;
import java.lang.foreign.MemorySegment;

/**
 * A backend whose launches are offered to the {@link IterationUnderWay} before they are made: that
 * holds back what a loop's iterations launch again and again, and issues it at once. Everything
 * else goes on to the device.
 *
 * <p>The host's side of each operation runs as ever. Uploads go ahead: they are into memory that no
 * held launch uses.
 *
 * <p><b>Threads.</b> As {@link Backend} says.
 */
final class RepeatingBackend implements Backend {
  private final Backend device;
  private final IterationUnderWay iteration;
  private final Products products;
  private final CompressedProducts compressedProducts;

  /**
   * @param device owned from now on
   */
  RepeatingBackend(Backend device) {
    this.device = device;
    this.iteration = new IterationUnderWay(device);
    this.products =
        device.products() == null ? null : new NotedProducts(device.products(), iteration);
    this.compressedProducts =
        device.compressedProducts() == null ? null : unheld(device.compressedProducts());
  }

  /** The library's products, which are never held back: the iteration is told before each. */
  private CompressedProducts unheld(CompressedProducts library) {
    return (precision, x, y, n, out, scratch) -> {
      iteration.beforeOther();
      library.multiply(precision, x, y, n, out, scratch);
    };
  }

  /** The device itself. */
  Backend device() {
    return device;
  }

  /** What is repeated, and held back of it. */
  IterationUnderWay iteration() {
    return iteration;
  }

  // ---- launches

  private void submit(Launch launch) {
    if (!iteration.holds(launch)) {
      launch.issue(device);
      iteration.note(launch);
    }
  }

  @Override
  public void run(String kernel, Precision precision, long items, Object... arguments) {
    submit(Launch.items(null, kernel, precision, items, arguments));
  }

  @Override
  public void runGroups(
      String kernel, Precision precision, long groups, int groupSize, Object... arguments) {
    submit(Launch.groups(null, kernel, precision, groups, groupSize, arguments));
  }

  @Override
  public GeneratedKernels.Language language() {
    return device.language();
  }

  @Override
  public void run(
      GeneratedKernels kernels, String name, Precision precision, long items, Object... arguments) {
    submit(Launch.items(kernels, name, precision, items, arguments));
  }

  @Override
  public void runGroups(
      GeneratedKernels kernels,
      String name,
      Precision precision,
      long groups,
      int groupSize,
      Object... arguments) {
    submit(Launch.groups(kernels, name, precision, groups, groupSize, arguments));
  }

  @Override
  public void copy(DeviceBuffer from, long fromByte, DeviceBuffer to, long toByte, long bytes) {
    submit(Launch.copy(from, fromByte, to, toByte, bytes));
  }

  @Override
  public void zero(DeviceBuffer buffer, long bytes) {
    submit(Launch.zero(buffer, bytes));
  }

  @Override
  public boolean prefersKernels(long bytes) {
    return iteration.mayRepeat() && device.prefersKernels(bytes);
  }

  @Override
  public boolean prefersCopy(DeviceBuffer operand, long bytes) {
    return iteration.mayRepeat() && device.prefersCopy(operand, bytes);
  }

  @Override
  public Products products() {
    return products;
  }

  @Override
  public CompressedProducts compressedProducts() {
    return compressedProducts;
  }

  // ---- everything else

  @Override
  public AcceleratorInfo info() {
    return device.info();
  }

  @Override
  public void read(DeviceBuffer from, MemorySegment to, long bytes) {
    iteration.beforeOther();
    device.read(from, to, bytes);
  }

  @Override
  public Mark mark() {
    return iteration.mark();
  }

  /** Into memory that nothing held back uses, so it need not wait for that. */
  @Override
  public void upload(MemorySegment from, DeviceBuffer to, long bytes) {
    device.upload(from, to, bytes);
  }

  @Override
  public void download(DeviceBuffer from, MemorySegment to, long bytes) {
    device.download(from, to, bytes);
  }

  @Override
  public double peerRate(Backend peer) {
    return device.peerRate(((RepeatingBackend) peer).device);
  }

  @Override
  public void copyFromPeer(Backend peer, DeviceBuffer from, DeviceBuffer to, long bytes) {
    device.copyFromPeer(((RepeatingBackend) peer).device, from, to, bytes);
  }

  @Override
  public DeviceBuffer allocate(long bytes) {
    return iteration.allocate(bytes);
  }

  @Override
  public long partAlignment() {
    return device.partAlignment();
  }

  /** Of a buffer that is pinned: launches that are held back may read it. */
  @Override
  public DeviceBuffer part(DeviceBuffer whole, long firstByte, long bytes) {
    return device.part(whole, firstByte, bytes);
  }

  @Override
  public long launches() {
    return device.launches();
  }

  @Override
  public BufferPool<?, ?> memory() {
    return device.memory();
  }

  /** Buffers that were handed out and not released, less those that are kept for iterations. */
  long liveBuffers() {
    return memory().live() - iteration.unusedBuffers();
  }

  /** When the worker has ended. */
  @Override
  public void close() {
    try {
      iteration.close();
    } finally {
      device.close();
    }
  }
}
