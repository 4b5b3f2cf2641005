package dev.reprise.engine.region;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.lineage.ContentKeys;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Attributes;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What executions left, as bytes and back. */
class RegionRecordTest {
  private static final OperationTable TABLE = OperationTable.standard();

  private static final LineageItem INPUT =
      LineageItem.leaf(
          new Operation(TABLE.get("read"), Attributes.of("fingerprint", "f")), "a.csv");

  private static final LineageItem[] INPUTS = {INPUT, null};

  private static final ContentKeys CONTENTS = new ContentKeys();

  private static Composite composite(Composite.Part... parts) {
    return new Composite(parts, List.of(), 1_000_000, 0, 2_000_000);
  }

  private static Composite.Part cached() {
    LineageItem item = LineageItem.of(new Operation(TABLE.get("t")), INPUT);
    return new Composite.Cached(item.key(), item, null);
  }

  private static Composite readAgain(byte[] record) {
    assertThat(record).isNotNull();
    return RegionRecord.read(record, INPUTS, CONTENTS, TABLE);
  }

  @Test
  void aLoopThatLeavesNothingIsReadAsOneThatLeavesNothing() {
    Composite.Part[] parts = {
      Composite.NoValue.CLEARED,
      Composite.NoValue.UNCHANGED,
      Composite.NoValue.ABSENT,
      new Composite.Input(0)
    };
    for (byte[] record :
        List.of(
            RegionRecord.write(composite(parts), INPUTS, CONTENTS),
            RegionRecord.writeLoop(composite(parts), INPUTS, CONTENTS))) {
      Composite found = readAgain(record);
      assertThat(found).isNotNull();
      assertThat(found.parts()).isEqualTo(parts);
      assertThat(found.work()).isEqualTo(1_000_000);
      assertThat(found.costNanos()).isEqualTo(2_000_000);
    }
  }

  @Test
  void aLoopThatLeavesAValueIsReadWithItsHistory() {
    Composite.Part inline = new Composite.Inline(Scalar.of(3), LineageItem.literal(Scalar.of(3)));
    Composite left = composite(cached(), Composite.NoValue.CLEARED, inline);
    for (byte[] record :
        List.of(
            RegionRecord.write(left, INPUTS, CONTENTS),
            RegionRecord.writeLoop(left, INPUTS, CONTENTS))) {
      Composite.Part[] parts = readAgain(record).parts();
      assertThat(parts).hasSize(3);
      Composite.Cached value = (Composite.Cached) parts[0];
      assertThat(value.item().key()).isEqualTo(((Composite.Cached) left.parts()[0]).key());
      assertThat(value.item().input(0)).isSameAs(INPUT);
      assertThat(parts[1]).isEqualTo(Composite.NoValue.CLEARED);
      assertThat(((Composite.Inline) parts[2]).value().asLong()).isEqualTo(3);
    }
  }

  @Test
  void literalsOfOneValueAreCountedOrNotAsTheyWere() {
    Composite.Part plain = new Composite.Inline(Scalar.of(3), LineageItem.literal(Scalar.of(3)));
    Composite.Part counted = new Composite.Inline(Scalar.of(3), LineageItem.counted(Scalar.of(3)));
    Composite left = composite(plain, counted, plain);
    for (byte[] record :
        List.of(
            RegionRecord.write(left, INPUTS, CONTENTS),
            RegionRecord.writeLoop(left, INPUTS, CONTENTS))) {
      assertThat(readAgain(record).parts())
          .extracting(part -> ((Composite.Inline) part).item().isCounted())
          .containsExactly(false, true, false);
    }
  }

  @Test
  void whatIsDamagedOrOfOtherInputsIsAsGoodAsAbsent() {
    byte[] record = RegionRecord.writeLoop(composite(cached()), INPUTS, CONTENTS);
    LineageItem other =
        LineageItem.leaf(
            new Operation(TABLE.get("read"), Attributes.of("fingerprint", "g")), "a.csv");
    assertThat(RegionRecord.read(record, new LineageItem[] {other, null}, CONTENTS, TABLE))
        .isNull();
    byte[] shorter = java.util.Arrays.copyOf(record, record.length - 1);
    assertThat(RegionRecord.read(shorter, INPUTS, CONTENTS, TABLE)).isNull();
  }
}
