package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.OperandException;
import java.util.Arrays;

/**
 * A column of words, each of which becomes a row of a matrix of embeddings: that of the word's
 * code. A word without a code becomes zeros.
 *
 * @param words the codes
 * @param embedding a row per code
 */
record EmbeddingColumn(RecodeColumn words, MatrixOperand embedding) implements ColumnEncoder {

  EmbeddingColumn {
    if (words.codes() > embedding.rows()) {
      throw new OperandException(
          "the embedding has "
              + embedding.rows()
              + " rows, the meta frame numbers "
              + words.codes()
              + " words");
    }
  }

  @Override
  public int codes() {
    return 0;
  }

  @Override
  public int width() {
    return Math.toIntExact(embedding.cols());
  }

  @Override
  public void encode(Frame frame, int col, ChosenRows rows, int from, int to, double[] out) {
    double[] codes = new double[to - from];
    words.encode(frame, col, rows, from, to, codes);
    int width = width();
    for (int i = 0; i < codes.length; i++) {
      if (Double.isNaN(codes[i])) {
        Arrays.fill(out, i * width, (i + 1) * width, 0);
        continue;
      }
      for (int j = 0; j < width; j++) {
        out[i * width + j] = embedding.get((long) codes[i] - 1, j);
      }
    }
  }

  @Override
  public double encode(String text) {
    return Double.NaN;
  }

  @Override
  public String decode(double code) {
    throw new OperandException("embeddings cannot be decoded to words");
  }

  @Override
  public String[] meta() {
    return words.meta();
  }
}
