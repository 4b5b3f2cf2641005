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

  FrameBuilder add(String name, Column column) {
    return add(name, column.type(), column.cells(), column.missing());
  }

  /** Adds a column of another frame without copying it: frames are immutable. */
  FrameBuilder share(Frame frame, int col) {
    return add(
        frame.names().get(col), frame.schema().get(col), frame.column(col), frame.missing(col));
  }

  private FrameBuilder add(String name, ColumnType type, Object cells, BitSet gaps) {
    names.add(name);
    schema.add(type);
    columns.add(cells);
    missing.add(gaps);
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
    return new Frame(rows, otherNames, schema, columns, missing.toArray(BitSet[]::new));
  }
}
