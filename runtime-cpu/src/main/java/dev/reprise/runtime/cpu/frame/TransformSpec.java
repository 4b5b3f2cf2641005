package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.OperandException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What a transform does with each column, as its JSON spec says. Columns are named by position
 * (with {@code ids:true}) or by name.
 */
final class TransformSpec {
  /** How to bin: bins of equal width or of equal count. */
  record Bins(boolean equalCounts, int count) {}

  /**
   * How to fill missing cells.
   *
   * @param method {@code global_mean}, {@code global_mode} or {@code constant}
   * @param value the constant, else null
   */
  record Impute(String method, String value) {}

  /**
   * A function of the script that columns pass through once they are encoded.
   *
   * @param name as the script calls it
   * @param columns of the frame, from 0, each by itself
   */
  record Function(String name, List<Integer> columns) {}

  /** The plan for one column; all off means that numbers pass through. */
  static final class Column {
    private boolean recode;
    private boolean dummycode;
    private boolean hash;
    private boolean omit;
    private boolean bagOfWords;
    private boolean embedded;
    private Bins bins;
    private Impute impute;

    boolean isDummycoded() {
      return dummycode;
    }

    boolean isHashed() {
      return hash;
    }

    /** Texts become counts of their words. */
    boolean isBagOfWords() {
      return bagOfWords;
    }

    /** Words become rows of a matrix. */
    boolean isEmbedded() {
      return embedded;
    }

    /** True for recoded columns; dummycoding recodes unless the column is binned or hashed. */
    boolean isRecoded() {
      return recode || dummycode && bins == null && !hash && !bagOfWords && !embedded;
    }

    /** How to bin, or null. */
    Bins bins() {
      return bins;
    }

    /** How to fill missing cells, or null. */
    Impute impute() {
      return impute;
    }
  }

  private final List<String> names;
  private final Column[] columns;
  private final List<Function> functions = new ArrayList<>();
  private boolean ids;
  private int hashBuckets;

  private TransformSpec(List<String> names) {
    this.names = names;
    this.columns = new Column[names.size()];
    for (int c = 0; c < columns.length; c++) {
      columns[c] = new Column();
    }
  }

  /**
   * Reads a spec.
   *
   * @param names the frame's column names, in order
   * @throws OperandException for anything not understood
   */
  static TransformSpec parse(String json, List<String> names) {
    Map<String, Object> object = LenientJson.parseObject("transform", json);
    TransformSpec spec = new TransformSpec(names);
    spec.ids = "true".equalsIgnoreCase(String.valueOf(object.get("ids")));
    object.forEach(spec::take);
    spec.check();
    return spec;
  }

  Column column(int c) {
    return columns[c];
  }

  int hashBuckets() {
    return hashBuckets;
  }

  /** In the order in which they are applied. */
  List<Function> functions() {
    return functions;
  }

  /** The columns of which a missing cell drops its row. */
  int[] omitted() {
    return IntStream.range(0, columns.length).filter(c -> columns[c].omit).toArray();
  }

  private void take(String key, Object value) {
    switch (key) {
      case "ids" -> {}
      case "recode" -> list(key, value).forEach(e -> find(key, e).recode = true);
      case "dummycode" -> list(key, value).forEach(e -> find(key, e).dummycode = true);
      case "hash" -> list(key, value).forEach(e -> find(key, e).hash = true);
      case "omit" -> list(key, value).forEach(e -> find(key, e).omit = true);
      case "bag_of_words" -> list(key, value).forEach(e -> find(key, e).bagOfWords = true);
      case "word_embedding" -> list(key, value).forEach(e -> find(key, e).embedded = true);
      case "pass_through" -> list(key, value).forEach(e -> find(key, e));
      case "udf" ->
          (value instanceof List<?> all ? all : List.of(value)).forEach(this::takeFunction);
      case "K" -> hashBuckets = whole("K", value);
      case "bin" -> list(key, value).forEach(this::takeBins);
      case "impute" -> list(key, value).forEach(this::takeImpute);
      default ->
          throw new OperandException(
              "the transform spec asks for \""
                  + key
                  + "\", which is not known; known are recode, dummycode, bin, hash (with K),"
                  + " bag_of_words, word_embedding, impute, omit, udf, pass_through and ids");
    }
  }

  private void takeBins(Object entry) {
    Map<?, ?> bin = object("bin", entry);
    String method = String.valueOf(bin.get("method")).toLowerCase(Locale.ROOT);
    boolean equalWidths = method.equals("equi-width");
    // The approximation of SystemDS samples; ours is exact.
    if (!equalWidths && !method.equals("equi-height") && !method.equals("equi-height-approx")) {
      throw new OperandException(
          "the transform spec bins by \""
              + method
              + "\"; use equi-width, equi-height or equi-height-approx");
    }
    int count = bin.get("numbins") == null ? 1 : whole("numbins", bin.get("numbins"));
    if (count < 1) {
      throw new OperandException("the transform spec asks for " + count + " bins; at least 1");
    }
    find("bin", reference(bin)).bins = new Bins(!equalWidths, count);
  }

  private void takeImpute(Object entry) {
    Map<?, ?> impute = object("impute", entry);
    String method = String.valueOf(impute.get("method")).toLowerCase(Locale.ROOT);
    Object value = impute.get("value");
    switch (method) {
      case "global_mean", "global_mode" -> {}
      case "constant" -> {
        if (value == null) {
          throw new OperandException("imputing by a constant needs a value, such as value:0");
        }
      }
      default ->
          throw new OperandException(
              "the transform spec imputes by \""
                  + method
                  + "\"; use global_mean, global_mode or constant");
    }
    find("impute", reference(impute)).impute =
        new Impute(method, value == null ? null : value.toString());
  }

  private void takeFunction(Object entry) {
    Map<?, ?> function = object("udf", entry);
    Object name = function.get("name");
    if (name == null || function.get("ids") == null || function.size() > 2) {
      throw new OperandException(
          "\"udf\" in the transform spec needs a function's name and its columns, such as"
              + " udf:{name:f, ids:[1]}, and takes nothing else");
    }
    List<Integer> of = new ArrayList<>();
    for (Object reference : list("ids", function.get("ids"))) {
      of.add(Arrays.asList(columns).indexOf(find("udf", reference)));
    }
    functions.add(new Function(String.valueOf(name), List.copyOf(of)));
  }

  private static Object reference(Map<?, ?> entry) {
    return entry.get("id") != null ? entry.get("id") : entry.get("name");
  }

  private static List<?> list(String key, Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw new OperandException(
        "\"" + key + "\" in the transform spec must be a list, such as " + key + ":[1, 2]");
  }

  private static Map<?, ?> object(String key, Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw new OperandException(
        "each entry of \""
            + key
            + "\" in the transform spec must be an object, such as {id:1, ...}");
  }

  private static int whole(String key, Object value) {
    try {
      return Integer.parseInt(String.valueOf(value));
    } catch (NumberFormatException e) {
      throw new OperandException(
          "\"" + key + "\" in the transform spec must be a whole number, found " + value);
    }
  }

  private Column find(String key, Object reference) {
    String text = String.valueOf(reference);
    if (!ids) {
      int position = names.indexOf(text);
      if (position >= 0) {
        return columns[position];
      }
    }
    try {
      int id = Integer.parseInt(text);
      if (ids && id >= 1 && id <= columns.length) {
        return columns[id - 1];
      }
    } catch (NumberFormatException e) {
      // Not a position either: reported below.
    }
    throw new OperandException(
        "\""
            + key
            + "\" in the transform spec names the column "
            + text
            + ", the frame has "
            + (ids ? "columns 1 to " + columns.length : "the columns " + String.join(", ", names))
            + (ids ? "" : "; ids:true lets positions stand for columns"));
  }

  private void check() {
    for (int c = 0; c < columns.length; c++) {
      Column column = columns[c];
      int ways = (column.recode ? 1 : 0) + (column.hash ? 1 : 0) + (column.bins != null ? 1 : 0);
      ways += (column.bagOfWords ? 1 : 0) + (column.embedded ? 1 : 0);
      if (ways > 1) {
        throw new OperandException(
            "the transform spec treats column "
                + (c + 1)
                + " in several ways; choose one of recode, bin, hash, bag_of_words and"
                + " word_embedding");
      }
      if (column.dummycode && (column.bagOfWords || column.embedded)) {
        throw new OperandException(
            "the transform spec dummycodes column "
                + (c + 1)
                + ", whose words fill columns already");
      }
      if (column.hash && hashBuckets < 1) {
        throw new OperandException("hash in the transform spec needs K, the number of buckets");
      }
    }
  }
}
