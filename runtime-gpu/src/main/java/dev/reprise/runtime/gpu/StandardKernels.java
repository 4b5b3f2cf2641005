package dev.reprise.runtime.gpu;

import dev.reprise.runtime.gpu.kernel.AggregateKernels;
import dev.reprise.runtime.gpu.kernel.CellKernels;
import dev.reprise.runtime.gpu.kernel.CreateKernels;
import dev.reprise.runtime.gpu.kernel.FactorisationKernels;
import dev.reprise.runtime.gpu.kernel.FilterKernel;
import dev.reprise.runtime.gpu.kernel.LayerKernels;
import dev.reprise.runtime.gpu.kernel.NeuralKernels;
import dev.reprise.runtime.gpu.kernel.OptimiserKernels;
import dev.reprise.runtime.gpu.kernel.OrderKernel;
import dev.reprise.runtime.gpu.kernel.ProductKernels;
import dev.reprise.runtime.gpu.kernel.ScanKernels;
import dev.reprise.runtime.gpu.kernel.ShapeKernels;
import dev.reprise.runtime.gpu.kernel.StatisticsKernels;
import dev.reprise.runtime.gpu.kernel.TableKernel;

/** All families of kernels. */
public final class StandardKernels {
  private StandardKernels() {}

  public static DeviceKernels table() {
    DeviceKernels.Builder kernels = new DeviceKernels.Builder();
    CellKernels.register(kernels);
    CreateKernels.register(kernels);
    ShapeKernels.register(kernels);
    AggregateKernels.register(kernels);
    StatisticsKernels.register(kernels);
    ProductKernels.register(kernels);
    FactorisationKernels.register(kernels);
    FilterKernel.register(kernels);
    OrderKernel.register(kernels);
    ScanKernels.register(kernels);
    TableKernel.register(kernels);
    NeuralKernels.register(kernels);
    LayerKernels.register(kernels);
    OptimiserKernels.register(kernels);
    return kernels.build();
  }
}
