package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.Accelerator;
import dev.reprise.runtime.accelerator.AcceleratorInfo;
import dev.reprise.runtime.accelerator.DeviceBuffer;
import dev.reprise.runtime.accelerator.Mark;
import dev.reprise.runtime.gpu.Backend;
import dev.reprise.runtime.gpu.BufferPool;
import dev.reprise.runtime.gpu.DeviceKernels;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.KernelAccelerator;
import dev.reprise.runtime.gpu.Products;
import dev.reprise.runtime.gpu.StandardKernels;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The first OpenCL device, denying that it is a processor, so that kernels take the ways that are
 * meant for GPUs: large groups that meet at barriers.
 */
final class GroupingOpenCl implements Backend {
  private final Backend backend;
  private final Products products;

  private GroupingOpenCl(Backend backend, Products products) {
    this.backend = backend;
    this.products = products;
  }

  static Accelerator open() {
    return accelerator(new GroupingOpenCl(backend(), null));
  }

  /** With some kernels alone. */
  static Accelerator open(DeviceKernels kernels) {
    return new KernelAccelerator(new GroupingOpenCl(backend(), null), kernels);
  }

  /**
   * With a library for products, as makers of GPUs give one.
   *
   * @param calls gets the names of the library's methods that are called
   */
  static Accelerator openWithLibrary(List<String> calls) {
    Backend backend = backend();
    return accelerator(new GroupingOpenCl(backend, new HostProducts(backend, calls)));
  }

  private static Backend backend() {
    DeviceFacts facts = ((OpenClProvider.Found) Devices.openclCandidate()).facts();
    return new OpenClBackend(facts, DeviceContexts.ofProcess());
  }

  private static Accelerator accelerator(Backend backend) {
    return new KernelAccelerator(backend, StandardKernels.table());
  }

  @Override
  public Products products() {
    return products;
  }

  @Override
  public AcceleratorInfo info() {
    AcceleratorInfo info = backend.info();
    return new AcceleratorInfo(
        info.name(),
        info.product(),
        info.driver(),
        info.memoryBytes(),
        info.largestBuffer(),
        info.computeUnits(),
        false,
        info.hasDoubles());
  }

  @Override
  public void run(String kernel, Precision precision, long items, Object... arguments) {
    backend.run(kernel, precision, items, arguments);
  }

  @Override
  public void runGroups(
      String kernel, Precision precision, long groups, int groupSize, Object... arguments) {
    backend.runGroups(kernel, precision, groups, groupSize, arguments);
  }

  @Override
  public void copy(DeviceBuffer from, long fromByte, DeviceBuffer to, long toByte, long bytes) {
    backend.copy(from, fromByte, to, toByte, bytes);
  }

  @Override
  public void zero(DeviceBuffer buffer, long bytes) {
    backend.zero(buffer, bytes);
  }

  @Override
  public void read(DeviceBuffer from, MemorySegment to, long bytes) {
    backend.read(from, to, bytes);
  }

  @Override
  public Mark mark() {
    return backend.mark();
  }

  @Override
  public void upload(MemorySegment from, DeviceBuffer to, long bytes) {
    backend.upload(from, to, bytes);
  }

  @Override
  public void download(DeviceBuffer from, MemorySegment to, long bytes) {
    backend.download(from, to, bytes);
  }

  @Override
  public BufferPool<?, ?> memory() {
    return backend.memory();
  }

  @Override
  public void close() {
    backend.close();
  }
}
