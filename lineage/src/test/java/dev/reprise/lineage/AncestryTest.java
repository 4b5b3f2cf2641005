package dev.reprise.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import org.junit.jupiter.api.Test;

class AncestryTest {
  private static Operation operation(String name) {
    return new Operation(OperationTable.standard().get(name));
  }

  private static LineageItem data(long rows) {
    return LineageItem.of(
        operation("seq"),
        LineageItem.literal(Scalar.of(1L)),
        LineageItem.literal(Scalar.of(rows)),
        LineageItem.literal(Scalar.absent()));
  }

  @Test
  void aValueHasItselfAndWhatItWasMadeOf() {
    LineageItem twice = LineageItem.of(operation("+"), data(3), data(3));
    LineageItem root = LineageItem.of(operation("sqrt"), twice);
    assertThat(Ancestry.has(root, root)).isTrue();
    assertThat(Ancestry.has(root, LineageItem.of(operation("+"), data(3), data(3)))).isTrue();
    assertThat(Ancestry.has(root, data(3))).isTrue();
  }

  @Test
  void aValueHasNeitherOtherDataNorWhatIsMadeOfIt() {
    LineageItem root = LineageItem.of(operation("sqrt"), data(3));
    assertThat(Ancestry.has(root, data(4))).isFalse();
    assertThat(Ancestry.has(data(3), root)).isFalse();
    assertThat(Ancestry.has(root, LineageItem.of(operation("exp"), data(3)))).isFalse();
  }

  @Test
  void aHistoryThatDoublesWithEachStepIsLookedAtOnce() {
    LineageItem item = data(3);
    for (int i = 0; i < 200; i++) {
      item = LineageItem.of(operation("+"), item, item);
    }
    assertThat(Ancestry.has(item, data(3))).isTrue();
    assertThat(Ancestry.has(item, data(4))).isFalse();
  }
}
