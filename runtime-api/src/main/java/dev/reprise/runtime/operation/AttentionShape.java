package dev.reprise.runtime.operation;

import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Shape;

/**
 * The sizes of an attention. A row is a sequence of positions, one after the other, each with the
 * numbers of its heads side by side.
 *
 * <pre>
 *   queries   sequences x (queries * heads * width)
 *   keys      sequences x (keys * heads * width)
 *   values    sequences x (keys * heads * valueWidth)
 *   result    sequences x (queries * heads * valueWidth)
 *   logsum    sequences x (queries * heads)
 * </pre>
 *
 * @param sequences rows of all operands
 * @param queries positions of a sequence of queries
 * @param keys positions of a sequence of keys and values
 * @param heads of a position
 * @param width numbers of a head of a query or key
 * @param valueWidth numbers of a head of a value
 * @param causal whether query i sees only the keys up to the i-th
 */
public record AttentionShape(
    long sequences, int queries, int keys, int heads, int width, int valueWidth, boolean causal) {

  /**
   * The sizes that the operands of a call describe.
   *
   * @param opcode named by messages
   * @param queries shape of the matrix
   * @param keys shape of the matrix
   * @param values shape of the matrix
   * @param position numbers of a position of the queries and keys, those of all heads
   * @param heads of a position
   * @param causal whether query i sees only the keys up to the i-th
   * @return the sizes
   * @throws OperandException when the operands do not fit one another
   */
  public static AttentionShape of(
      String opcode,
      Shape queries,
      Shape keys,
      Shape values,
      double position,
      double heads,
      boolean causal) {
    if (!(heads >= 1 && position >= heads && position % heads == 0 && isWhole(heads))) {
      throw new OperandException(
          "'"
              + opcode
              + "' needs a 'width' of the positions that is a multiple of 'heads', but got width "
              + number(position)
              + " and heads "
              + number(heads));
    }
    if (queries.cols() == 0 || queries.cols() % position != 0) {
      throw mismatch(opcode, "Q", queries, "some positions of " + number(position) + " numbers");
    }
    if (keys.cols() == 0 || keys.cols() % position != 0 || keys.rows() != queries.rows()) {
      String wanted = queries.rows() + " rows of some positions of " + number(position);
      throw mismatch(opcode, "K", keys, wanted + " numbers");
    }
    double count = keys.cols() / position;
    if (values.rows() != queries.rows()
        || values.cols() == 0
        || values.cols() % (count * heads) != 0) {
      String wanted = queries.rows() + " rows of a value of " + number(heads) + " heads";
      throw mismatch(opcode, "V", values, wanted + " for each of the " + number(count) + " keys");
    }
    if (Math.max(Math.max(queries.cols(), keys.cols()), values.cols()) > Integer.MAX_VALUE
        || queries.cols() / position * (values.cols() / count) > Integer.MAX_VALUE) {
      throw new OperandException(
          "'" + opcode + "' takes sequences of up to " + Integer.MAX_VALUE + " numbers");
    }
    return new AttentionShape(
        queries.rows(),
        (int) (queries.cols() / position),
        (int) count,
        (int) heads,
        (int) (position / heads),
        (int) (values.cols() / (count * heads)),
        causal);
  }

  private static boolean isWhole(double number) {
    return number == Math.rint(number);
  }

  private static String number(double number) {
    return number == (long) number ? "" + (long) number : "" + number;
  }

  private static OperandException mismatch(String opcode, String name, Shape found, String wanted) {
    return new OperandException(
        "'" + opcode + "' needs '" + name + "' with " + wanted + ", but got " + found);
  }

  /** {@return numbers of a position of the result, those of all heads} */
  public int valuePosition() {
    return heads * valueWidth;
  }

  /** {@return numbers of a position of a query or key, those of all heads} */
  public int position() {
    return heads * width;
  }

  /** {@return the shape of the result} */
  public Shape result() {
    return new Shape(sequences, (long) queries * valuePosition());
  }

  /** {@return the shape of the logarithms of sums: one number for each head of each query} */
  public Shape logarithms() {
    return new Shape(sequences, (long) queries * heads);
  }

  /**
   * How many keys a query sees.
   *
   * @param query counted from 0
   * @return how many, from the first on
   */
  public int seen(int query) {
    return causal ? Math.min(keys, query + 1) : keys;
  }

  /** {@return what softmax takes of a product of query and key} */
  public double scale() {
    return 1 / Math.sqrt(width);
  }
}
