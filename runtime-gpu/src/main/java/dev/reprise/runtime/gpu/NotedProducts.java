package dev.reprise.runtime.gpu;

import dev.reprise.runtime.accelerator.DeviceBuffer;

/**
 * The library's products as launches of an {@link IterationUnderWay}, held back or noted; those
 * that it does not take are launched otherwise. By the worker.
 */
final class NotedProducts implements Products {
  private final Products library;
  private final IterationUnderWay iteration;

  NotedProducts(Products library, IterationUnderWay iteration) {
    this.library = library;
    this.iteration = iteration;
  }

  @Override
  public boolean gemm(GeneralProduct product) {
    Launch launch = Launch.gemm(product);
    return iteration.holds(launch) || noted(launch, library.gemm(product));
  }

  @Override
  public boolean syrk(SelfProduct product) {
    Launch launch = Launch.syrk(product);
    return iteration.holds(launch) || noted(launch, library.syrk(product));
  }

  private boolean noted(Launch launch, boolean taken) {
    if (taken) {
      iteration.note(launch);
    }
    return taken;
  }

  @Override
  public DeviceBuffer part(DeviceBuffer buffer, long fromByte) {
    return library.part(buffer, fromByte);
  }
}
