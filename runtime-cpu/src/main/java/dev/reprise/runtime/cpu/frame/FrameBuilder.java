package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Collects the columns of a frame. */
final class FrameBuilder {
  private final List<String> names = new ArrayList<>();
  private final List<ColumnType> schema = new ArrayList<>();
  private final List<Object> columns = new ArrayList<>();
  private final List<BitSet> missing = new ArrayList<>();
  private final List<Boolean> own = new ArrayList<>();

  FrameBuilder add(String name, Column column) {
    return add(name, column.type(), column.cells(), column.missing(), false);
  }

  /** Adds a column that was made for this frame alone and is given to nobody else. */
  FrameBuilder addOwn(String name, Column column) {
    return add(name, column.type(), column.cells(), column.missing(), true);
  }

  /** Adds a column of another frame without copying it: frames are immutable. */
  FrameBuilder share(Frame frame, int col) {
    return add(
        frame.names().get(col),
        frame.schema().get(col),
        frame.column(col),
        frame.missing(col),
        false);
  }

  private FrameBuilder add(String name, ColumnType type, Object cells, BitSet gaps, boolean alone) {
    names.add(name);
    schema.add(type);
    columns.add(cells);
    missing.add(gaps);
    own.add(alone);
    return this;
  }

  List<String> names() {
    return names;
  }

  Frame build(long rows) {
    return build(rows, names);
  }

  /** The frame with other names than those given with the columns. */
  Frame build(long rows, List<String> otherNames) {
    boolean[] alone = null;
    for (int c = 0; c < own.size(); c++) {
      if (own.get(c)) {
        alone = alone == null ? new boolean[own.size()] : alone;
        alone[c] = true;
      }
    }
    BitSet[] gaps = missing.toArray(BitSet[]::new);
    return Frame.withOwnColumns(rows, otherNames, schema, columns, gaps, alone);
  }
}
