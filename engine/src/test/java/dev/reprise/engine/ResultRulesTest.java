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
import org.junit.jupiter.params.provider.ValueSource;

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
                switch (each) {
                  case Meta meta -> new Handle(null, meta);
                  case Boolean truth -> Scalar.of(truth);
                  case Long number -> Scalar.of(number);
                  case Double number -> Scalar.of(number);
                  case String text -> Scalar.of(text);
                  default -> (Value) each;
                })
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

  @ParameterizedTest
  @CsvSource({"1, 10, 1, 10", "10, 1, -3, 4", "0, 1, 0.25, 5", "5, 5, 1, 1"})
  void aSequenceIsAColumnOfItsNumbers(double from, double to, double step, long rows) {
    assertThat(inferred("seq", from, to, step)).isEqualTo(Meta.matrix(rows, 1));
    Object none = Scalar.absent();
    assertThat(inferred("seq", 1L, 7L, none)).isEqualTo(Meta.matrix(7, 1));
    assertThat(inferred("seq", 7L, 1L, none)).isEqualTo(Meta.matrix(7, 1));
  }

  @Test
  void nothingIsKnownOfASequenceThatEndsNowhere() {
    assertThat(inferred("seq", 1.0, 10.0, -1.0)).isNull();
    assertThat(inferred("seq", 1.0, 10.0, 0.0)).isNull();
    assertThat(inferred("seq", 1.0, Double.NaN, 1.0)).isNull();
    assertThat(inferred("seq", 1.0, Meta.DOUBLE, 1.0)).isNull();
    assertThat(inferred("seq", 1.0, "10", 1.0)).isNull();
  }

  @Test
  void aChoiceAmongCellsHasTheShapeOfItsMatrices() {
    Meta matrix = Meta.matrix(3, 4);
    assertThat(inferred("ifelse", matrix, 1.0, matrix)).isEqualTo(matrix);
    assertThat(inferred("ifelse", Meta.BOOLEAN, matrix, 0.0)).isEqualTo(matrix);
    assertThat(inferred("ifelse", matrix, Meta.matrix(4, 3), 0.0)).isNull();
    assertThat(inferred("ifelse", true, 1.0, 0.0)).isNull();
  }

  @Test
  void aDiagonalIsOfAColumnOrOfASquareMatrix() {
    assertThat(inferred("diag", Meta.matrix(3, 1))).isEqualTo(Meta.matrix(3, 3));
    assertThat(inferred("diag", Meta.matrix(3, 3))).isEqualTo(Meta.matrix(3, 1));
    assertThat(inferred("diag", Meta.matrix(1, 1))).isEqualTo(Meta.matrix(1, 1));
    assertThat(inferred("diag", Meta.matrix(3, 2))).isNull();
  }

  /** With integers alone a result may be an integer or a double. */
  @ParameterizedTest
  @ValueSource(strings = {"+", "/", "^", "%%", "%/%", "pmin", "pmax", "log_base"})
  void whatIsMadeOfADoubleAndANumberIsADouble(String opcode) {
    assertThat(inferred(opcode, Meta.DOUBLE, 2L)).isEqualTo(Meta.DOUBLE);
    assertThat(inferred(opcode, true, Meta.DOUBLE)).isEqualTo(Meta.DOUBLE);
    assertThat(inferred(opcode, Meta.INTEGER, 2L)).isNull();
    assertThat(inferred(opcode, Meta.DOUBLE, "2")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"<", "<=", ">", ">=", "==", "!="})
  void aComparisonOfNumbersIsATruthValue(String opcode) {
    assertThat(inferred(opcode, Meta.DOUBLE, 2L)).isEqualTo(Meta.BOOLEAN);
  }
}
