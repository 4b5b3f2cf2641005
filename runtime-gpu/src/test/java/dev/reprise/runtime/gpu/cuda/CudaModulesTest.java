package dev.reprise.runtime.gpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Precision;
import dev.reprise.runtime.accelerator.CellExpression;
import dev.reprise.runtime.accelerator.CellExpression.Node;
import dev.reprise.runtime.accelerator.CellExpression.Spread;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.GeneratedKernels;
import dev.reprise.runtime.gpu.GeneratedKernels.Language;
import dev.reprise.runtime.gpu.kernel.FusedCells;
import dev.reprise.runtime.gpu.kernel.LeafForm;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CudaModulesTest {
  private static GeneratedKernels kernels(String opcode) {
    CellExpression expression =
        new CellExpression(
            List.of(Spread.FULL, Spread.FULL), List.of(new Node(opcode, List.of(0, 1))), null);
    return new FusedCells(expression, 5, 7)
        .kernels(Language.PTX, Precision.FP64, List.of(LeafForm.MATRIX, LeafForm.MATRIX));
  }

  /** Nothing says that a driver waits for the launches of a module that it unloads. */
  @Test
  void launchesEndBeforeAModuleIsUnloaded() {
    CudaProvider.Found found = (CudaProvider.Found) Devices.cudaCandidate();
    CudaContext context = new CudaContext(found.info().name(), found.facts().device());
    AtomicInteger waits = new AtomicInteger();
    CudaModules modules = new CudaModules(context, waits::incrementAndGet, 2);

    modules.kernel(kernels("+"), "fused_cells");
    modules.kernel(kernels("-"), "fused_cells");
    assertThat(waits).hasValue(0);
    modules.kernel(kernels("*"), "fused_cells");
    assertThat(waits).hasValue(1);
    modules.kernel(kernels("-"), "fused_cells");
    assertThat(waits).hasValue(1);

    modules.close();
    context.release();
  }
}
