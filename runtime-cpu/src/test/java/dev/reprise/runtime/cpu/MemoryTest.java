package dev.reprise.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.ExecutionContext;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import dev.reprise.testkit.CountingAllocator;
import dev.reprise.testkit.Matrices;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MemoryTest {

  /** Budgets from nothing to enough: whichever allocation fails, all before it are given back. */
  @Test
  void whenMemoryRunsOutNothingStaysAllocated() {
    CountingAllocator plenty = new CountingAllocator();
    SplittableRandom random = new SplittableRandom(1);
    DenseMatrix tall = Matrices.random(plenty, random, 9000, 3);
    DenseMatrix square = Matrices.random(plenty, random, 60, 60);
    DenseMatrix wide = Matrices.random(plenty, random, 60, 2);
    DenseMatrix column = Matrices.of(plenty, new double[] {1}, new double[] {2});
    try (CpuDevice device = TestDevices.withOpenBlas()) {
      DenseMatrix symmetric = (DenseMatrix) run(device, plenty, "tsmm", square)[0];
      Map<String, Operand[]> calls =
          Map.ofEntries(
              Map.entry("tsmm", new Operand[] {tall}),
              Map.entry("matmul", new Operand[] {square, wide}),
              Map.entry("solve", new Operand[] {square, wide}),
              Map.entry("inv", new Operand[] {square}),
              Map.entry("det", new Operand[] {square}),
              Map.entry("lu", new Operand[] {square}),
              Map.entry("qr", new Operand[] {square}),
              Map.entry("svd", new Operand[] {square}),
              Map.entry("eigen", new Operand[] {symmetric}),
              Map.entry("cholesky", new Operand[] {symmetric}),
              Map.entry("rand", new Operand[] {Scalar.of(9L), Scalar.of(9L)}),
              Map.entry("sample", new Operand[] {Scalar.of(9L), Scalar.of(9L)}),
              Map.entry("table", new Operand[] {column, column}));
      calls.forEach((opcode, inputs) -> {
        int failures = 0;
        for (long budget = 0; ; budget += 1000) {
          CountingAllocator tight = new CountingAllocator(budget);
          try {
            for (Operand output : run(device, tight, opcode, inputs)) {
              if (output instanceof DenseMatrix matrix) {
                matrix.buffer().release();
              }
            }
            assertThat(tight.liveBuffers()).isZero();
            break;
          } catch (ResourceException _) {
            failures++;
            assertThat(tight.liveBuffers()).as(opcode).isZero();
          }
        }
        assertThat(failures).as(opcode).isPositive();
      });
    }
  }

  private static Operand[] run(
      CpuDevice device, CountingAllocator memory, String opcode, Operand... inputs) {
    Operation operation = new Operation(OperationTable.standard().get(opcode));
    List<Operand> all = new ArrayList<>(List.of(inputs));
    for (int i = inputs.length; i < operation.opcode().parameters().size(); i++) {
      all.add(operation.opcode().parameters().get(i).defaultValue());
    }
    return device.execute(operation, all.toArray(Operand[]::new), new ExecutionContext(memory, 2));
  }
}
