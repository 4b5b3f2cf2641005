package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.OperandException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What {@code tokenize} does, as its JSON spec says.
 *
 * @param splitter what lies between two tokens
 * @param minGram least number of tokens in a run; 1 and 1 are the tokens themselves
 * @param maxGram largest number of tokens in a run
 * @param out what a row of the result tells about a token
 * @param sorted whether counted tokens are sorted rather than in the order of a hash table
 * @param features number of codes that tokens are hashed to
 * @param wide whether each document is one row
 * @param padded whether each document fills all {@code max_tokens} places
 * @param ids columns that are repeated for each token, from 0
 * @param column the column of documents, from 0
 */
record TokenSpec(
    Pattern splitter,
    int minGram,
    int maxGram,
    Out out,
    boolean sorted,
    int features,
    boolean wide,
    boolean padded,
    List<Integer> ids,
    int column) {

  /** What is told about tokens. */
  enum Out {
    COUNT,
    POSITION,
    HASH
  }

  private static final Set<String> KEYS =
      Set.of(
          "algo",
          "algo_params",
          "out",
          "out_params",
          "id_cols",
          "tokenize_col",
          "format_wide",
          "apply_padding");
  private static final int DEFAULT_FEATURES = 1 << 20;

  /**
   * Reads a spec.
   *
   * @param names the frame's column names, in order
   * @throws OperandException for anything not understood
   */
  static TokenSpec parse(String json, List<String> names) {
    Map<String, Object> spec = LenientJson.parseObject("tokenize", json);
    checkKeys("the tokenize spec", spec, KEYS);
    String algorithm = word(spec, "algo", "split, whitespace or ngram");
    Out out = out(spec);
    boolean grams = algorithm.equals("ngram");
    Map<String, Object> how = object(spec, "algo_params");
    Map<String, Object> what = object(spec, "out_params");
    checkParameters(spec, algorithm, how);
    checkParameters(out, what);
    int least = grams ? whole(how, "min_gram", 1) : 1;
    int most = grams ? whole(how, "max_gram", Math.max(least, 2)) : 1;
    if (least > most) {
      throw new OperandException(
          "the tokenize spec asks for runs of " + least + " to " + most + " tokens: none");
    }
    boolean wide = flag(spec, "format_wide");
    if (wide && out == Out.COUNT) {
      throw new OperandException(
          "counted tokens have no wide format, since each document has tokens of its own; use"
              + " out:hash, or leave out format_wide");
    }
    List<Integer> ids = ids(spec, names);
    int documents = documents(spec, names);
    return new TokenSpec(
        splitter(how.get("regex")),
        least,
        most,
        out,
        flag(what, "sort_alpha"),
        whole(what, "num_features", DEFAULT_FEATURES),
        wide,
        flag(spec, "apply_padding"),
        ids,
        documents);
  }

  private static Out out(Map<String, Object> spec) {
    return switch (word(spec, "out", "count, position or hash")) {
      case "count" -> Out.COUNT;
      case "position" -> Out.POSITION;
      case "hash" -> Out.HASH;
      default -> throw unknown(spec, "out", "count, position and hash");
    };
  }

  private static void checkParameters(
      Map<String, Object> spec, String algorithm, Map<String, Object> how) {
    switch (algorithm) {
      case "split" -> checkKeys("split", how, Set.of("regex"));
      case "ngram" -> checkKeys("ngram", how, Set.of("regex", "min_gram", "max_gram"));
      case "whitespace" -> checkKeys("whitespace", how, Set.of());
      default -> throw unknown(spec, "algo", "split (with a regex), whitespace and ngram");
    }
  }

  private static void checkParameters(Out out, Map<String, Object> what) {
    switch (out) {
      case COUNT -> checkKeys("count", what, Set.of("sort_alpha"));
      case POSITION -> checkKeys("position", what, Set.of());
      case HASH -> checkKeys("hash", what, Set.of("num_features"));
    }
  }

  private static List<Integer> ids(Map<String, Object> spec, List<String> names) {
    List<Integer> ids = new ArrayList<>();
    if (spec.get("id_cols") instanceof List<?> columns) {
      columns.forEach(id -> ids.add(column("id_cols", id, names)));
    } else if (spec.get("id_cols") != null) {
      throw new OperandException(
          "\"id_cols\" in the tokenize spec must be a list of columns, such as id_cols:[1]");
    }
    return List.copyOf(ids);
  }

  private static int documents(Map<String, Object> spec, List<String> names) {
    if (spec.get("tokenize_col") == null) {
      throw new OperandException(
          "the tokenize spec needs the column of documents, such as tokenize_col:2");
    }
    return column("tokenize_col", spec.get("tokenize_col"), names);
  }

  private static Pattern splitter(Object regex) {
    try {
      return Pattern.compile(regex == null ? "\\s+" : String.valueOf(regex));
    } catch (PatternSyntaxException e) {
      throw new OperandException(
          "\"regex\" in the tokenize spec is no regular expression: " + e.getDescription());
    }
  }

  private static String word(Map<String, Object> spec, String key, String known) {
    if (spec.get(key) == null) {
      throw new OperandException("the tokenize spec needs \"" + key + "\", one of " + known);
    }
    return String.valueOf(spec.get(key)).toLowerCase(Locale.ROOT);
  }

  private static OperandException unknown(Map<String, Object> spec, String key, String known) {
    return new OperandException(
        "the tokenize spec has the " + key + " \"" + spec.get(key) + "\"; known are " + known);
  }

  private static void checkKeys(String whose, Map<String, Object> found, Set<String> known) {
    for (String key : found.keySet()) {
      if (!known.contains(key)) {
        throw new OperandException(
            "\""
                + key
                + "\" is no setting of "
                + whose
                + (known.isEmpty()
                    ? ", which has none"
                    : "; known are " + String.join(", ", known.stream().sorted().toList())));
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Map<String, Object> spec, String key) {
    Object value = spec.get(key);
    if (value == null) {
      return Map.of();
    }
    if (value instanceof Map<?, ?> map) {
      return (Map<String, Object>) map;
    }
    throw new OperandException(
        "\"" + key + "\" in the tokenize spec must be an object, such as " + key + ":{...}");
  }

  private static boolean flag(Map<String, Object> spec, String key) {
    String text = String.valueOf(spec.getOrDefault(key, "false")).toLowerCase(Locale.ROOT);
    if (!text.equals("true") && !text.equals("false")) {
      throw new OperandException(
          "\"" + key + "\" in the tokenize spec must be true or false, found " + text);
    }
    return text.equals("true");
  }

  private static int whole(Map<String, Object> spec, String key, int otherwise) {
    Object value = spec.get(key);
    if (value == null) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(String.valueOf(value));
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below, with the numbers below 1.
    }
    throw new OperandException(
        "\""
            + key
            + "\" in the tokenize spec must be a whole number of at least 1, found "
            + value);
  }

  /** A position from 1, or a name. */
  private static int column(String key, Object reference, List<String> names) {
    String text = String.valueOf(reference);
    try {
      int position = Integer.parseInt(text);
      if (position >= 1 && position <= names.size()) {
        return position - 1;
      }
    } catch (NumberFormatException e) {
      if (names.contains(text)) {
        return names.indexOf(text);
      }
    }
    throw new OperandException(
        "\""
            + key
            + "\" in the tokenize spec names the column "
            + text
            + ", the frame has columns 1 to "
            + names.size()
            + " ("
            + String.join(", ", names.subList(0, Math.min(names.size(), 20)))
            + (names.size() > 20 ? ", ..." : "")
            + ")");
  }
}
