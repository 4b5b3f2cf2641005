package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.memory.Handle;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Meta;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is known of results before they are computed. A program waits for an operation of which
 * nothing is known, instead of running ahead of its device.
 */
class ResultRulesTest {
  private static Meta inferred(String opcode, Object... operands) {
    Operation operation = new Operation(OperationTable.standard().get(opcode));
    Value[] inputs =
        Arrays.stream(operands)
            .map(each ->
                each instanceof Meta meta ? new Handle(null, meta) : Scalar.of((Boolean) each))
            .toArray(Value[]::new);
    return operation.opcode().result().infer(operation, inputs);
  }

  private static Meta lstm(Meta x, Meta weights, Object all) {
    Meta states = Meta.matrix(3, 2);
    return inferred("lstm", x, weights, Meta.matrix(1, 8), states, states, all);
  }

  @Test
  void theStatesOfAnLstmAreThoseOfAllStepsOrOfTheLast() {
    // Three sequences of four steps with five features, two states.
    assertThat(lstm(Meta.matrix(3, 20), Meta.matrix(7, 8), true)).isEqualTo(Meta.matrix(3, 8));
    assertThat(lstm(Meta.matrix(3, 20), Meta.matrix(7, 8), false)).isEqualTo(Meta.matrix(3, 2));
  }

  /** The kernel says what is wrong. */
  @Test
  void nothingIsKnownOfAnLstmWhoseOperandsDoNotFit() {
    assertThat(lstm(Meta.matrix(3, 21), Meta.matrix(7, 8), true)).isNull();
    assertThat(lstm(Meta.matrix(3, 20), Meta.matrix(2, 8), true)).isNull();
    assertThat(lstm(Meta.matrix(3, 20), Meta.matrix(7, 8), Meta.BOOLEAN)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"lstm_backward", "batch_norm2d", "batch_norm2d_backward"})
  void theFirstResultOfSomeLayersIsLikeTheirFirstOperand(String opcode) {
    Meta input = Meta.matrix(6, 12);
    assertThat(inferred(opcode, input, Meta.matrix(4, 8))).isEqualTo(input);
  }

  @Test
  void anOuterProductHasARowForEachCellOfItsColumn() {
    assertThat(inferred("outer", Meta.matrix(3, 1), Meta.matrix(1, 4)))
        .isEqualTo(Meta.matrix(3, 4));
    assertThat(inferred("outer", Meta.matrix(1, 3), Meta.matrix(1, 4))).isNull();
  }
}
