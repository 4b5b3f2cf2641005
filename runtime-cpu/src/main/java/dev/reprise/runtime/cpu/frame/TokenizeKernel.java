package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.FrameRoom;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;

/**
 * {@code tokenize(target=F, spec=..., max_tokens=)}: the documents of a column cut into tokens, a
 * row for each token (long) or for each document (wide).
 */
final class TokenizeKernel {
  /** What numbers stand in the place of a token that a padded document lacks. */
  private static final long PAD = -1;

  /** Frames of more columns are refused, as {@code frame} does. */
  private static final int MOST_COLUMNS = 1 << 20;

  /**
   * A token, or a run of them.
   *
   * @param text the characters
   * @param position where it begins, from 1
   */
  private record Token(String text, int position) {}

  /**
   * What a document has to tell.
   *
   * @param texts tokens, or null for hashes
   * @param numbers counts and positions that belong to the tokens, or counts of hashes
   * @param codes hashes, or null
   */
  private record Document(List<String> texts, List<Long> numbers, List<Long> codes) {
    int size() {
      return numbers.size();
    }
  }

  private final Frame frame;
  private final TokenSpec spec;
  // Integer.MAX_VALUE when there is no limit
  private final int most;

  private TokenizeKernel(Frame frame, TokenSpec spec, int most) {
    this.frame = frame;
    this.spec = spec;
    this.most = most;
  }

  static Frame run(Operand[] in) {
    Frame frame = FrameKernels.frameIn("tokenize", in[0]);
    String json = FrameKernels.scalarIn("tokenize", "spec", in[1]).asString();
    TokenSpec spec = TokenSpec.parse(json, frame.names());
    TokenizeKernel kernel = new TokenizeKernel(frame, spec, most(in[2], spec));
    return spec.wide() ? kernel.wide() : kernel.narrow();
  }

  private static int most(Operand operand, TokenSpec spec) {
    Scalar given = FrameKernels.scalarIn("tokenize", "max_tokens", operand);
    if (given.isAbsent()) {
      if (spec.padded()) {
        throw new OperandException(
            "'tokenize' pads each document to 'max_tokens' tokens; say how many");
      }
      return Integer.MAX_VALUE;
    }
    double most = given.asDouble();
    if (!(most >= 1) || most != Math.rint(most)) {
      throw new OperandException(
          "'tokenize' needs a whole number of at least 1 as 'max_tokens', but got "
              + given.asString());
    }
    return (int) Math.min(most, Integer.MAX_VALUE);
  }

  /** A row for each token: the ids, then what is told of it. */
  private Frame narrow() {
    List<Document> documents = documents();
    long rows = 0;
    for (Document document : documents) {
      rows += spec.padded() ? most : document.size();
    }
    if (rows > Integer.MAX_VALUE - 8) {
      throw new OperandException(
          "'tokenize' would make " + rows + " rows, too many for a frame; lower 'max_tokens'");
    }
    boolean hashes = spec.out() == TokenSpec.Out.HASH;
    checkRoom(rows, List.of(hashes ? ColumnType.INTEGER : ColumnType.STRING, ColumnType.INTEGER));
    int n = (int) rows;
    String[][] ids = new String[spec.ids().size()][n];
    String[] texts = new String[hashes ? 0 : n];
    long[] codes = new long[hashes ? n : 0];
    long[] numbers = new long[n];
    int at = 0;
    for (int d = 0; d < documents.size(); d++) {
      Document document = documents.get(d);
      int size = spec.padded() ? most : document.size();
      for (int c = 0; c < ids.length; c++) {
        Arrays.fill(ids[c], at, at + size, frame.textAt(d, spec.ids().get(c)));
      }
      for (int i = 0; i < size; i++, at++) {
        boolean pad = i >= document.size();
        if (hashes) {
          codes[at] = pad ? 0 : document.codes().get(i);
          numbers[at] = pad ? 0 : document.numbers().get(i);
        } else {
          texts[at] = pad ? "" : document.texts().get(i);
          numbers[at] = pad ? PAD : document.numbers().get(i);
        }
      }
    }
    List<Object> columns = new ArrayList<>(List.of(ids));
    columns.addAll(
        switch (spec.out()) {
          case COUNT -> List.of(texts, numbers);
          case POSITION -> List.of(numbers, texts);
          case HASH -> List.of(codes, numbers);
        });
    return frame(n, columns);
  }

  /** A row for each document: the ids, then its tokens, or how many have each hash. */
  private Frame wide() {
    int rows = (int) frame.rows();
    boolean hashes = spec.out() == TokenSpec.Out.HASH;
    List<Document> documents = documents();
    int width = most;
    if (width == Integer.MAX_VALUE) {
      width =
          hashes ? spec.features() : documents.stream().mapToInt(Document::size).max().orElse(0);
    }
    if (width > MOST_COLUMNS - spec.ids().size()) {
      throw new OperandException(
          "'tokenize' would make a frame of "
              + (width + (long) spec.ids().size())
              + " columns, more than "
              + MOST_COLUMNS
              + "; say how many tokens with 'max_tokens'"
              + (hashes ? ", or how many hashes with num_features" : ""));
    }
    checkRoom(rows, Collections.nCopies(width, hashes ? ColumnType.INTEGER : ColumnType.STRING));
    List<Object> columns = new ArrayList<>();
    for (int id : spec.ids()) {
      String[] cells = new String[rows];
      for (int r = 0; r < rows; r++) {
        cells[r] = frame.textAt(r, id);
      }
      columns.add(cells);
    }
    for (int c = 0; c < width; c++) {
      columns.add(hashes ? new long[rows] : new String[rows]);
    }
    for (int r = 0; r < rows; r++) {
      Document document = documents.get(r);
      for (int i = 0; i < document.size(); i++) {
        if (hashes && document.codes().get(i) <= width) {
          long[] cells =
              (long[]) columns.get(spec.ids().size() + (int) (document.codes().get(i) - 1));
          cells[r] = document.numbers().get(i);
        } else if (!hashes) {
          ((String[]) columns.get(spec.ids().size() + i))[r] = document.texts().get(i);
        }
      }
      for (int i = document.size(); spec.padded() && !hashes && i < width; i++) {
        ((String[]) columns.get(spec.ids().size() + i))[r] = "";
      }
    }
    return frame(rows, columns);
  }

  /** Before columns are made that hold what is told of tokens, beside the ids. */
  private void checkRoom(long rows, List<ColumnType> told) {
    List<ColumnType> schema = new ArrayList<>(told);
    schema.addAll(Collections.nCopies(spec.ids().size(), ColumnType.STRING));
    FrameRoom.check("'tokenize' would make", rows, schema, "'max_tokens'");
  }

  private static Frame frame(int rows, List<Object> columns) {
    List<ColumnType> schema = new ArrayList<>();
    for (Object column : columns) {
      schema.add(column instanceof String[] ? ColumnType.STRING : ColumnType.INTEGER);
    }
    return new Frame(rows, Frame.defaultNames(columns.size()), schema, columns);
  }

  private List<Document> documents() {
    List<Document> documents = new ArrayList<>();
    for (int r = 0; r < frame.rows(); r++) {
      List<Token> tokens = tokens(frame.textAt(r, spec.column()));
      documents.add(
          switch (spec.out()) {
            case COUNT -> counted(tokens);
            case POSITION -> placed(tokens);
            case HASH -> hashed(tokens);
          });
    }
    return documents;
  }

  /** The tokens of a document, then pairs of them and so on, as far as the spec asks for. */
  private List<Token> tokens(String text) {
    List<Token> single = new ArrayList<>();
    if (text != null) {
      Matcher between = spec.splitter().matcher(text);
      int from = 0;
      while (between.find()) {
        add(single, text, from, between.start());
        from = between.end();
      }
      add(single, text, from, text.length());
    }
    if (spec.maxGram() == 1) {
      return single;
    }
    List<Token> runs = new ArrayList<>();
    for (int length = spec.minGram(); length <= Math.min(spec.maxGram(), single.size()); length++) {
      for (int i = 0; i + length <= single.size(); i++) {
        runs.add(length == 1 ? single.get(i) : run(single.subList(i, i + length)));
      }
    }
    return runs;
  }

  private static void add(List<Token> tokens, String text, int from, int to) {
    if (to > from) {
      tokens.add(new Token(text.substring(from, to), from + 1));
    }
  }

  /** SystemDS writes runs so, with the outer quotes as part of the text. */
  private static Token run(List<Token> tokens) {
    StringBuilder text = new StringBuilder("\"(");
    for (int i = 0; i < tokens.size(); i++) {
      text.append(i == 0 ? "'" : ", '").append(tokens.get(i).text()).append('\'');
    }
    return new Token(text.append(")\"").toString(), tokens.getFirst().position());
  }

  /** In the order of a {@link HashMap} that keys were put into, which is that of SystemDS. */
  private Document counted(List<Token> tokens) {
    Map<String, Long> counts = spec.sorted() ? new TreeMap<>() : new HashMap<>();
    for (Token token : tokens) {
      counts.put(token.text(), counts.getOrDefault(token.text(), 0L) + 1);
    }
    return new Document(
        counts.keySet().stream().limit(most).toList(),
        counts.values().stream().limit(most).toList(),
        null);
  }

  private Document placed(List<Token> tokens) {
    List<String> texts = new ArrayList<>(tokens.size());
    List<Long> places = new ArrayList<>(tokens.size());
    for (Token token : tokens.subList(0, Math.min(most, tokens.size()))) {
      texts.add(token.text());
      places.add((long) token.position());
    }
    return new Document(texts, places, null);
  }

  private Document hashed(List<Token> tokens) {
    Map<Long, Long> counts = new TreeMap<>();
    for (Token token : tokens) {
      long code = Math.floorMod(token.text().hashCode(), spec.features()) + 1L;
      counts.put(code, counts.getOrDefault(code, 0L) + 1);
    }
    // A wide row has a column for each of the first hashes, found or not.
    long limit = spec.wide() ? Long.MAX_VALUE : most;
    return new Document(
        null,
        counts.values().stream().limit(limit).toList(),
        counts.keySet().stream().limit(limit).toList());
  }
}
