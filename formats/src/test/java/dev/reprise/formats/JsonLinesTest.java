package dev.reprise.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.ColumnType;
import dev.reprise.runtime.Frame;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesTest {
  @TempDir Path folder;
  private FilesFixture files;

  @BeforeEach
  void open() {
    files = new FilesFixture(folder, 1, 16);
  }

  @Test
  void keysAreColumnsInTheOrderOfTheirFirstAppearance() {
    files.put(
        "x.jsonl",
        "{\"a\":1.5,\"b\":\"x\",\"c\":{\"d\":true,\"e\":{\"f\":3}}}\n\n"
            + "{\"b\":\"\\u00fc \\\"\",\"g\":[1,"
            + " {\"h\":2}],\"a\":2,\"c\":{\"d\":false,\"e\":{\"f\":4}}}\n");
    Frame frame = files.frame("x.jsonl", ReadOptions.none());
    assertThat(frame.names()).containsExactly("a", "b", "c.d", "c.e.f", "g");
    assertThat(frame.doubles(0)).containsExactly(1.5, 2);
    assertThat(frame.strings(1)).containsExactly("x", "\u00fc \"");
    assertThat(frame.booleans(2)).containsExactly(true, false);
    assertThat(frame.integers(3)).containsExactly(3, 4);
    assertThat(frame.strings(4)).containsExactly(null, "[1, {\"h\":2}]");
  }

  @Test
  void typesFollowFromTheValuesUnlessTheyAreStated() {
    files.put("x.jsonl", "{\"i\":1,\"s\":\"7\",\"m\":true}\n{\"s\":\"8\",\"m\":3}\n");
    Frame frame = files.frame("x.jsonl", ReadOptions.none());
    assertThat(frame.schema())
        .containsExactly(ColumnType.DOUBLE, ColumnType.STRING, ColumnType.STRING);
    assertThat(frame.doubles(0)[1]).isNaN();
    Frame stated = files.frame("x.jsonl", ReadOptions.none().withSchema("INT64,FP64,STRING"));
    assertThat(stated.integers(0)).containsExactly(1, 0);
    assertThat(stated.doubles(1)).containsExactly(7, 8);
  }

  @Test
  void framesComeBackWithNamesTypesAndGaps() {
    Frame frame =
        new Frame(
            3,
            List.of("a \"quoted\" name", "d", "i", "b"),
            List.of(ColumnType.STRING, ColumnType.DOUBLE, ColumnType.INTEGER, ColumnType.BOOLEAN),
            List.of(
                new String[] {null, "a,\n\t\"", "\u00fc"},
                new double[] {Double.NaN, Double.NEGATIVE_INFINITY, -0.0},
                new long[] {Long.MIN_VALUE, 0, 7},
                new boolean[] {true, false, true}));
    files.files.write(frame, "f.jsonl", folder, WriteOptions.format("jsonl"));
    Frame back = files.frame("f.jsonl", ReadOptions.none());
    assertThat(back.names()).isEqualTo(frame.names());
    assertThat(back.schema()).isEqualTo(frame.schema());
    for (int c = 0; c < 4; c++) {
      assertThat(back.column(c)).isEqualTo(frame.column(c));
    }
  }

  @Test
  void mistakesNameTheirPlace() {
    String[][] table = {
      {"{\"a\":1}\n[1]\n", "x.jsonl:2:1", "one JSON object"},
      {"{\"a\":1}\n{\"a\":}\n", "x.jsonl:2:6", "not valid JSON"},
      {"{\"a\":1} {\"a\":2}\n", "x.jsonl:1:9", "nothing more"},
      {"{\"a\":1\n", "x.jsonl:1", "not valid JSON"},
    };
    for (String[] row : table) {
      files.put("x.jsonl", row[0]);
      assertThatThrownBy(() -> files.frame("x.jsonl", ReadOptions.none()))
          .as(row[0])
          .isInstanceOf(FormatException.class)
          .hasMessageContaining(row[1])
          .hasMessageContaining(row[2])
          .hasMessageNotContaining("REDACTED");
    }
    assertThatThrownBy(() -> files.matrix("x.jsonl")).hasMessageContaining("data_type=\"frame\"");
  }
}
