package dev.reprise.runtime.cpu.frame;

/**
 * A column whose texts are hashed to one of {@code buckets} codes; forgets the texts.
 *
 * @param buckets number of codes
 */
record HashColumn(int buckets) implements ColumnEncoder {

  static HashColumn fromMeta(String[] cells, String name) {
    try {
      return new HashColumn(Integer.parseInt(cells[0]));
    } catch (NumberFormatException e) {
      throw BinColumn.badMeta(name, "the number of hash buckets", cells[0]);
    }
  }

  @Override
  public int codes() {
    return buckets;
  }

  @Override
  public double encode(ColumnCells cells, int row) {
    String text = cells.text(row);
    return text == null ? Double.NaN : Math.floorMod(text.hashCode(), buckets) + 1;
  }

  @Override
  public String decode(double code) {
    return Double.toString(code);
  }

  @Override
  public String[] meta() {
    return new String[] {Integer.toString(buckets)};
  }
}
