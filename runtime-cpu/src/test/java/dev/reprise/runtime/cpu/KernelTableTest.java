package dev.reprise.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Kernel;
import dev.reprise.runtime.operation.Opcode;
import dev.reprise.runtime.operation.OperationTable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KernelTableTest {
  private final OperationTable operations = OperationTable.standard();

  @Test
  void opcodesAreNumberedWithoutGaps() {
    int size = operations.all().size();
    assertThat(operations.all())
        .extracting(Opcode::number)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, size).boxed().toList());
  }

  @Test
  void aKernelIsFoundByItsOpcodeAlone() {
    Kernel sum = (operation, inputs, context) -> inputs;
    Kernel exp = (operation, inputs, context) -> inputs;
    KernelTable table = new KernelTable.Builder().add("sum", sum).add("exp", exp).build();
    for (Opcode opcode : operations.all()) {
      Kernel expected =
          switch (opcode.name()) {
            case "sum" -> sum;
            case "exp" -> exp;
            default -> null;
          };
      assertThat(table.find(opcode)).isSameAs(expected);
      assertThat(table.find(opcode.name())).isSameAs(expected);
    }
  }
}
