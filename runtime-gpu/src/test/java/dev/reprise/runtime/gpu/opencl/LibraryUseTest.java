package dev.reprise.runtime.gpu.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.gpu.Comparison;
import dev.reprise.runtime.operation.Attributes;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Which products the library of a device's maker computes. */
class LibraryUseTest {
  private static final Attributes NONE = Attributes.none();
  private static final Precision FP64 = Precision.FP64;

  @Test
  void theLibraryMultipliesWhatIsNotLimitedByMemory() {
    List<String> calls = new ArrayList<>();
    try (Comparison comparison = new Comparison(GroupingOpenCl.openWithLibrary(calls))) {
      SplittableRandom random = new SplittableRandom(1);
      DenseMatrix x = comparison.matrix(random, 30, 20, FP64, false);
      comparison.assertWithin(1e-12, "matmul", Attributes.of("tb", "true"), FP64, x, x);
      comparison.assertWithin(1e-12, "tsmm", NONE, FP64, x);
      assertThat(calls).containsExactly("gemm", "syrk");
      DenseMatrix v = comparison.matrix(random, 20, 1, FP64, false);
      comparison.assertWithin(1e-12, "matmul", NONE, FP64, x, v);
      assertThat(calls).hasSize(2);
    }
  }

  @Test
  void factorisationsUpdateWhatIsLeftByTheLibrary() {
    List<String> calls = new ArrayList<>();
    try (Comparison comparison = new Comparison(GroupingOpenCl.openWithLibrary(calls))) {
      SplittableRandom random = new SplittableRandom(2);
      DenseMatrix a = comparison.matrix(random, 70, 70, FP64, false);
      comparison.assertWithin(1e-10, "inv", NONE, FP64, a);
      assertThat(calls).contains("gemm");
    }
  }
}
