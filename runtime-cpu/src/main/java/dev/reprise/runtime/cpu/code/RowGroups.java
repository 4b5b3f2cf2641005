package dev.reprise.runtime.cpu.code;

/**
 * Rows, cut into as few groups as {@link PanelSums} can take at once, of about the same size: a
 * group of two rows would take as long as one of four. The larger ones come first.
 */
public record RowGroups(long rows, long count) {
  public static RowGroups of(long rows) {
    return new RowGroups(rows, (rows + PanelSums.MOST_ROWS - 1) / PanelSums.MOST_ROWS);
  }

  /** The first row of a group. */
  public long first(long group) {
    return group * (rows / count) + Math.min(group, larger());
  }

  /** Rows of a group. */
  public int size(long group) {
    return (int) (rows / count) + (group < larger() ? 1 : 0);
  }

  /** How many groups have a row more than the others. */
  public long larger() {
    return rows % count;
  }
}
