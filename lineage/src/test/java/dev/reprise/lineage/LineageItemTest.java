package dev.reprise.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import org.junit.jupiter.api.Test;

class LineageItemTest {
  private static final OperationTable TABLE = OperationTable.standard();
  private static final LineageItem X =
      LineageItem.leaf(operation("read", "fingerprint", "11"), "X.csv");
  private static final LineageItem TWO = LineageItem.literal(Scalar.of(2L));
  private static final LineageItem THREE = LineageItem.literal(Scalar.of(3L));

  private static Operation operation(String opcode) {
    return new Operation(TABLE.get(opcode));
  }

  private static Operation operation(String opcode, String attribute, String value) {
    return new Operation(TABLE.get(opcode), Attributes.of(attribute, value));
  }

  @Test
  void inputsAreKeptInOrderWhateverTheirNumber() {
    LineageItem[] inputs = {X, TWO, THREE, X, TWO, THREE};
    for (int n = 0; n <= inputs.length; n++) {
      LineageItem item = LineageItem.of(operation("list"), java.util.Arrays.copyOf(inputs, n));
      assertThat(item.inputCount()).isEqualTo(n);
      for (int i = 0; i < n; i++) {
        assertThat(item.input(i)).isSameAs(inputs[i]);
      }
      int beyond = n;
      assertThatThrownBy(() -> item.input(beyond)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> item.input(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void aLeafHasNoInputsAndAnswersWhatItIs() {
    assertThat(TWO.isLiteral()).isTrue();
    assertThat(TWO.literalOrNull()).isEqualTo(Scalar.of(2L));
    assertThat(TWO.note()).isNull();
    assertThat(TWO.inputCount()).isZero();
    assertThat(X.isLiteral()).isFalse();
    assertThat(X.literalOrNull()).isNull();
    assertThat(X.note()).isEqualTo("X.csv");
    assertThat(X.inputCount()).isZero();
    assertThat(LineageItem.literal(Scalar.of("text")).note()).isNull();
  }

  @Test
  void heightIsTheLongestWayToALeaf() {
    LineageItem product = LineageItem.of(operation("matmul"), X, TWO);
    LineageItem sum = LineageItem.of(operation("+"), X, product);
    LineageItem five = LineageItem.of(operation("list"), X, TWO, THREE, X, sum);
    assertThat(X.height()).isZero();
    assertThat(product.height()).isEqualTo(1);
    assertThat(sum.height()).isEqualTo(2);
    assertThat(five.height()).isEqualTo(3);
  }

  @Test
  void equalStructureMeansEqualKeyAndOrderMatters() {
    LineageItem once = LineageItem.of(operation("matmul"), X, TWO);
    LineageItem again = LineageItem.of(operation("matmul"), X, LineageItem.literal(Scalar.of(2L)));
    assertThat(once.sameAs(again)).isTrue();
    assertThat(once.key()).isEqualTo(again.key());
    assertThat(once.sameAs(LineageItem.of(operation("matmul"), TWO, X))).isFalse();
  }
}
