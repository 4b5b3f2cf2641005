package dev.reprise.runtime.cpu.frame;

import static dev.reprise.runtime.cpu.frame.Frames.run;
import static dev.reprise.runtime.cpu.frame.Frames.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import dev.reprise.runtime.Operand;
import dev.reprise.runtime.OperandException;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What SystemDS prints is in the corpus (transform/tokenize-*). */
class TokenizeTest {
  private static final Frame DOCUMENTS =
      Frames.texts("id,text", "d1,the cat the dog", "d2,", "d3, x ");

  private static Frame tokens(String spec, Operand most) {
    return (Frame) run("tokenize", DOCUMENTS, text(spec), most);
  }

  private static String shown(String spec, Operand most) {
    return FrameText.of(tokens(spec, most), 100, 100, 3, " ", "\n");
  }

  @Test
  void withoutALimitAllTokensAreGiven() {
    assertThat(
            shown("{algo:whitespace,out:position,id_cols:[id],tokenize_col:text}", Scalar.absent()))
        .isEqualTo(
            """
            # FRAME: nrow = 5, ncol = 3
            # C1 C2 C3
            # STRING INT64 STRING
            d1 1 the
            d1 5 cat
            d1 9 the
            d1 13 dog
            d3 2 x
            """);
    assertThat(tokens("{algo:split,out:position,format_wide:true,tokenize_col:2}", Scalar.absent()))
        .satisfies(frame -> {
          assertThat(frame.cols()).isEqualTo(4);
          assertThat(frame.strings(0)).containsExactly("the", null, "x");
        });
  }

  @Test
  void aFrameOfNoTokensHasNoRows() {
    Frame nothing =
        (Frame)
            run(
                "tokenize",
                Frames.texts("a", "   "),
                text("{algo:split,out:count,tokenize_col:1}"),
                Scalar.absent());
    assertThat(nothing.rows()).isZero();
    assertThat(nothing.cols()).isEqualTo(2);
  }

  @Test
  void positionsSayWhereTheTokenStands() {
    Random random = new Random(3);
    for (int round = 0; round < 200; round++) {
      StringBuilder line = new StringBuilder();
      for (int i = random.nextInt(30); i > 0; i--) {
        line.append("ab \t".charAt(random.nextInt(4)));
      }
      Frame frame =
          (Frame)
              run(
                  "tokenize",
                  new Frame(
                      1,
                      List.of("C1"),
                      List.of(dev.reprise.runtime.ColumnType.STRING),
                      List.of((Object) new String[] {line.toString()})),
                  text("{algo:split,out:position,tokenize_col:1}"),
                  Scalar.absent());
      Map<Integer, String> wanted = new HashMap<>();
      List<String> order = new ArrayList<>();
      for (String token : line.toString().split("\\s+")) {
        if (!token.isEmpty()) {
          int from = wanted.keySet().stream().mapToInt(at -> at + 1).max().orElse(0);
          from = order.isEmpty() ? 0 : from - 1 + order.getLast().length();
          wanted.put(line.indexOf(token, from), token);
          order.add(token);
        }
      }
      assertThat(frame.strings(1)).as("'%s'", line).containsExactlyElementsOf(order);
      for (int r = 0; r < frame.rows(); r++) {
        int at = (int) frame.integers(0)[r];
        assertThat(line.substring(at - 1)).as("'%s'", line).startsWith(order.get(r));
        assertThat(wanted).containsEntry(at - 1, order.get(r));
      }
    }
  }

  @Test
  void mistakesAreNamed() {
    Map<String, String> mistakes =
        Map.ofEntries(
            Map.entry("{out:count,tokenize_col:2}", "needs \"algo\""),
            Map.entry("{algo:split,tokenize_col:2}", "needs \"out\""),
            Map.entry("{algo:split,out:count}", "needs the column of documents"),
            Map.entry("{algo:stem,out:count,tokenize_col:2}", "the algo \"stem\""),
            Map.entry("{algo:split,out:sum,tokenize_col:2}", "the out \"sum\""),
            Map.entry("{algo:split,out:count,tokenize_col:3}", "columns 1 to 2 (id, text)"),
            Map.entry("{algo:split,out:count,tokenize_col:nosuch}", "the column nosuch"),
            Map.entry("{algo:split,out:count,id_cols:1,tokenize_col:2}", "must be a list"),
            Map.entry("{algo:split,out:count,id_cols:[0],tokenize_col:2}", "the column 0"),
            Map.entry("{algo:split,out:count,idcols:[1],tokenize_col:2}", "\"idcols\" is no"),
            Map.entry(
                "{algo:split,algo_params:{min_gram:2},out:count,tokenize_col:2}",
                "\"min_gram\" is no setting of split; known are regex"),
            Map.entry(
                "{algo:whitespace,algo_params:{regex:x},out:count,tokenize_col:2}",
                "whitespace, which has none"),
            Map.entry(
                "{algo:split,out:position,out_params:{sort_alpha:true},tokenize_col:2}",
                "no setting of position"),
            Map.entry(
                "{algo:split,algo_params:{regex:\"(\"},out:count,tokenize_col:2}",
                "no regular expression"),
            Map.entry(
                "{algo:ngram,algo_params:{min_gram:3,max_gram:2},out:count,tokenize_col:2}",
                "3 to 2 tokens"),
            Map.entry(
                "{algo:ngram,algo_params:{min_gram:0},out:count,tokenize_col:2}", "at least 1"),
            Map.entry(
                "{algo:split,out:hash,out_params:{num_features:x},tokenize_col:2}", "found x"),
            Map.entry("{algo:split,out:count,format_wide:yes,tokenize_col:2}", "true or false"),
            Map.entry("{algo:split,out:count,format_wide:true,tokenize_col:2}", "no wide format"),
            Map.entry(
                "{algo:split,out:hash,format_wide:true,id_cols:[1],tokenize_col:2}", "more than"),
            Map.entry("{algo:split,out:count,apply_padding:true,tokenize_col:2}", "say how many"),
            Map.entry("algo:split", "the tokenize spec is not valid at line 1"));
    mistakes.forEach((spec, message) ->
        assertThatThrownBy(() -> tokens(spec, Scalar.absent()))
            .as(spec)
            .isInstanceOf(OperandException.class)
            .hasMessageContaining(message));
    for (double most : new double[] {0, -1, 2.5, Double.NaN}) {
      assertThatThrownBy(() -> tokens("{algo:split,out:count,tokenize_col:2}", Scalar.of(most)))
          .hasMessageContaining("at least 1 as 'max_tokens'");
    }
  }

  @Test
  void whatTheHeapCannotHoldIsRefusedBeforeItIsMade() {
    StringBuilder ids = new StringBuilder("d0");
    StringBuilder names = new StringBuilder("n0");
    for (int c = 1; c < 64; c++) {
      ids.append(",d").append(c);
      names.append(",n").append(c);
    }
    Frame document = Frames.texts(names + ",text", ids + ",the cat");
    String spec =
        "{algo:split,out:position,apply_padding:true,id_cols:[" + names + "],tokenize_col:text}";
    assertThatThrownBy(() -> run("tokenize", document, text(spec), Scalar.of(2e9)))
        .isInstanceOf(ResourceException.class)
        .hasMessageStartingWith(
            "'tokenize' would make 2000000000 rows and 66 columns; they take 511169 MiB")
        .hasMessageContaining("lower 'max_tokens'");
    Object texts = new String[1 << 17];
    Frame many = new Frame(1 << 17, List.of("text"), List.of(ColumnType.STRING), List.of(texts));
    String wide = "{algo:split,out:position,format_wide:true,tokenize_col:1}";
    assertThatThrownBy(() -> run("tokenize", many, text(wide), Scalar.of(1e6)))
        .isInstanceOf(ResourceException.class)
        .hasMessageStartingWith("'tokenize' would make 131072 rows and 1000000 columns")
        .hasMessageContaining("lower 'max_tokens'");
  }
}
