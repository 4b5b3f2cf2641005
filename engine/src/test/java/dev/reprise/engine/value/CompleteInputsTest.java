package dev.reprise.engine.value;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.rewrite.Binds;
import dev.reprise.cache.rewrite.BoundMatrix;
import dev.reprise.cache.rewrite.Facts;
import dev.reprise.lineage.LineageItem;
import dev.reprise.memory.AbsentMatrix;
import dev.reprise.memory.AbsentValue;
import dev.reprise.memory.Handle;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.MatrixValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Shape;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From which values something can be computed without waiting. */
class CompleteInputsTest {
  private static final LineageItem X = leaf("x");
  private static final LineageItem Y = leaf("y");

  private static LineageItem leaf(String name) {
    return LineageItem.leaf(
        new Operation(OperationTable.standard().get("read"), Attributes.of("fingerprint", name)),
        name);
  }

  private static CompleteInputs of(List<LineageItem> items, List<Value> values) {
    return CompleteInputs.of(items.toArray(LineageItem[]::new), values.toArray(Value[]::new));
  }

  private static AbsentMatrix absent(int depth) {
    return new AbsentMatrix(
        new Shape(1, 1),
        Precision.FP64,
        new AbsentMatrix.Source() {
          @Override
          public MatrixValue make() {
            throw new AssertionError("nothing needs the cells");
          }

          @Override
          public int depth() {
            return depth;
          }

          @Override
          public long nanos() {
            return 0;
          }

          @Override
          public void close() {}
        });
  }

  @Test
  void valuesAndElementsOfListsLieUnderTheKeysOfTheirItems() {
    LineageItem list =
        LineageItem.of(
            new Operation(OperationTable.standard().get("list"), Attributes.none()), X, Y);
    Value first = Scalar.of(1.5);
    Value second = Scalar.of("two");
    Value both = new ListValue(List.of(), List.of(first, second));
    CompleteInputs inputs = of(List.of(list), List.of(both));
    assertThat(inputs.byKey())
        .hasSize(3)
        .containsEntry(list.key(), both)
        .containsEntry(X.key(), first)
        .containsEntry(Y.key(), second);
  }

  @Test
  void literalsAndVariablesWithoutValueAreLeftOut() {
    LineageItem[] items = {LineageItem.literal(Scalar.of(3)), X, null};
    Value[] values = {Scalar.of(3), null, Scalar.of(4)};
    assertThat(CompleteInputs.of(items, values).byKey()).isEmpty();
  }

  @Test
  void aValueThatIsStillToComeLeavesNothingToComputeFrom() {
    Handle handle = new Handle(1, null);
    assertThat(of(List.of(X, Y), List.of(Scalar.of(1), handle))).isNull();
    handle.complete(Scalar.of(7));
    assertThat(of(List.of(X, Y), List.of(Scalar.of(1), handle)).byKey())
        .containsEntry(Y.key(), Scalar.of(7));
  }

  @Test
  void theDeepestAbsentMatrixCountsAlsoInsideOfAList() {
    LineageItem list =
        LineageItem.of(new Operation(OperationTable.standard().get("list"), Attributes.none()), X);
    Value inside = new ListValue(List.of(), List.of(absent(4)));
    assertThat(of(List.of(list, Y), List.of(inside, absent(2))).depth()).isEqualTo(4);
  }

  @Test
  void aBoundMatrixIsThereWhenItsPartsAre() {
    AbsentMatrix first = toCome();
    AbsentMatrix second = toCome();
    Operation bind = new Operation(OperationTable.standard().get("cbind"), Attributes.none());
    Facts[] facts = {Facts.of(X), Facts.of(Y)};
    BoundMatrix bound =
        Binds.bind(
            bind,
            new Value[] {first, second},
            facts,
            (_, _) -> {
              throw new AssertionError("nobody asks for the whole");
            });
    first.make();
    assertThat(AbsentValue.isThere(bound)).isFalse();
    assertThat(AbsentValue.isThere(new ListValue(List.of(), List.of(bound)))).isFalse();
    AbsentValue.make(bound);
    assertThat(second.isPresent()).isTrue();
    assertThat(AbsentValue.isThere(bound)).isTrue();
    List.of(bound, first, second).forEach(Value::release);
  }

  /** 64 x 64 cells, which are made when somebody needs them. */
  private static AbsentMatrix toCome() {
    Shape shape = new Shape(64, 64);
    return new AbsentMatrix(
        shape,
        Precision.FP64,
        new AbsentMatrix.Source() {
          @Override
          public MatrixValue make() {
            // Another absent one is as good as cells: nobody reads them.
            return new AbsentMatrix(shape, Precision.FP64, this);
          }

          @Override
          public int depth() {
            return 1;
          }

          @Override
          public long nanos() {
            return 0;
          }

          @Override
          public void close() {}
        });
  }
}
