package dev.reprise.runtime.gpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.SparseComparison;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CudaSparseComparisonTest extends SparseComparison {
  CudaSparseComparisonTest() {
    super(Devices.cuda());
  }

  /** Counts of the simulated cuSPARSE: products by matrix, by vector. */
  private static long[] products() {
    Path library =
        Path.of(SimulatedDriver.environment("CUDA_HOME")).resolve("lib64/libcusparse.so.12");
    MemorySegment counts =
        SymbolLookup.libraryLookup(library, Arena.global())
            .find("simulatorSparseProducts")
            .orElseThrow()
            .reinterpret(16);
    return counts.toArray(ValueLayout.JAVA_LONG);
  }

  @Test
  void theLibraryMultipliesByMatricesAndByVectors() {
    assumeFalse(Devices.isDriverInstalled(), "the counts are the simulated library's");
    long[] before = products();
    chainsAreClose();
    productsOfACompressedAndADenseMatrixAreClose();
    long[] after = products();
    assertThat(after[0]).isGreaterThan(before[0]);
    assertThat(after[1]).isGreaterThan(before[1]);
  }
}
