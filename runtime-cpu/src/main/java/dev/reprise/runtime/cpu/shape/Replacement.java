package dev.reprise.runtime.cpu.shape;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.cpu.CellBlocks;
import dev.reprise.runtime.cpu.code.CellChain;
import dev.reprise.runtime.cpu.code.CellChain.Apply;
import dev.reprise.runtime.cpu.code.CellChain.Input;
import dev.reprise.runtime.cpu.code.CellChain.Node;
import dev.reprise.runtime.cpu.code.CellChain.Number;
import dev.reprise.runtime.cpu.code.CellChain.Spread;
import java.util.List;

/**
 * Copies of cells in which one number stands in for another: by machine code, where there is some,
 * or block by block with the same bits. Any thread.
 */
final class Replacement {
  private static final int BLOCK = 1024;

  /** Fewer cells are looked at before there is code. */
  private static final long FEWEST_CELLS_OF_CODE = 1 << 10;

  /** Finds the code of an expression of one cell and two numbers; null where there is none. */
  @FunctionalInterface
  interface Finder {
    CellChain find(Apply all);
  }

  private final Finder finder;

  /** Of a pattern that is a number, and of one that is none; null before the first use. */
  private final Found[] found = new Found[2];

  Replacement(Precision precision) {
    this(all -> CellChain.find(precision, List.of(Spread.EACH), 2, all));
  }

  Replacement(Finder finder) {
    this.finder = finder;
  }

  /** What was found, maybe null, which is not looked for again. */
  private record Found(CellChain chain) {}

  /** What is done with the cells from one to before another. */
  @FunctionalInterface
  interface Copy {
    void run(long from, long to);
  }

  /** A copy of a matrix into another of its shape. */
  Copy copy(DenseMatrix x, DenseMatrix out, double pattern, double replacement) {
    CellChain chain = x.cells() < FEWEST_CELLS_OF_CODE ? null : chain(Double.isNaN(pattern));
    return chain == null
        ? (from, to) -> byBlocks(x, out, pattern, replacement, from, to)
        : (from, to) -> byCode(chain, x, out, pattern, replacement, from, to);
  }

  /** Null where there is no code. */
  private CellChain chain(boolean ofNoNumber) {
    synchronized (found) {
      int index = ofNoNumber ? 1 : 0;
      if (found[index] == null) {
        Node cell = new Input(0);
        Node test =
            ofNoNumber
                ? new Apply("is.na", List.of(cell))
                : new Apply("==", List.of(cell, new Number(0)));
        Apply all = new Apply("ifelse", List.of(test, new Number(1), cell));
        found[index] = new Found(finder.find(all));
      }
      return found[index].chain;
    }
  }

  private static void byCode(
      CellChain chain,
      DenseMatrix x,
      DenseMatrix out,
      double pattern,
      double replacement,
      long from,
      long to) {
    int bytes = x.precision().bytesPerCell();
    boolean isDone =
        chain
            .call()
            .withNumber(0, pattern)
            .withNumber(1, replacement)
            .withInput(0, x.segment().address() + from * bytes)
            .run(1, to - from, out.segment().asSlice(from * bytes, (to - from) * bytes), false);
    if (!isDone) {
      throw new IllegalStateException("code for replacements refused cells");
    }
  }

  private static void byBlocks(
      DenseMatrix x, DenseMatrix out, double pattern, double replacement, long from, long to) {
    double[] block = new double[(int) Math.min(BLOCK, to - from)];
    CellBlocks cells = new CellBlocks(x.precision(), block.length);
    for (long i = from; i < to; i += BLOCK) {
      int count = (int) Math.min(BLOCK, to - i);
      cells.load(x.segment(), i, block, 0, count);
      replace(block, count, pattern, replacement);
      cells.store(block, 0, out.segment(), i, count);
    }
  }

  private static void replace(double[] block, int count, double pattern, double replacement) {
    if (Double.isNaN(pattern)) {
      for (int k = 0; k < count; k++) {
        block[k] = block[k] != block[k] ? replacement : block[k];
      }
    } else {
      for (int k = 0; k < count; k++) {
        block[k] = block[k] == pattern ? replacement : block[k];
      }
    }
  }
}
