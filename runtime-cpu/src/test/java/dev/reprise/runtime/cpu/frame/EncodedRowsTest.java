package dev.reprise.runtime.cpu.frame;

import static dev.reprise.runtime.cpu.frame.Frames.run;
import static dev.reprise.runtime.cpu.frame.Frames.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.MatrixOperand;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.SparseMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Encoded frames of all kinds of columns beside rows made one cell after another. */
class EncodedRowsTest {
  private static final String[] WORDS = {"ab", "cd cd", "", "ef ab x", "y"};
  private static final int BINS = 6;

  /** Rows and categories; with many of these the matrix is sparse. */
  private static final int[][] SIZES = {
    {0, 1}, {1, 1}, {2, 2}, {1023, 3}, {1025, 90}, {4500, 4}, {4500, 90}
  };

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void cellsAreThoseOfASimpleEncoding(int threads) {
    for (int[] size : SIZES) {
      for (boolean omits : new boolean[] {false, true}) {
        for (boolean counts : new boolean[] {false, true}) {
          check(threads, size[0], size[1], omits, counts);
        }
      }
    }
  }

  private static void check(int threads, int n, int categories, boolean omits, boolean counts) {
    Frame frame = frame(n, categories);
    String spec =
        "{ids:true, recode:[1,5,7], dummycode:[1,2,7], bin:[{id:3, method:equi-width, numbins:"
            + BINS
            + "}]"
            + (omits ? ", omit:[2,1]" : "")
            + (counts ? ", bag_of_words:[6]" : ", hash:[6], K:5")
            + "}";
    Operand[] result = run(threads, "transformencode", frame, text(spec));
    double[][] wanted = encoded(frame, omits, counts);
    MatrixOperand found = (MatrixOperand) result[0];
    String name = n + " rows, " + categories + " categories, omits " + omits + ", counts " + counts;
    if (n > 4000 && categories == 90) {
      assertThat(found).as(name).isInstanceOf(SparseMatrix.class);
    }
    same(name, found, wanted);
    if (!omits) {
      Operand meta = result[1];
      same(
          name, (MatrixOperand) run(threads, "transformapply", frame, meta, text(spec))[0], wanted);
    }
  }

  private static void same(String name, MatrixOperand found, double[][] wanted) {
    assertThat(found.rows()).as(name).isEqualTo(wanted.length);
    for (int r = 0; r < wanted.length; r++) {
      assertThat(found.cols()).as(name).isEqualTo(wanted[r].length);
      for (int c = 0; c < wanted[r].length; c++) {
        double cell = wanted[r][c];
        double kept = cell == 0 && found instanceof SparseMatrix ? 0 : cell;
        if (Double.doubleToLongBits(found.get(r, c)) != Double.doubleToLongBits(kept)) {
          assertThat(found.get(r, c)).as("%s, cell %s, %s", name, r, c).isEqualTo(kept);
          throw new AssertionError(name + ": zeros of different signs at " + r + ", " + c);
        }
      }
    }
  }

  private static Frame frame(int n, int categories) {
    Random random = new Random(categories);
    String[] texts = new String[n];
    Arrays.setAll(
        texts,
        r -> random.nextInt(20) == 0 ? null : random.nextInt(20) == 0 ? "" : "c" + r % categories);
    long[] wholes = new long[n];
    Arrays.setAll(wholes, r -> random.nextInt(categories) - 2);
    BitSet missing = new BitSet();
    for (int r = 0; r < n; r += 1 + random.nextInt(9)) {
      missing.set(r);
      wholes[r] = 0;
    }
    double[] binned = new double[n];
    Arrays.setAll(
        binned,
        r ->
            switch (random.nextInt(12)) {
              case 0 -> Double.NaN;
              case 1 -> 0.0;
              case 2 -> -0.0;
              default -> random.nextInt(13) / 2.0;
            });
    double[] plain = new double[n];
    Arrays.setAll(
        plain,
        r ->
            switch (random.nextInt(9)) {
              case 0 -> Double.NaN;
              case 1 -> 0.0;
              case 2 -> -0.0;
              case 3 -> Double.NEGATIVE_INFINITY;
              default -> random.nextGaussian();
            });
    boolean[] truths = new boolean[n];
    String[] words = new String[n];
    double[] numbers = new double[n];
    for (int r = 0; r < n; r++) {
      truths[r] = random.nextInt(3) == 0;
      words[r] = WORDS[random.nextInt(WORDS.length)];
      numbers[r] = random.nextInt(7) == 0 ? Double.NaN : random.nextInt(categories) / 4.0;
    }
    return new Frame(
        n,
        Frame.defaultNames(7),
        List.of(
            ColumnType.STRING,
            ColumnType.INTEGER,
            ColumnType.DOUBLE,
            ColumnType.DOUBLE,
            ColumnType.BOOLEAN,
            ColumnType.STRING,
            ColumnType.DOUBLE),
        List.of(texts, wholes, binned, plain, truths, words, numbers),
        new BitSet[] {null, missing, null, null, null, null, null});
  }

  /** Row by row, with a map of texts for each column of categories. */
  private static double[][] encoded(Frame frame, boolean omits, boolean counts) {
    int n = (int) frame.rows();
    Map<Integer, Map<String, Integer>> codes = new LinkedHashMap<>();
    for (int c : new int[] {0, 1, 4, 6}) {
      codes.put(c, numbered(n, r -> List.of(String.valueOf(cell(frame, r, c))), "null"));
    }
    Map<String, Integer> words = numbered(n, r -> List.of(frame.strings(5)[r].split(" ")), "");
    double[] known =
        Arrays.stream(frame.doubles(2)).filter(number -> !Double.isNaN(number)).toArray();
    double least = Arrays.stream(known).min().orElse(0);
    double most = Arrays.stream(known).max().orElse(0);
    List<double[]> rows = new ArrayList<>();
    for (int r = 0; r < n; r++) {
      if (omits && (cell(frame, r, 0) == null || cell(frame, r, 1) == null)) {
        continue;
      }
      List<Double> row = new ArrayList<>();
      addDummies(row, codes.get(0), cell(frame, r, 0));
      addDummies(row, codes.get(1), cell(frame, r, 1));
      row.add(bin(least, most, frame.doubles(2)[r]));
      row.add(frame.doubles(3)[r]);
      row.add((double) codes.get(4).get(cell(frame, r, 4)));
      if (counts) {
        for (String word : words.keySet()) {
          String[] all = frame.strings(5)[r].split(" ");
          row.add((double) Arrays.stream(all).filter(word::equals).count());
        }
      } else {
        row.add(Math.abs(frame.strings(5)[r].hashCode() % 5) + 1.0);
      }
      addDummies(row, codes.get(6), cell(frame, r, 6));
      rows.add(row.stream().mapToDouble(cell -> cell).toArray());
    }
    return rows.toArray(double[][]::new);
  }

  /** A cell's text; null when it is missing or empty. */
  private static String cell(Frame frame, int row, int col) {
    String text = frame.textAt(row, col);
    return text == null || text.isEmpty() ? null : text;
  }

  private static Map<String, Integer> numbered(
      int n, IntFunction<List<String>> texts, String none) {
    Map<String, Integer> codes = new LinkedHashMap<>();
    for (int r = 0; r < n; r++) {
      for (String text : texts.apply(r)) {
        if (!text.equals(none)) {
          codes.putIfAbsent(text, codes.size() + 1);
        }
      }
    }
    return codes;
  }

  private static void addDummies(List<Double> row, Map<String, Integer> codes, String text) {
    for (String category : codes.keySet()) {
      row.add(category.equals(text) ? 1.0 : 0.0);
    }
  }

  private static double bin(double least, double most, double value) {
    if (Double.isNaN(value)) {
      return value;
    }
    for (int bin = 1; bin < BINS && least < most; bin++) {
      if (value <= least + bin * (most - least) / BINS) {
        return bin;
      }
    }
    return least < most ? BINS : 1;
  }
}
