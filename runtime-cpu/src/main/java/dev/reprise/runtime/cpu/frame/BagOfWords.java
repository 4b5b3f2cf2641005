package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.Frame;
import dev.reprise.runtime.OperandException;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * A column of texts that become counts of words, one matrix column per word in the order in which
 * words first appear. A word is a run of letters, in lower case.
 */
final class BagOfWords implements ColumnEncoder {
  private final StringIndex index;

  private BagOfWords(StringIndex index) {
    this.index = index;
  }

  static BagOfWords learn(Frame frame, int col) {
    StringIndex index = new StringIndex();
    for (int r = 0; r < frame.rows(); r++) {
      words(frame.textAt(r, col), index::add);
    }
    return new BagOfWords(index);
  }

  /** Reads the words back: each cell is word, mark, number. */
  static BagOfWords fromMeta(String[] cells, String name) {
    return new BagOfWords(RecodeColumn.fromMeta(cells, name).index());
  }

  private static void words(String text, Consumer<String> consumer) {
    if (text == null) {
      return;
    }
    String lower = text.toLowerCase(Locale.ROOT);
    int start = 0;
    for (int i = 0; i <= lower.length(); i++) {
      if (i == lower.length() || !Character.isLetter(lower.charAt(i))) {
        if (i > start) {
          consumer.accept(lower.substring(start, i));
        }
        start = i + 1;
      }
    }
  }

  @Override
  public int codes() {
    return 0;
  }

  @Override
  public int width() {
    return index.size();
  }

  @Override
  public void encode(Frame frame, int col, ChosenRows rows, int from, int to, double[] out) {
    int width = width();
    for (int i = from; i < to; i++) {
      int begin = (i - from) * width - 1;
      words(
          frame.textAt(rows.at(i), col),
          word -> {
            int number = index.find(word);
            if (number != 0) {
              out[begin + number]++;
            }
          });
    }
  }

  @Override
  public double encode(String text) {
    return Double.NaN;
  }

  @Override
  public String decode(double code) {
    throw new OperandException("counts of words (bag_of_words) cannot be decoded to texts");
  }

  @Override
  public String[] meta() {
    return RecodeColumn.meta(index.texts());
  }
}
