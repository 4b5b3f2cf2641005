package dev.reprise.engine.level;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.FrameLayout;
import dev.reprise.engine.control.LineageBudget;
import dev.reprise.engine.region.Region;
import dev.reprise.language.Position;
import dev.reprise.language.program.BlockAccess;
import dev.reprise.language.program.Procedure;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;
import dev.reprise.lineage.TraceCut;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a call or block began from is cut with the traces of the variables. */
class HeldTracesTest {
  private static final long BUDGET = 100_000;

  private final LineageBudget budget =
      new LineageBudget(BUDGET, 1, new PrintStream(OutputStream.nullOutputStream()));

  private static Procedure procedure(int slots) {
    return new Procedure(
        "main",
        List.of(),
        List.of(),
        Collections.nCopies(slots, "x"),
        List.of(),
        List.of(),
        new Position("test", 1, 1));
  }

  private static Activation activation(Procedure procedure) {
    return new Activation(new FrameLayout(procedure), null, null, true);
  }

  private static LineageItem chain(double first, int length) {
    Operation transpose = new Operation(OperationTable.standard().get("t"));
    LineageItem item = LineageItem.of(transpose, LineageItem.literal(Scalar.of(first)));
    for (int i = 1; i < length; i++) {
      item = LineageItem.of(transpose, item);
    }
    return item;
  }

  @Test
  void whatNoVariableHoldsAnyMoreIsCutAsLongAsItIsHeld() {
    Activation activation = activation(procedure(2));
    LineageItem overwritten = chain(1, 5_000);
    LineageItem shared = chain(2, 5_000);
    Key key = overwritten.key();
    LineageItem[] inputs = {overwritten, null, shared};
    activation.items[0] = shared;
    activation.hold(inputs);
    budget.look(activation, BUDGET);
    assertThat(TraceCut.isCut(inputs[0])).isTrue();
    assertThat(inputs[0].key()).isEqualTo(key);
    assertThat(inputs[1]).isNull();
    assertThat(inputs[2]).isSameAs(activation.items[0]);
    assertThat(TraceCut.isCut(inputs[2])).isTrue();
    assertThat(budget.use().bytes()).isLessThan(BUDGET);
    assertThat(budget.use().peakBytes()).isGreaterThan(10_000 * 40);
  }

  @Test
  void whatABlockDoesNotReadIsCutWhileItRunsAndIsThereAgainWhenItWasNotWritten() {
    Procedure procedure = procedure(3);
    Activation activation = activation(procedure);
    Region region =
        Region.ofLoop(List.of(), new BlockAccess(List.of(1), List.of(0, 1, 2), false), procedure);
    for (int slot = 0; slot < 3; slot++) {
      activation.items[slot] = chain(slot, 5_000);
    }
    Key key = activation.items[0].key();
    LineageItem written = chain(4, 3);
    BlockMarks marks = new BlockMarks(activation, region);
    activation.items[2] = written;
    budget.look(activation, BUDGET);
    assertThat(budget.use().peakBytes()).isGreaterThan(15_000 * 40);
    assertThat(budget.use().bytes()).isLessThan(BUDGET);
    marks.remove();
    assertThat(activation.held()).isEmpty();
    assertThat(TraceCut.isCut(activation.items[0])).isTrue();
    assertThat(activation.items[0].key()).isEqualTo(key);
    assertThat(TraceCut.isCut(activation.items[1])).isTrue();
    assertThat(activation.items[2].key()).isEqualTo(written.key());
    assertThat(marks.isUntouched(0)).isTrue();
    assertThat(marks.isUntouched(1)).isTrue();
    assertThat(marks.isUntouched(2)).isFalse();
  }

  @Test
  void whatIsNotHeldAnyMoreStaysAsItIs() {
    Activation activation = activation(procedure(1));
    LineageItem[] outer = {chain(1, 5_000)};
    LineageItem[] inner = {chain(2, 5_000)};
    LineageItem known = inner[0];
    activation.hold(outer);
    activation.hold(inner);
    activation.letGo();
    budget.look(activation, BUDGET);
    assertThat(inner[0]).isSameAs(known);
    assertThat(TraceCut.isCut(outer[0])).isTrue();
    activation.letGo();
    assertThat(activation.held()).isEmpty();
  }
}
