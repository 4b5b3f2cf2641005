package dev.reprise.runtime.cpu.nn;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.Arguments;
import dev.reprise.runtime.cpu.blas.Blas;
import dev.reprise.runtime.cpu.blas.CellProducts;
import dev.reprise.runtime.operation.AttentionShape;
import dev.reprise.runtime.operation.Operation;

/** The operands of an attention, and blocks of them as BLAS takes them. */
record AttentionCells(
    AttentionShape shape, DenseMatrix queries, DenseMatrix keys, DenseMatrix values) {
  /** Scores of a task at a time: 512 KiB, which stay in the cache. */
  private static final int BLOCK_SCORES = 1 << 16;

  private static final int MOST_ROWS = 128;

  /** Reads the operands from {@code first} on, and width, heads and causal from {@code numbers}. */
  static AttentionCells of(
      Operation operation, Operand[] inputs, int first, int numbers, Precision precision) {
    DenseMatrix queries = Arguments.matrix(operation, inputs, first, precision);
    DenseMatrix keys = Arguments.matrix(operation, inputs, first + 1, precision);
    DenseMatrix values = Arguments.matrix(operation, inputs, first + 2, precision);
    AttentionShape shape =
        AttentionShape.of(
            operation.name(),
            queries.shape(),
            keys.shape(),
            values.shape(),
            Arguments.number(operation, inputs, numbers),
            Arguments.number(operation, inputs, numbers + 1),
            Arguments.flag(operation, inputs, numbers + 2));
    return new AttentionCells(shape, queries, keys, values);
  }

  /** Queries whose scores are there at a time. */
  int blockRows() {
    return Math.clamp(BLOCK_SCORES / shape.keys(), 1, Math.min(MOST_ROWS, shape.queries()));
  }

  int blocks() {
    return (shape.queries() + blockRows() - 1) / blockRows();
  }

  /** Memory that products of blocks of queries need. */
  long productBytes(CellProducts products) {
    int positions = Math.max(blockRows(), shape.keys());
    return HeadProducts.bytes(products, positions, Math.max(shape.width(), shape.valueWidth()));
  }

  /** Cells of the scores of a block of queries. */
  long scores() {
    return (long) blockRows() * shape.keys();
  }

  /** One head of some positions of a matrix that has the queries' or the keys' layout. */
  Blas.Block head(DenseMatrix matrix, long sequence, int head, int position) {
    return block(matrix, sequence, head, position, shape.width());
  }

  /** One head of some positions of a matrix that has the values' or the result's layout. */
  Blas.Block valueHead(DenseMatrix matrix, long sequence, int head, int position) {
    return block(matrix, sequence, head, position, shape.valueWidth());
  }

  private Blas.Block block(DenseMatrix matrix, long sequence, int head, int position, int width) {
    int apart = shape.heads() * width;
    long at = sequence * matrix.cols() + (long) position * apart + (long) head * width;
    return new Blas.Block(matrix.segment(), at, apart);
  }

  /** Where the number of a query's head is in a matrix with one for each. */
  long logarithmAt(long sequence, int head, int query) {
    return (sequence * shape.queries() + query) * shape.heads() + head;
  }
}
