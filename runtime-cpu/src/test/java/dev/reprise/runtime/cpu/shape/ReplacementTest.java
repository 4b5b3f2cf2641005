package dev.reprise.runtime.cpu.shape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.testkit.CountingAllocator;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReplacementTest {
  @Test
  void codeThatIsNotThereIsLookedForOncePerKindOfPattern() {
    CountingAllocator allocator = new CountingAllocator();
    DenseMatrix x = DenseMatrix.allocate(allocator, 3000, 1);
    DenseMatrix out = DenseMatrix.allocate(allocator, 3000, 1);
    for (int i = 0; i < 3000; i++) {
      x.set(i, 0, i % 3 == 0 ? Double.NaN : i % 3);
    }
    AtomicInteger looks = new AtomicInteger();
    Replacement replacement =
        new Replacement(_ -> {
          looks.incrementAndGet();
          return null;
        });
    for (int call = 0; call < 3; call++) {
      replacement.copy(x, out, 1, 7).run(0, 3000);
      assertThat(out.get(2998, 0)).isEqualTo(7);
      assertThat(out.get(2999, 0)).isEqualTo(2);
      replacement.copy(x, out, Double.NaN, 5).run(0, 3000);
      assertThat(out.get(2997, 0)).isEqualTo(5);
    }
    assertThat(looks).hasValue(2);
  }
}
