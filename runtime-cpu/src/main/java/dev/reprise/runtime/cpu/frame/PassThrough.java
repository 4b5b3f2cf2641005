package dev.reprise.runtime.cpu.frame;

/** A column of numbers that stay as they are. */
record PassThrough() implements ColumnEncoder {

  @Override
  public int codes() {
    return 0;
  }

  @Override
  public double encode(ColumnCells cells, int row) {
    return cells.number(row);
  }

  @Override
  public String decode(double code) {
    return Double.toString(code);
  }

  @Override
  public String[] meta() {
    return new String[0];
  }
}
